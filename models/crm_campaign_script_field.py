# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import float_is_zero

from ..const import WRITE_MODELS, WRITE_TYPES

# Not data about somebody: what the host keeps for itself.
TECHNICAL = {*MAGIC_COLUMNS, "active", "type", "color", "is_company", "lang", "tz"}
TECHNICAL_PREFIXES = ("message_", "activity_", "signup_")
INTEGER_LIMIT = 2**31


class CrmCampaignScriptField(models.Model):
    """A field of contacts or leads that answers to call scripts may be written to.

    Whoever answers a call writes it, whatever rights one has on the record of the call: this list
    is the permission. Written by administrators only.
    """

    _name = "crm.campaign.script.field"
    _description = "Field That Call Scripts May Write"
    _order = "model, id"

    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        ondelete="cascade",
        domain=lambda self: self._get_field_domain(),
    )
    name = fields.Char(related="field_id.field_description")
    field_name = fields.Char(string="Technical Name", related="field_id.name", store=True)
    model = fields.Char(related="field_id.model", store=True)
    ttype = fields.Selection(related="field_id.ttype", store=True)

    _field_uniq = models.Constraint("UNIQUE(field_id)", "This field is in the list already.")

    # === COMPUTE METHODS === #

    @api.depends("field_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for field in self:
            # Superuser: only administrators read the fields of the host.
            field.display_name = field.field_id.sudo().display_name

    # === CONSTRAINTS === #

    @api.constrains("field_id")
    def _check_field(self):
        for field in self:
            if not field._is_writable():
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be written by call scripts: choose a stored field of "
                        "contacts or leads that everybody may write, and whose value is a text, a "
                        "number, a date, yes/no or a choice.",
                        name=field.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _get_field_domain(self):
        """Return what the fields that are offered have in common.

        :rtype: list
        """
        types = sorted({ttype for ttypes in WRITE_TYPES.values() for ttype in ttypes})
        return [
            ("model", "in", sorted(set(WRITE_MODELS.values()))),
            ("ttype", "in", types),
            ("store", "=", True),
            ("readonly", "=", False),
            ("name", "not in", sorted(TECHNICAL)),
        ]

    def _get_field(self):
        """Return the field of the registry; None = there is no such field any more.

        :rtype: odoo.fields.Field | None
        """
        self.ensure_one()
        model = self.env.get(self.model)
        return None if model is None else model._fields.get(self.field_name)

    def _is_writable(self):
        """Tell whether the field is one that may be written, whatever the answer.

        :rtype: bool
        """
        self.ensure_one()
        field = self._get_field()
        # A value that the host proposes and people may overwrite is no computed one.
        return (
            field is not None
            and self.model in WRITE_MODELS.values()
            and any(field.type in ttypes for ttypes in WRITE_TYPES.values())
            and field.store
            and not (field.readonly or field.related or field.groups or field.company_dependent)
            and field.name not in TECHNICAL
            and not field.name.startswith(TECHNICAL_PREFIXES)
        )

    def _check_value(self, value):
        """Turn an answer into a value of the field.

        :param value: an answer of a type that the field takes, not empty
        :return: what the field is written with
        :raise UserError: says why it cannot hold the answer
        """
        self.ensure_one()
        field = self._get_field()
        if field.type == "integer":
            return self._check_integer(value)
        if field.type == "selection":
            return self._find_selection(field, value)
        if field.type == "char" and field.size and len(value) > field.size:
            raise UserError(
                self.env._(
                    "“%(field)s” holds no more than %(size)s characters.",
                    field=self.display_name,
                    size=field.size,
                )
            )
        return value

    def _check_integer(self, value):
        """Turn a number into a whole one.

        :raise UserError: has decimals, or is too large
        """
        if not float_is_zero(value - round(value), precision_digits=9) or (
            abs(value) >= INTEGER_LIMIT
        ):
            raise UserError(
                self.env._("“%(field)s” holds whole numbers only.", field=self.display_name)
            )
        return round(value)

    def _find_selection(self, field, choice):
        """Return the value of a selection by its technical name, or its label in any language.

        :raise UserError: there is none
        """
        langs = [self.env.lang, *(code for code, _name in self.env["res.lang"].get_installed())]
        pairs = [
            pair
            for lang in dict.fromkeys(langs)
            for pair in field._description_selection(self.with_context(lang=lang).env)
        ]
        values = {
            **{label: value for value, label in pairs},
            **{value: value for value, _l in pairs},
        }
        if choice not in values:
            raise UserError(
                self.env._(
                    "“%(field)s” knows no choice “%(choice)s”.",
                    field=self.display_name,
                    choice=choice,
                )
            )
        return values[choice]
