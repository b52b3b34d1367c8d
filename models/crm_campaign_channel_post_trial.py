# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64

from odoo import api, models
from odoo.exceptions import UserError

from ..letters import Letter, build_letters


class CrmCampaignChannelPost(models.AbstractModel):
    """Tests of letters: one PDF, which leaves the house by no post."""

    _inherit = "crm.campaign.channel.post"

    @api.model
    def _make_test_document(self, execution, content, recipient):
        """Make the document of a test: a PDF, or the Word model, filled for the recipient.

        :param dict content: as for ``_send_test``
        :param recipient: empty when merge fields are shown as they are written
        :return: document and the name of its file
        :rtype: tuple[bytes, str]
        :raise UserError: it cannot be made
        """
        template = execution.template_id
        if not template.letter_file or execution.channel != "post":
            address = self._get_address_lines(recipient) if recipient else []
            return self._make_test(execution, content, address), "test.pdf"
        if recipient:
            return self._render_sample(execution, recipient)["file"], "test.docx"
        model = template.with_context(bin_size=False).letter_file
        return base64.b64decode(model), "test.docx"

    @api.model
    def _make_test(self, execution, content, address):
        """Print one letter.

        :param dict content: as for ``_send_test``
        :param list[str] address: lines of the address block
        :return: the PDF
        :rtype: bytes
        :raise UserError: the letter cannot be laid out
        """
        letter = Letter(
            key=1,
            address=address,
            body=str(content.get("body_html") or ""),
            subject=" ".join((content.get("subject") or "").split()),
            sender=self._get_sender_lines(execution),
            place=self._get_place(execution),
        )
        document = build_letters([letter])
        for error in document.errors.values():
            raise UserError(self._explain(error))
        return document.content
