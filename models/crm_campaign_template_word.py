# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..word import read_names
from ..word_model import WordError


class CrmCampaignTemplate(models.Model):
    """Letters written in Word: the file, and what its merge fields are.

    Nothing of the file is evaluated: its merge fields are names that are looked up.
    """

    _inherit = "crm.campaign.template"

    letter_file = fields.Binary(
        string="Word Model",
        help="A .docx with merge fields, instead of the text below: Word's own merge fields or "
        "{{ object.partner_id.name }} in the text. Their names are those of the list of merge "
        "fields, or their labels.",
    )
    letter_file_name = fields.Char(export_string_translation=False)

    # === CONSTRAINTS === #

    @api.constrains("letter_file")
    def _check_letter_file(self):
        for template in self.filtered("letter_file"):
            template._get_word_expressions()

    # === BUSINESS METHODS === #

    @api.model
    def _get_content_fields(self):
        # EXTENDS crm_campaign — the file
        return [*super()._get_content_fields(), "letter_file"]

    @api.model
    def _get_word_fields(self):
        """Give the merge fields of Word models. Extended by integrators.

        Those of every template, and two that only a letter has.

        :return: expression -> label in the language of the user
        :rtype: dict[str, str]
        """
        merge_fields = self.env["crm.campaign.recipient"]._get_merge_fields()
        return {
            "object.address_block": self.env._("Address Block"),
            "object.place_and_date": self.env._("Place and Date"),
            **{expression: info["label"] for expression, info in merge_fields.items()},
        }

    @api.model
    def _get_word_names(self):
        """Give every way to write a merge field in Word: its expression or its label.

        :return: name in small letters, spaces as underscores -> expression
        :rtype: dict[str, str]
        """
        names = {}
        for lang, _name in self.env["res.lang"].get_installed():
            for expression, label in self.with_context(lang=lang)._get_word_fields().items():
                for name in (label, expression.removeprefix("object."), expression):
                    names[self._normalise_word_name(name)] = expression
        return names

    @api.model
    def _normalise_word_name(self, name):
        """Return a name as Word may have changed it: it knows no spaces in merge fields."""
        return "_".join(name.lower().split())

    def _get_word_expressions(self):
        """Look up what the merge fields of the model stand for.

        :return: name as it is written in the model -> expression
        :rtype: dict[str, str]
        :raise ValidationError: the model cannot be used; says why
        """
        self.ensure_one()
        try:
            names, shared = read_names(self._get_word_model())
            known = self._get_word_names()
            expressions = {name: known.get(self._normalise_word_name(name)) for name in names}
            for name, expression in expressions.items():
                if not expression:
                    raise WordError("field", name)
                if name in shared and not self._is_shared(expression):
                    raise WordError("header", name)
        except WordError as error:
            raise ValidationError(self._explain_word_error(error)) from error
        return expressions

    def _get_word_model(self):
        """Return the Word model as bytes."""
        return base64.b64decode(self.with_context(bin_size=False).letter_file)

    @api.model
    def _is_shared(self, expression):
        """Tell whether a merge field is the same for everybody."""
        info = self.env["crm.campaign.recipient"]._get_merge_fields().get(expression)
        return expression == "object.place_and_date" or bool(info and info["family"] != "client")

    @api.model
    def _explain_word_error(self, error):
        """Put what is wrong with a Word model in words.

        :param WordError error: see word_model.WordError
        :rtype: str
        """
        code, culprit = error.args
        return {
            "package": self.env._(
                "Word models need the Python package %s on the server: ask your administrator to "
                "install it.",
                culprit,
            ),
            "size": self.env._("This Word model is too large for a letter."),
            "not_word": self.env._("This file is no Word document (.docx)."),
            "macros": self.env._("This Word model holds macros: save it as a .docx without them."),
            "foreign": self.env._(
                "This Word model holds objects of other programs (%s): take them out.", culprit
            ),
            "bomb": self.env._("This file would unpack to more than a letter ever takes."),
            "entities": self.env._("This file declares XML entities, as no Word document does."),
            "link": self.env._(
                "This Word model points to another file or template (%s): copy what you need into "
                "it.",
                culprit,
            ),
            "instruction": self.env._(
                "This Word model holds a field that is no merge field: %s. Only merge fields, page "
                "numbers and dates are filled.",
                culprit,
            ),
            "changes": self.env._(
                "This Word model holds tracked changes: accept or reject them first."
            ),
            "notes": self.env._("A Word model cannot have footnotes or endnotes."),
            "header": self.env._(
                "“%s” stands in a header or a footer, which all letters share: only merge fields "
                "of our company and of the campaign can.",
                culprit,
            ),
            "field": self.env._(
                "“%s” is not a merge field. Choose one from the list of merge fields.", culprit
            ),
        }[code]
