# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import TYPES_WITHOUT_CHANNEL

STEPS = ["welcome", "characteristics", "validation"]


class CrmCampaignOperationAssistant(models.TransientModel):
    """Trade shows and press in three steps: they have neither people nor text to prepare."""

    _name = "crm.campaign.operation.assistant"
    _inherit = ["crm.campaign.operation.assistant", "crm.campaign.presence.mixin"]

    date_end = fields.Datetime(string="End")
    name_example = fields.Char(compute="_compute_name_example", export_string_translation=False)

    @api.depends("operation_type")
    def _compute_name_example(self):
        examples = {
            "call": self.env._("e.g. Spring calls"),
            "trade_show": self.env._("e.g. Home and Garden Fair"),
            "press": self.env._("e.g. Advert in The Building Monthly"),
        }
        for assistant in self:
            default = self.env._("e.g. Spring newsletter")
            assistant.name_example = examples.get(assistant.operation_type, default)

    # === BUSINESS METHODS - STEPS === #

    def _is_presence(self):
        """Tell whether the operation sends nothing."""
        return self.operation_type in TYPES_WITHOUT_CHANNEL

    def _get_steps(self):
        # EXTENDS crm_campaign — three steps only
        return STEPS if self._is_presence() else super()._get_steps()

    def _check_step_characteristics(self):
        # EXTENDS crm_campaign — what a presence must say
        done = super()._check_step_characteristics()
        if self.operation_type == "trade_show":
            self._require("date_start", "date_end")
            if self.date_end < self.date_start:
                raise UserError(self.env._("The trade show ends before it starts."))
            if min(self.show_visitors_expected, self.show_visitors_real) < 0:
                raise UserError(self.env._("The number of visitors is negative."))
        if self.operation_type == "press":
            self._require("press_medium")
        return done

    # === BUSINESS METHODS - VALIDATION === #

    def _prepare_operation_vals(self):
        # EXTENDS crm_campaign — no target, text nor departure
        if not self._is_presence():
            return super()._prepare_operation_vals()
        is_show = self.operation_type == "trade_show"
        names = ("operation_type", "name", "budget", "description")
        values = {name: self[name] for name in names}
        for name in self._get_presence_fields():
            values[name] = self._fields[name].convert_to_write(self[name], self)
        return {
            **values,
            "campaign_id": self.campaign_id.id,
            "user_id": self.user_id.id,
            "currency_id": self.currency_id.id,
            "date_start": self.date_start if is_show else False,
            "date_end": self.date_end if is_show else False,
        }

    def _depart(self, operation):
        # EXTENDS crm_campaign — nothing leaves
        return None if self._is_presence() else super()._depart(operation)
