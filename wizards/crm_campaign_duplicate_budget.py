# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.fields import Command


class CrmCampaignDuplicate(models.TransientModel):
    """Budgets move along with their campaign; what they cost stays behind."""

    _inherit = "crm.campaign.duplicate"

    def _prepare_dates(self, operation):
        # EXTENDS crm_campaign — the days of budget lines, too
        lines = operation.budget_line_ids.filtered("amount_budget")
        copies = [
            Command.create({**vals, "date": line.date + self._get_shift()})
            for line, vals in zip(lines, lines.copy_data(), strict=True)
        ]
        return {**super()._prepare_dates(operation), "budget_line_ids": copies}
