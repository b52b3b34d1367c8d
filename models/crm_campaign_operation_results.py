# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class CrmCampaignOperation(models.Model):
    """The way from a call campaign to what people answered."""

    _inherit = "crm.campaign.operation"

    def action_view_script_results(self):
        """Open what people answered to the script in the calls of this operation."""
        self.ensure_one()
        results = self.env["crm.campaign.script.result"]
        return results._prepare_action(self.name, [("operation_id", "=", self.id)])
