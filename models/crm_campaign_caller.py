# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

# What managers may change, as users have it.
USER_FIELDS = {
    "is_telemarketer": "campaign_is_telemarketer",
    "daily_objective": "campaign_daily_objective",
}


class CrmCampaignCaller(models.Model):
    """A colleague as marketing managers see one: a telemarketer or not, and how many calls a day.

    A view over internal users (same ids) that lets managers, who have no right to write on users,
    change these two fields and nothing else.
    """

    _name = "crm.campaign.caller"
    _description = "Caller"
    _auto = False
    _order = "name, id"
    _depends = {"res.users": ["partner_id", "active", "share"], "res.partner": ["name"]}

    user_id = fields.Many2one("res.users", readonly=True)
    name = fields.Char(readonly=True)
    is_telemarketer = fields.Boolean(
        string="Telemarketer",
        compute="_compute_from_user",
        search="_search_is_telemarketer",
        compute_sudo=True,
        readonly=False,
    )
    daily_objective = fields.Integer(
        string="Calls a Day",
        compute="_compute_from_user",
        compute_sudo=True,
        readonly=False,
        help="What a telemarketer is to do. 0: takes no calls for now.",
    )

    @property
    def _table_query(self):
        return SQL(
            "SELECT users.id, users.id AS user_id, partner.name"
            " FROM res_users users JOIN res_partner partner ON partner.id = users.partner_id"
            " WHERE users.active AND NOT users.share"
        )

    # === COMPUTE METHODS === #

    @api.depends(*(f"user_id.{name}" for name in USER_FIELDS.values()))
    def _compute_from_user(self):
        for caller in self:
            for name, user_field in USER_FIELDS.items():
                caller[name] = caller.user_id[user_field]

    @api.model
    def _search_is_telemarketer(self, operator, value):
        return Domain("user_id.campaign_is_telemarketer", operator, value)

    # === CRUD METHODS === #

    def write(self, vals):
        """Write on the users: whether they are telemarketers and how many calls a day.

        :raise AccessError: for anything else
        """
        if not vals.keys() <= USER_FIELDS.keys():
            raise AccessError(self.env._("Only the work of callers can be changed here."))
        # The host checks the rights on callers and has nothing to write: this is a view.
        done = super().write({})
        # Superuser: managers have no right on users; they may write these two fields of the users
        # that the rule of this model shows them.
        users = self.user_id.sudo()
        users.write({USER_FIELDS[name]: value for name, value in vals.items()})
        return done
