# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class UtmCampaign(models.Model):
    """The host lets every internal user write on its campaigns: ours keep their own rights."""

    _inherit = "utm.campaign"

    def write(self, vals):
        # EXTENDS utm — who manages a campaign sees it and what it holds
        if not self.env.su and {"user_id", "title", "name", "active"} & set(vals):
            # Superuser: to find campaigns that the user may not see; nothing of them is shown.
            campaigns = self.env["crm.campaign"].sudo().with_context(active_test=False)
            campaigns = campaigns.search([("utm_campaign_id", "in", self.ids)])
            campaigns.sudo(False).check_access("write")
        return super().write(vals)
