# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_amount, format_date, format_datetime

from ..const import ABOUT_SLOTS


class CrmCampaignTaskTypeSlot(models.Model):
    """What a merge field stands for in the tasks of a type, such as the place of a meeting."""

    _name = "crm.campaign.task.type.slot"
    _description = "Merge Field of an Automatic Task Type"
    _order = "id"
    _rec_name = "slot"

    type_id = fields.Many2one(
        "crm.campaign.task.type", required=True, ondelete="cascade", index=True
    )
    slot = fields.Selection(ABOUT_SLOTS, string="Merge Field", required=True)
    path = fields.Char(
        required=True, help="Field of what the type is about; may go through other records."
    )

    _slot_uniq = models.Constraint(
        "UNIQUE(type_id, slot)", "A merge field stands for one thing in the tasks of a type."
    )

    # === CONSTRAINTS === #

    @api.constrains("path", "type_id")
    def _check_path(self):
        self.type_id._check_paths()

    # === BUSINESS METHODS === #

    def _get_texts(self, record, tz):
        """Put what a record says in words, in the language of the context.

        What the user of ``record`` may not read is empty.

        :param record: one record of the source's model
        :param str tz: time zone of moments
        :return: slot -> text
        :rtype: dict[str, str]
        """
        texts = {}
        for slot in self.sudo():
            try:
                texts[slot.slot] = slot._get_text(record, tz)
            except AccessError:
                texts[slot.slot] = ""
        return texts

    def _get_text(self, record, tz):
        """Put one value in words; empty where there is none.

        :rtype: str
        """
        *names, last = self.path.split(".")
        holder = record
        for name in names:
            holder = holder[name][:1]
        value = holder[last] if holder else False
        field = holder._fields[last]
        if value is False or value is None:
            return ""
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        return self._format(holder, field, value, tz)

    @api.model
    def _format(self, holder, field, value, tz):
        """Put a value in words.

        :rtype: str
        """
        env = holder.env
        if field.type == "datetime":
            if self.slot == "time":
                if "allday" in holder._fields and holder.allday:
                    return ""  # a mere day, at an hour that means nothing
                return format_datetime(env, value, tz=tz, dt_format="HH:mm")
            return format_datetime(env, value, tz=tz, dt_format="d MMMM y")
        if field.type == "date":
            return format_date(env, value, date_format="d MMMM y")
        if field.type == "monetary":
            currency = holder[field.get_currency_field(holder)] or env.company.currency_id
            return format_amount(env, value, currency)
        if field.type == "selection":
            return dict(field._description_selection(env)).get(value, value)
        return str(value)
