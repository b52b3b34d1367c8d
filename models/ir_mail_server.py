# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    campaign_hourly_limit = fields.Integer(
        string="Campaign Messages per Hour",
        help="Most messages of campaigns in any sixty minutes, whatever the number of operations "
        "and senders. 0: no limit. Other messages are not counted.",
    )

    _campaign_hourly_limit_positive = models.Constraint(
        "CHECK(campaign_hourly_limit >= 0)", "The limit of messages per hour is negative."
    )
