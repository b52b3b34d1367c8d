# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import ChannelUnavailable
from ..word import build_word
from ..word_model import WordError


class CrmCampaignExecution(models.Model):
    """The Word model as it was at departure."""

    _inherit = "crm.campaign.execution"

    letter_file = fields.Binary(string="Word Model as It Was", readonly=True)
    # name of a merge field in the model -> expression
    letter_names = fields.Json(readonly=True)


class CrmCampaignChannelPost(models.AbstractModel):
    """Letters from a Word model: each batch makes one .docx instead of a PDF."""

    _inherit = "crm.campaign.channel.post"

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        # EXTENDS crm_campaign — a Word model needs no text, but its package
        template = operation.template_id
        if template.letter_file:
            template._get_word_expressions()
            return None
        return super()._check_departure(operation)

    @api.model
    def _prepare_execution(self, execution):
        # EXTENDS crm_campaign — the file, which no template changes any more
        result = super()._prepare_execution(execution)
        template = execution.template_id
        if template.letter_file and execution.channel == "post":
            # Superuser: executions are made by departures only; see action_dispatch.
            execution.sudo().write(
                {
                    "letter_file": template.with_context(bin_size=False).letter_file,
                    "letter_names": template._get_word_expressions(),
                }
            )
        return result

    @api.model
    def _render_sample(self, execution, recipient):
        # EXTENDS crm_campaign — the sample is a file of Word
        template = execution.template_id
        if not template.letter_file or execution.channel != "post":
            return super()._render_sample(execution, recipient)
        self._prepare_execution(execution)
        part, errors = self._make_word_part(execution, recipient)
        if errors:
            raise UserError(errors[recipient.id])
        return {
            "about": recipient.display_name,
            "subject": "",
            "body": "",
            "file": part[1],
            "file_name": "letter.docx",
        }

    # === BATCHES === #

    @api.model
    def _make_part(self, execution, recipients):
        # EXTENDS crm_campaign — one .docx a batch
        if execution.letter_file:
            return self._make_word_part(execution, recipients)
        return super()._make_part(execution, recipients)

    @api.model
    def _make_word_part(self, execution, recipients):
        """Fill the Word model for a batch; see ``_make_part``.

        :raise ChannelUnavailable: the package is not installed any more
        """
        # What the responsible may not see is in no letter of theirs.
        readers = recipients.with_user(execution.user_id)
        readers = readers.with_context(allowed_company_ids=execution.company_id.ids)
        letters, errors = {}, {}
        for recipient, reader in zip(recipients, readers, strict=True):
            try:
                letters[recipient.id] = self._get_word_texts(execution, recipient, reader)
            except Exception as error:  # noqa: BLE001 - fields of other addons may raise anything
                errors[recipient.id] = str(error) or type(error).__name__
        if not letters:
            return None, errors
        model = base64.b64decode(execution.with_context(bin_size=False).letter_file)
        try:
            document = build_word(model, letters)
        except WordError as error:
            explain = self.env["crm.campaign.template"]._explain_word_error
            raise ChannelUnavailable(explain(error)) from error
        name = self._get_part_name(recipients).replace(".pdf", ".docx")
        return (name, document.content, document.places), errors

    @api.model
    def _get_word_texts(self, execution, recipient, reader):
        """Give what the merge fields of the model are for a recipient.

        :param reader: the recipient with the rights of the responsible
        :return: name of a merge field as the model writes it -> text
        :rtype: dict[str, str]
        """
        texts = {}
        for name, expression in execution.letter_names.items():
            if expression == "object.address_block":
                texts[name] = "\n".join(self._get_address_lines(recipient))
            elif expression == "object.place_and_date":
                texts[name] = self._get_place(execution)
            else:
                texts[name] = self.env["crm.campaign.channel.file"]._look_up(reader, expression)
        return texts
