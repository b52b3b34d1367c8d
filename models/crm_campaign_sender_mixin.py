# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get


class CrmCampaignSenderMixin(models.AbstractModel):
    """A record in whose name messages leave: whose rights hold, what is sent, why, and from whom.

    What executions are runs of inherits it: see ``_get_sender`` there.
    """

    _name = "crm.campaign.sender.mixin"
    _inherit = ["mail.thread"]
    _description = "Sender of Messages"

    company_id = fields.Many2one("res.company")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
        help="The target is evaluated and the messages are written with the rights of this user.",
    )
    template_id = fields.Many2one(
        "crm.campaign.template", ondelete="restrict", index="btree_not_null", tracking=True
    )
    purpose_id = fields.Many2one(
        "crm.campaign.purpose",
        compute="_compute_purpose_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
        tracking=True,
    )
    email_from = fields.Char(
        string="From",
        compute="_compute_email_from",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
    )
    reply_to = fields.Char(help="Empty: answers go to the sender's address.")
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        compute="_compute_tz",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="The hours are those of this time zone, in summer and in winter.",
    )

    # === COMPUTE METHODS === #

    @api.depends("template_id")
    def _compute_purpose_id(self):
        for sender in self:
            sender.purpose_id = sender.template_id.purpose_id or sender.purpose_id

    @api.depends("user_id")
    def _compute_email_from(self):
        for sender in self:
            sender.email_from = sender.user_id.email_formatted

    @api.depends("user_id")
    def _compute_tz(self):
        for sender in self:
            company = sender.company_id or self.env.company
            # Superuser: the time zone of a colleague, nothing else of them.
            zone = sender.user_id.sudo().tz or company.partner_id.tz or "UTC"
            sender.tz = sender.tz or zone

    # === BUSINESS METHODS === #

    @api.model
    def _assert_may_designate(self, vals):
        """Refuse that a user borrows the rights of another one, by whom the target is evaluated.

        :raise UserError: somebody else is designated by who is not a marketing manager
        """
        if self.env.su or vals.get("user_id", self.env.uid) in (False, self.env.uid):
            return
        if not self.env.user.has_group("crm_campaign.crm_campaign_group_manager"):
            raise UserError(
                self.env._(
                    "Only a marketing manager may make somebody else responsible: messages are "
                    "written with the rights of the responsible."
                )
            )
