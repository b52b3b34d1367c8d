# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    # Pressure: how often a person may be contacted, all channels together
    campaign_cap_enabled = fields.Boolean(string="Limit the Pressure on Contacts")
    campaign_cap_count = fields.Integer(string="Messages per Contact at Most", default=4)
    campaign_cap_days = fields.Integer(string="Period of the Limit (Days)", default=30)
    campaign_needs_proof = fields.Boolean(string="Ask for a Proof")
    # Preference page
    campaign_preference_days = fields.Integer(
        string="Preference Links Last (Days)",
        default=365,
        help="After that time the link in a message shows nothing any more.",
    )

    _campaign_cap_positive = models.Constraint(
        "CHECK(NOT campaign_cap_enabled OR (campaign_cap_count > 0 AND campaign_cap_days > 0))",
        "The limit on pressure needs one message and one day at least. For no limit, untick it.",
    )
    _campaign_preference_days_positive = models.Constraint(
        "CHECK(campaign_preference_days > 0)",
        "Preference links must last at least one day.",
    )
