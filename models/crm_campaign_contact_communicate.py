# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class CrmCampaignContactMixin(models.AbstractModel):
    """Writing to one contact or lead from its form."""

    _inherit = "crm.campaign.contact.mixin"

    def action_campaign_communicate(self):
        """Write a message to the record: the assistant shows it before it leaves.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Communicate with %s", self.display_name),
            "res_model": "crm.campaign.communicate",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_id": self.id,
                "dialog_size": "extra-large",
            },
        }
