# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCampaignCallingHoursSlot(models.Model):
    """From when until when people may be called on the days of some calling hours.

    Hours are those of the clock in their time zone. Written by marketing managers.
    """

    _name = "crm.campaign.calling.hours.slot"
    _description = "Hours of the Day for Calls"
    _order = "calling_hours_id, hour_from, id"
    _rec_name = "hour_from"

    calling_hours_id = fields.Many2one(
        "crm.campaign.calling.hours", required=True, ondelete="cascade", index=True
    )
    hour_from = fields.Float(string="Starts At", required=True, default=9.0)
    hour_to = fields.Float(
        string="Ends At",
        required=True,
        default=18.0,
        help="No call begins at this minute or later.",
    )

    # === COMPUTE METHODS === #

    @api.depends("hour_from", "hour_to")
    def _compute_display_name(self):
        for slot in self:
            opens, closes = ("%d:%02d" % divmod(minutes, 60) for minutes in slot._get_minutes())
            slot.display_name = f"{opens}–{closes}"

    # === CONSTRAINTS === #

    @api.constrains("hour_from", "hour_to", "calling_hours_id")
    def _check_hours(self):
        if not self.env.context.get("crm_campaign_slots_change"):
            self.calling_hours_id._check_profile()

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        if self.env.context.get("crm_campaign_slots_change"):
            return
        for hours, slots in self.grouped("calling_hours_id").items():
            if not hours.slot_ids - slots:
                raise UserError(hours._get_fault("no_slot"))

    # === BUSINESS METHODS === #

    def _get_minutes(self):
        """Return from when until when, in minutes after midnight; the end is not included.

        :rtype: tuple[int, int]
        """
        self.ensure_one()
        return round(self.hour_from * 60), round(self.hour_to * 60)
