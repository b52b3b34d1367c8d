# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PACING_FIELDS = {"window_id", "tz", "hourly_limit", "mail_server_id"}


class CrmCampaignOperation(models.Model):
    """When messages leave, how many an hour, by which server: may change while they do."""

    _inherit = "crm.campaign.operation"

    window_id = fields.Many2one(
        "crm.campaign.window",
        string="Sending Hours",
        ondelete="restrict",
        index="btree_not_null",
        default=lambda self: self.env.company.campaign_window_id,
        tracking=True,
        help="Nothing leaves outside these hours. Empty: at any time. Proofs are not bound by it.",
    )
    hourly_limit = fields.Integer(
        string="Messages per Hour at Most",
        default=lambda self: self.env.company.campaign_hourly_limit,
        tracking=True,
        help="In any sixty minutes. 0: no limit.",
    )
    mail_server_id = fields.Many2one(
        "ir.mail_server",
        string="Outgoing Mail Server",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("owner_user_id", "=", False)],
        tracking=True,
        help="Empty: the server that suits the sender's address.",
    )
    wait_message = fields.Char(compute="_compute_progress_words")
    forecast_message = fields.Char(string="Expected End", compute="_compute_progress_words")
    deferral_message = fields.Char(compute="_compute_progress_words")
    progress = fields.Float(compute="_compute_progress_words")

    _hourly_limit_positive = models.Constraint(
        "CHECK(hourly_limit >= 0)", "The limit of messages per hour is negative."
    )

    # === COMPUTE METHODS === #

    @api.depends("execution_ids.state", "execution_ids.pending_count", *PACING_FIELDS)
    def _compute_progress_words(self):
        for operation in self:
            run = operation.execution_ids.filtered(lambda run: run.state == "running")[:1]
            operation.wait_message = run.wait_message
            operation.forecast_message = run.forecast_message
            operation.deferral_message = run.deferral_message
            operation.progress = run.progress

    # === CONSTRAINTS === #

    @api.constrains("mail_server_id")
    def _check_mail_server(self):
        # Superuser: whether a server is somebody's own, nothing else of it.
        for operation in self.filtered(lambda op: op.mail_server_id.sudo().owner_user_id):
            raise ValidationError(
                self.env._(
                    "“%(name)s” is the personal mail server of a colleague.",
                    name=operation.mail_server_id.name,
                )
            )

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — what waited may be free to leave now
        done = super().write(vals)
        if PACING_FIELDS & set(vals) and "running" in self.mapped("state"):
            # Superuser: users who may change the operation have no right on scheduled jobs.
            self.env["crm.campaign.execution"].sudo()._trigger_sender()
        return done

    # === BUSINESS METHODS === #

    def _get_window(self):
        """Return the hours at which messages may leave; None = at any time.

        :rtype: Window | None
        """
        self.ensure_one()
        # Superuser: sending hours that were archived or hidden hold for what is under way.
        return self.sudo().window_id._get_window(self.tz or "UTC") if self.window_id else None
