# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import CHANNELS, OPERATION_STATES, OPERATION_TYPES

# States in which what will be sent, and to whom, may still be changed.
EDITABLE_STATES = ("draft", "to_test", "proofing", "proof", "ready")


class CrmCampaignOperation(models.Model):
    """What is really done for a campaign: one action, on one channel, for one target.

    Departure makes an execution, which freezes the recipients and is sent by the jobs; the
    operation follows the state of its executions. Written by marketing users.
    """

    _name = "crm.campaign.operation"
    _description = "Campaign Operation"
    _inherit = [
        "crm.campaign.sender.mixin",
        "mail.activity.mixin",
        "crm.campaign.numbered.mixin",
        "crm.campaign.state.mixin",
    ]
    _order = "date_start desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    _state_transitions = {
        "draft": ("to_test", "ready", "cancelled"),
        "to_test": ("draft", "proofing", "ready", "cancelled"),
        "proofing": ("to_test", "proof", "cancelled", "error"),
        "proof": ("to_test", "ready", "cancelled"),
        "ready": ("draft", "to_test", "running", "cancelled"),
        "running": ("suspended", "done", "cancelled", "error"),
        "suspended": ("running", "cancelled"),
        "error": ("running", "done", "cancelled"),
        "done": ("running",),
        "cancelled": (),
    }

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    campaign_id = fields.Many2one(
        "crm.campaign",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    operation_type = fields.Selection(
        OPERATION_TYPES, string="Type", required=True, default="mailing"
    )
    channel = fields.Selection(CHANNELS, required=True, default="email", tracking=True)
    state = fields.Selection(
        OPERATION_STATES,
        required=True,
        default="draft",
        copy=False,
        readonly=True,
        index=True,
        tracking=True,
    )
    is_editable = fields.Boolean(compute="_compute_is_editable")
    # Period and budget
    date_start = fields.Datetime(
        string="Start",
        copy=False,
        tracking=True,
        help="Date and time of departure. Empty: the operation waits for its dispatch.",
    )
    date_end = fields.Datetime(string="End", copy=False)
    date_calendar = fields.Datetime(
        string="Planned On", compute="_compute_date_calendar", store=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        tracking=True,
    )
    budget = fields.Monetary(tracking=True)
    description = fields.Html()
    # Who and what
    target_id = fields.Many2one(
        "crm.campaign.target",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    template_id = fields.Many2one(
        domain="[('channel', '=', template_channel), ('source_id', '=', False),"
        " ('task_type_ids', '=', False)]",
    )
    template_channel = fields.Char(string="Kind of Template", compute="_compute_template_channel")
    # Executions
    execution_ids = fields.One2many("crm.campaign.execution", "operation_id", string="Executions")
    execution_count = fields.Integer(string="Number of Executions", compute="_compute_totals")
    targeted_count = fields.Integer(string="Targeted", compute="_compute_totals")
    included_count = fields.Integer(string="Included", compute="_compute_totals")
    sent_count = fields.Integer(string="Sends", compute="_compute_totals")
    opened_count = fields.Integer(string="Opens", compute="_compute_totals")
    clicked_count = fields.Integer(string="Clicks", compute="_compute_totals")
    failed_count = fields.Integer(string="Failures", compute="_compute_totals")
    unknown_count = fields.Integer(string="Fate Unknown", compute="_compute_totals")
    error_message = fields.Char(compute="_compute_error_message")

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_is_editable(self):
        for operation in self:
            operation.is_editable = operation.state in EDITABLE_STATES

    @api.depends("channel")
    def _compute_template_channel(self):
        for operation in self:
            operation.template_channel = operation.channel and (
                self.env[f"crm.campaign.channel.{operation.channel}"]._get_template_channel()
            )

    @api.depends("date_start", "execution_ids.started_at")
    def _compute_date_calendar(self):
        for operation in self:
            operation.date_calendar = operation.date_start or operation.execution_ids[:1].started_at

    @api.depends("campaign_id")
    def _compute_currency_id(self):
        for operation in self:
            operation.currency_id = operation.currency_id or operation.campaign_id.currency_id

    @api.depends("user_id")
    def _compute_email_from(self):
        # EXTENDS crm_campaign — what has left keeps its sender
        left = self.filtered(lambda operation: operation.email_from and not operation.is_editable)
        for operation in left:
            operation.email_from = operation.email_from
        return super(CrmCampaignOperation, self - left)._compute_email_from()

    def _compute_totals(self):
        columns = ["targeted_count", "included_count", "sent_count", "opened_count"]
        columns += ["clicked_count", "failed_count", "unknown_count"]
        totals = {
            operation: (count, *sums)
            for operation, count, *sums in self.env["crm.campaign.execution"]._read_group(
                [("operation_id", "in", self.ids)],
                ["operation_id"],
                ["__count", *(f"{column}:sum" for column in columns)],
            )
        }
        for operation in self:
            values = totals.get(operation._origin, (0,) * (len(columns) + 1))
            operation.update(dict(zip(["execution_count", *columns], values, strict=True)))

    @api.depends("execution_ids.error_message", "execution_ids.state")
    def _compute_error_message(self):
        for operation in self:
            broken = operation.execution_ids.filtered(lambda run: run.state == "error")
            operation.error_message = broken[:1].error_message

    # === CONSTRAINTS AND ONCHANGE METHODS === #

    @api.constrains("budget", "currency_id")
    def _check_currency(self):
        for operation in self:
            if operation.budget and not operation.currency_id:
                raise ValidationError(
                    self.env._(
                        "Operation “%(name)s” has a budget but no currency: choose its currency.",
                        name=operation.name,
                    )
                )
            if operation.budget < 0:
                raise ValidationError(
                    self.env._("The budget of “%(name)s” is negative.", name=operation.name)
                )

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for operation in self:
            start, end = operation.date_start, operation.date_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._("Operation “%(name)s” ends before it starts.", name=operation.name)
                )

    @api.constrains("channel", "template_id")
    def _check_template_channel(self):
        for operation in self:
            if operation.template_id.channel not in (False, operation.template_channel):
                raise ValidationError(
                    self.env._(
                        "Template “%(template)s” is not made for this channel.",
                        template=operation.template_id.name,
                    )
                )

    @api.onchange("channel")
    def _onchange_channel(self):
        if self.template_id.channel != self.template_channel:
            self.template_id = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._assert_may_designate(vals)
            self._assert_may_join(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._assert_content_editable(vals)
        self._assert_may_designate(vals)
        self._assert_may_join(vals)
        return super().write(vals)

    @api.model
    def _assert_may_join(self, vals):
        """Refuse an operation in a campaign that is closed, or on which the user has no right.

        :raise AccessError: the user may not write on the campaign
        :raise UserError: the campaign is closed
        """
        if vals.get("campaign_id"):
            campaign = self.env["crm.campaign"].browse(vals["campaign_id"])
            campaign.check_access("write")
            campaign._assert_open()

    def _get_frozen_fields(self):
        """Name the fields that may not change once the operation left.

        :rtype: set[str]
        """
        return {
            "campaign_id",
            "channel",
            "operation_type",
            "target_id",
            "template_id",
            "purpose_id",
            "email_from",
            "reply_to",
            "date_start",
        }

    def _assert_content_editable(self, vals):
        """Refuse to change, after departure, what was sent and to whom.

        :raise UserError: names the first operation that already left
        """
        changed = self._get_frozen_fields() & set(vals)
        for operation in self.filtered(lambda op: not op.is_editable) if changed else self[:0]:
            raise UserError(
                self.env._(
                    "“%(name)s” has already left: duplicate it to send something else.",
                    name=operation.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_executed(self):
        if self.execution_ids:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be deleted: messages were sent for it. Archive it instead.",
                    name=self.execution_ids[0].operation_id.name,
                )
            )
