# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class CrmCampaignDuplicate(models.TransientModel):
    """Insertions move along with their campaign."""

    _inherit = "crm.campaign.duplicate"

    def _prepare_dates(self, operation):
        # EXTENDS crm_campaign — the days of an insertion, too
        days = {
            name: operation[name] + self._get_shift()
            for name in ("press_issue_date", "press_publication_date")
            if operation[name]
        }
        return {**super()._prepare_dates(operation), **days}
