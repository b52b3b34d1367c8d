# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class CrmCampaignTemplate(models.Model):
    """Attachments that go with every message of a template."""

    _name = "crm.campaign.template"
    _inherit = ["crm.campaign.template", "crm.campaign.attachment.mixin"]

    @api.model
    def _get_content_fields(self):
        # EXTENDS crm_campaign — the files
        return [*super()._get_content_fields(), "attachment_ids"]
