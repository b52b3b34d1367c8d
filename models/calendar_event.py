# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CalendarEvent(models.Model):
    """Blocks that stand for the calls of a caller on a day (see ``crm.campaign.call.day``), and
    appointments that calls have made.
    """

    _inherit = "calendar.event"

    campaign_call_user_id = fields.Many2one(
        "res.users", string="Caller", copy=False, readonly=True, ondelete="cascade"
    )
    campaign_call_day = fields.Date(
        string="Day of the Calls", copy=False, readonly=True, export_string_translation=False
    )
    # Written by the call that has made the appointment only
    campaign_call_id = fields.Many2one(
        "crm.campaign.call",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="crm_campaign.crm_campaign_group_user",
    )

    _campaign_call_day_uniq = models.UniqueIndex(
        "(campaign_call_user_id, campaign_call_day) WHERE campaign_call_user_id IS NOT NULL",
        "The calls of a day are one event already.",
    )

    # === CRUD METHODS === #

    def unlink(self):
        # EXTENDS calendar — a block deleted by hand is put away: it does not come back at once
        blocks = self.filtered("campaign_call_user_id")
        if not blocks or self.env.context.get("campaign_call_drop_blocks"):
            return super().unlink()
        blocks.write({"active": False})
        return super(CalendarEvent, self - blocks).unlink()

    # === ACTION METHODS === #

    def action_open_calendar_event(self):
        # EXTENDS calendar — to the calls of the day
        if not self.campaign_call_user_id:
            return super().action_open_calendar_event()
        is_mine = self.campaign_call_user_id == self.env.user
        name = "crm_campaign_call_action_my" if is_mine else "crm_campaign_call_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_campaign.{name}")
        return {
            **action,
            "display_name": self.name,
            "name": self.name,
            "domain": [
                ("user_id", "=", self.campaign_call_user_id.id),
                ("date_planned", "=", fields.Date.to_string(self.campaign_call_day)),
                ("state", "!=", "cancelled"),
            ],
            "context": {},
        }
