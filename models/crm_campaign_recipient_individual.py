# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models

AUTHOR_FIELDS = tuple(f"object.execution_id.user_id.{name}" for name in ("name", "email", "phone"))


class CrmCampaignRecipient(models.Model):
    """What a message to one person has in place of an operation."""

    _inherit = "crm.campaign.recipient"

    @api.model
    def mail_allowed_qweb_expressions(self):
        # EXTENDS crm_campaign — the author, who stands in for the responsible of an operation
        return (*super().mail_allowed_qweb_expressions(), *AUTHOR_FIELDS)
