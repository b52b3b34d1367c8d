# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmCampaignCallOutcome(models.Model):
    """How an attempt may end: what a caller chooses, and what follows from it.

    Read by callers; written by marketing managers.
    """

    _name = "crm.campaign.call.outcome"
    _description = "Call Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    key = fields.Selection(
        [(str(digit), str(digit)) for digit in range(1, 10)],
        help="Key by which callers choose it.",
    )
    color = fields.Integer()
    # What it means
    is_reached = fields.Boolean(string="Somebody Was Reached")
    is_success = fields.Boolean(string="Success")
    is_refusal = fields.Boolean(
        string="Refusal",
        help="Where calling hours say so, the person is not called again for some days.",
    )
    # What follows
    closes = fields.Boolean(string="Closes the Call", default=True)
    asks_callback = fields.Boolean(
        string="Asks When to Call Back", help="The caller says when, and who calls."
    )
    retry_hours = fields.Integer(
        string="Try Again after (Hours)", help="The call is offered again then. 0: it is not."
    )
    retry_max = fields.Integer(
        string="Attempts at Most", default=3, help="After these the call is closed by itself."
    )
    do_not_call = fields.Boolean(
        string="Do Not Call Again", help="The number goes to the phone blacklist at once."
    )
    is_wrong_number = fields.Boolean(
        string="Wrong Number", help="The contact's history says that the number is wrong."
    )

    _retry_positive = models.Constraint(
        "CHECK(retry_hours >= 0 AND retry_max >= 0)", "Hours and attempts are never negative."
    )
    _key_uniq = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL AND active", "Another outcome has this key already."
    )

    # === CONSTRAINTS === #

    @api.constrains("closes", "asks_callback", "retry_hours")
    def _check_what_follows(self):
        for outcome in self:
            chosen = [outcome.closes, outcome.asks_callback, bool(outcome.retry_hours)]
            if sum(chosen) != 1:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” must do one thing: close the call, ask when to call back, or "
                        "try again after some hours.",
                        name=outcome.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # Superuser: attempts that the user may not see count too; nothing of them is shown.
        attempts = self.env["crm.campaign.call.attempt"].sudo()
        if used := attempts.search([("outcome_id", "in", self.ids)], limit=1).outcome_id:
            raise UserError(
                self.env._("“%(name)s” is used by calls: archive it instead.", name=used.name)
            )
