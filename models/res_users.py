# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_company_call import CALL_OBJECTIVE

# Who reads these fields: whoever says who telemarkets, and who administers users.
MANAGERS = "crm_campaign.crm_campaign_group_manager,base.group_erp_manager"


class ResUsers(models.Model):
    """Who makes calls for a living, and how many a day.

    Written by administrators here and by marketing managers in ``crm.campaign.caller``, never by
    the users themselves.
    """

    _inherit = "res.users"

    campaign_is_telemarketer = fields.Boolean(string="Telemarketer", groups=MANAGERS)
    campaign_daily_objective = fields.Integer(
        string="Calls a Day",
        default=CALL_OBJECTIVE,
        groups=MANAGERS,
        help="What a telemarketer is to do. 0: takes no calls for now.",
    )

    _campaign_daily_objective_positive = models.Constraint(
        "CHECK(campaign_daily_objective >= 0)",
        "The objective of a telemarketer is a number of calls a day: 0 or more.",
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_callers(self):
        """Keep whoever has calls: the calls have no foreign key that would (``kept_link.py``).

        :raise UserError: names the first one
        """
        # Superuser: whoever administers users need not see calls; nothing of them is shown.
        calls = self.env["crm.campaign.call"].sudo()
        if call := calls.search([("user_id", "in", self.ids)], order="id", limit=1):
            raise UserError(
                self.env._(
                    "“%(user)s” has calls of campaigns: archive this user instead.",
                    user=call.user_id.name,
                )
            )

    # === BUSINESS METHODS === #

    def _filter_telemarketers(self):
        """Return those of these users who make calls for a living, in the same order.

        :rtype: recordset of ``res.users``
        """
        # Superuser: marketing users choose among callers, but do not manage them.
        return self.browse(self.sudo().filtered("campaign_is_telemarketer").ids)

    def _get_call_objective(self, default):
        """Return how many calls a day this user is to make.

        A telemarketer's own objective counts even where it is 0: such a person takes no calls, as
        on a long leave that nobody has entered.

        :param int default: calls a day of anybody else
        :rtype: int
        """
        self.ensure_one()
        # Superuser: marketing users share calls among callers, but do not manage them.
        user = self.sudo()
        return user.campaign_daily_objective if user.campaign_is_telemarketer else default
