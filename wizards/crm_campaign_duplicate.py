# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..tools.send_window import get_moment


class CrmCampaignDuplicate(models.TransientModel):
    """Last year's campaign again: the same operations, every date shifted to the new start."""

    _name = "crm.campaign.duplicate"
    _description = "Duplicate a Campaign"

    campaign_id = fields.Many2one("crm.campaign", required=True, ondelete="cascade")
    title = fields.Char(string="New Name", required=True)
    date_start = fields.Date(string="New Start", required=True)
    date_end = fields.Date(string="End", compute="_compute_date_end")
    has_operations = fields.Boolean(
        string="With Its Operations",
        default=True,
        help="As drafts, with targets and templates; those that were cancelled stay behind.",
    )

    # === COMPUTE METHODS === #

    @api.depends("date_start", "campaign_id")
    def _compute_date_end(self):
        for wizard in self:
            end = wizard.campaign_id.date_end
            wizard.date_end = end and wizard.date_start and end + wizard._get_shift()

    # === ACTION METHODS === #

    def action_duplicate(self):
        """Make the campaign of the new period.

        :return: action that opens it
        :rtype: dict
        """
        self.ensure_one()
        campaign = self.campaign_id.copy(
            {"title": self.title, "date_start": self.date_start, "date_end": self.date_end}
        )
        if self.has_operations:
            operations = self.campaign_id.operation_ids.sorted("id")
            for operation in operations.filtered(lambda operation: operation.state != "cancelled"):
                operation.copy({"campaign_id": campaign.id, **self._prepare_dates(operation)})
        return campaign.get_formview_action()

    # === BUSINESS METHODS === #

    def _get_shift(self):
        return self.date_start - self.campaign_id.date_start

    def _prepare_dates(self, operation):
        """Shift the dates of an operation by days: the hour stays that of its own clock.

        :return: ``name`` and the dates that it has
        :rtype: dict
        """
        dates = {
            name: self._move(operation[name], operation.tz)
            for name in ("date_start", "date_end")
            if operation[name]
        }
        return {"name": operation.name, **dates}

    def _move(self, moment, zone):
        """Move a moment (UTC) by the shift, at the same time of day in a time zone.

        :rtype: datetime
        """
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        day = local.date() + timedelta(days=self._get_shift().days)
        moved = get_moment(day, local.hour * 60 + local.minute, ZoneInfo(zone))
        return moved + timedelta(seconds=local.second)
