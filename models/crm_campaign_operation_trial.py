# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class CrmCampaignOperation(models.Model):
    """Trying an operation out before it leaves."""

    _inherit = "crm.campaign.operation"

    def action_test(self):
        """Ask to whom a test of the content goes.

        :rtype: dict
        """
        self.ensure_one()
        action = self.template_id.action_test()
        action["context"] = {
            **action["context"],
            "default_operation_id": self.id,
            "default_mode": "first",
        }
        return action
