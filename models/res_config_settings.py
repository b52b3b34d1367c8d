# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    campaign_cap_enabled = fields.Boolean(related="company_id.campaign_cap_enabled", readonly=False)
    campaign_cap_count = fields.Integer(related="company_id.campaign_cap_count", readonly=False)
    campaign_cap_days = fields.Integer(related="company_id.campaign_cap_days", readonly=False)
    campaign_needs_proof = fields.Boolean(related="company_id.campaign_needs_proof", readonly=False)
    campaign_preference_days = fields.Integer(
        related="company_id.campaign_preference_days", readonly=False
    )
