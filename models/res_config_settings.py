# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    campaign_cap_enabled = fields.Boolean(related="company_id.campaign_cap_enabled", readonly=False)
    campaign_cap_count = fields.Integer(related="company_id.campaign_cap_count", readonly=False)
    campaign_cap_days = fields.Integer(related="company_id.campaign_cap_days", readonly=False)
    campaign_needs_proof = fields.Boolean(related="company_id.campaign_needs_proof", readonly=False)
    campaign_window_id = fields.Many2one(related="company_id.campaign_window_id", readonly=False)
    campaign_hourly_limit = fields.Integer(
        related="company_id.campaign_hourly_limit", readonly=False
    )
    campaign_retry_minutes = fields.Char(
        string="Minutes Before Another Try",
        config_parameter="crm_campaign.retry_minutes",
        default="5, 15, 60, 240",
    )
    campaign_attachments_mb = fields.Float(
        string="Attachments at Most (MB)",
        config_parameter="crm_campaign.attachments_mb",
        default=10,
    )
    campaign_preference_days = fields.Integer(
        related="company_id.campaign_preference_days", readonly=False
    )
    campaign_sms_provider = fields.Selection(
        related="company_id.campaign_sms_provider", readonly=False
    )
    campaign_sms_url = fields.Char(related="company_id.campaign_sms_url", readonly=False)
    campaign_sms_token = fields.Char(related="company_id.campaign_sms_token", readonly=False)
    campaign_sms_stop = fields.Char(related="company_id.campaign_sms_stop", readonly=False)
    campaign_sms_folder = fields.Char(
        string="Folder of the SMS Files",
        config_parameter="crm_campaign.sms_folder",
        help="On the server, writable by it.",
    )
    campaign_sms_report_url = fields.Char(
        string="Address for Delivery Reports",
        compute="_compute_campaign_sms_report_url",
        help="The service posts there what became of messages, as JSON or as a form: “key” as it "
        "was given with the message, “status” (delivered, undelivered, expired, rejected, failed), "
        "and “reason” if it likes.",
    )
    campaign_banner = fields.Image(related="company_id.campaign_banner", readonly=False)
    campaign_banner_alt = fields.Char(related="company_id.campaign_banner_alt", readonly=False)
    campaign_footer = fields.Html(related="company_id.campaign_footer", readonly=False)
    campaign_footer_image = fields.Image(related="company_id.campaign_footer_image", readonly=False)
    campaign_footer_alt = fields.Char(related="company_id.campaign_footer_alt", readonly=False)
    campaign_facebook = fields.Char(related="company_id.social_facebook", readonly=False)
    campaign_linkedin = fields.Char(related="company_id.social_linkedin", readonly=False)
    campaign_instagram = fields.Char(related="company_id.social_instagram", readonly=False)
    campaign_twitter = fields.Char(related="company_id.social_twitter", readonly=False)
    campaign_youtube = fields.Char(related="company_id.social_youtube", readonly=False)
    campaign_tiktok = fields.Char(related="company_id.social_tiktok", readonly=False)

    @api.depends("company_id")
    def _compute_campaign_sms_report_url(self):
        recipients = self.env["crm.campaign.recipient"]
        for settings in self:
            settings.campaign_sms_report_url = recipients._get_sms_report_url(settings.company_id)
