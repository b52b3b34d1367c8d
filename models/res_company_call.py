# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

# Calls a day of a person who makes calls, unless somebody says otherwise.
CALL_OBJECTIVE = 25


class ResCompany(models.Model):
    """How call campaigns are shared among callers: what new ones start from."""

    _inherit = "res.company"

    campaign_call_objective = fields.Integer(
        string="Objective for Non-Telemarketers",
        default=CALL_OBJECTIVE,
        help="Calls a day. Telemarketers have objectives of their own.",
    )
    campaign_call_reserve = fields.Float(
        string="Time Kept Free (%)",
        default=20.0,
        help="Part of the objective that stays free for other work when calls are shared by "
        "availability.",
    )
    campaign_call_subject = fields.Char(
        string="Subject of the Calls", translate=True, help="Empty: “Call”."
    )

    _campaign_call_objective_positive = models.Constraint(
        "CHECK(campaign_call_objective >= 0)",
        "The objective for non-telemarketers is a number of calls a day: 0 or more.",
    )
    _campaign_call_reserve_range = models.Constraint(
        "CHECK(campaign_call_reserve BETWEEN 0 AND 100)",
        "The time kept free is a percentage of the objective: from 0 to 100.",
    )

    def _get_call_subject(self):
        """Return what calls are about unless an operation says so, in the language of the user.

        :rtype: str
        """
        return (self.campaign_call_subject or "").strip() or self.env._("Call")


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    campaign_call_objective = fields.Integer(
        related="company_id.campaign_call_objective", readonly=False
    )
    campaign_call_reserve = fields.Float(related="company_id.campaign_call_reserve", readonly=False)
    campaign_call_subject = fields.Char(related="company_id.campaign_call_subject", readonly=False)
