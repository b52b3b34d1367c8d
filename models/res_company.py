# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

from ..const import SMS_PROVIDERS


class ResCompany(models.Model):
    _inherit = "res.company"

    # Pressure: how often a person may be contacted, all channels together
    campaign_cap_enabled = fields.Boolean(string="Limit the Pressure on Contacts")
    campaign_cap_count = fields.Integer(string="Messages per Contact at Most", default=4)
    campaign_cap_days = fields.Integer(string="Period of the Limit (Days)", default=30)
    campaign_needs_proof = fields.Boolean(string="Ask for a Proof")
    # When, and how many an hour: defaults of new operations
    campaign_window_id = fields.Many2one(
        "crm.campaign.window", string="Sending Hours", ondelete="restrict"
    )
    campaign_hourly_limit = fields.Integer(string="Messages per Hour at Most")
    # Preference page
    campaign_preference_days = fields.Integer(
        string="Preference Links Last (Days)",
        default=365,
        help="After that time the link in a message shows nothing any more.",
    )
    # Text messages
    campaign_sms_provider = fields.Selection(
        SMS_PROVIDERS, string="SMS Carrier", required=True, default="host"
    )
    campaign_sms_url = fields.Char(
        string="Address of the SMS Service",
        groups="base.group_system",
        help="Each message is posted there as JSON.",
    )
    campaign_sms_token = fields.Char(
        string="Token of the SMS Service",
        groups="base.group_system",
        help="Sent in the header Authorization, after the word Bearer.",
    )
    campaign_sms_stop = fields.Char(
        string="Mention to Say Stop",
        help="Added to text messages that can be refused and do not say how, e.g. “STOP 36111”. "
        "{stop} stands for a short link. Empty: “STOP {stop}”.",
    )

    _campaign_cap_positive = models.Constraint(
        "CHECK(NOT campaign_cap_enabled OR (campaign_cap_count > 0 AND campaign_cap_days > 0))",
        "The limit on pressure needs one message and one day at least. For no limit, untick it.",
    )
    _campaign_preference_days_positive = models.Constraint(
        "CHECK(campaign_preference_days > 0)",
        "Preference links must last at least one day.",
    )
