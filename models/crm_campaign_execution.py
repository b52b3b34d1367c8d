# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import (
    CHANNELS,
    EXECUTION_STATES,
    RECIPIENT_SENT_STATES,
    RECIPIENT_WAITING_STATES,
)


class CrmCampaignExecution(models.Model):
    """One dated run of an operation: freezes who gets what, then counts what happened.

    Written by departures and by the sender jobs. From its departure on nothing here depends any
    more on the target or the template: people, addresses and content were copied.
    """

    _name = "crm.campaign.execution"
    _description = "Campaign Execution"
    _inherit = ["crm.campaign.state.mixin"]
    _order = "scheduled_at desc, id desc"
    _rec_name = "operation_id"

    _state_transitions = {
        "scheduled": ("running", "suspended", "cancelled", "error", "skipped"),
        "running": ("suspended", "done", "cancelled", "error"),
        "suspended": ("scheduled", "running", "cancelled"),
        "error": ("scheduled", "running", "done", "cancelled"),
        "done": ("running",),
        "cancelled": (),
        "skipped": (),
    }

    # Empty for messages to one person only: see crm_campaign_execution_individual.py
    operation_id = fields.Many2one("crm.campaign.operation", ondelete="restrict", index=True)
    campaign_id = fields.Many2one(
        related="operation_id.campaign_id", store=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
    )
    operation_type = fields.Selection(related="operation_id.operation_type", store=True)
    user_id = fields.Many2one(
        "res.users", string="Author", required=True, ondelete="restrict", index=True
    )
    channel = fields.Selection(CHANNELS, required=True)
    state = fields.Selection(
        EXECUTION_STATES, required=True, default="scheduled", readonly=True, index=True
    )
    error_message = fields.Char(readonly=True)
    # Who and what, as they were
    target_id = fields.Many2one("crm.campaign.target", ondelete="restrict", index="btree_not_null")
    record_kind = fields.Selection(
        lambda self: (
            self.env["crm.campaign.target"]._fields["record_kind"]._description_selection(self.env)
        ),
        string="Kind of Record",
        readonly=True,
    )
    criteria = fields.Text(string="Criteria as They Were", readonly=True)
    res_model = fields.Char(string="Model", required=True)
    template_id = fields.Many2one(
        "crm.campaign.template", ondelete="restrict", index="btree_not_null"
    )
    purpose_id = fields.Many2one("crm.campaign.purpose", ondelete="restrict")
    mailing_id = fields.Many2one("mailing.mailing", ondelete="restrict", index="btree_not_null")
    subject = fields.Char(string="Subject as Sent", compute="_compute_content")
    body_html = fields.Html(string="Body as Sent", compute="_compute_content", sanitize=False)
    body_text = fields.Text(string="Text as Sent", readonly=True)
    # When (UTC)
    scheduled_at = fields.Datetime(string="Departure", required=True, index=True)
    started_at = fields.Datetime(string="Started On", readonly=True)
    finished_at = fields.Datetime(string="Finished On", readonly=True)
    # Figures, refreshed from the recipients by _refresh_counters
    targeted_count = fields.Integer(string="Targeted", readonly=True)
    included_count = fields.Integer(string="Included", readonly=True)
    excluded_count = fields.Integer(string="Exclusions", readonly=True)
    duplicate_count = fields.Integer(string="Duplicates", readonly=True)
    pending_count = fields.Integer(string="To Send", readonly=True)
    unknown_count = fields.Integer(string="Fate Unknown", readonly=True)
    withdrawn_count = fields.Integer(string="Withdrawals", readonly=True)
    sent_count = fields.Integer(string="Sends", readonly=True)
    delivered_count = fields.Integer(string="Deliveries", readonly=True)
    opened_count = fields.Integer(string="Opens", readonly=True)
    clicked_count = fields.Integer(string="Clicks", readonly=True)
    replied_count = fields.Integer(string="Replies", readonly=True)
    bounced_count = fields.Integer(string="Bounces", readonly=True)
    failed_count = fields.Integer(string="Failures", readonly=True)
    unsubscribed_count = fields.Integer(string="Unsubscribes", readonly=True)
    sms_part_count = fields.Integer(string="SMS Parts", readonly=True)
    opened_rate = fields.Float(
        string="Opening Rate",
        compute="_compute_rates",
        help="Distinct openers ÷ delivered messages.",
    )
    clicked_rate = fields.Float(
        string="Click Rate",
        compute="_compute_rates",
        help="Distinct people who clicked ÷ delivered messages.",
    )
    progress = fields.Float(
        compute="_compute_rates", help="Recipients whose fate is settled ÷ included recipients."
    )
    # {reason: number of people}, counted once, at departure: who is out stays out.
    exclusion_counts = fields.Json(readonly=True)
    exclusion_summary = fields.Json(compute="_compute_exclusion_summary")

    # === COMPUTE METHODS === #

    @api.depends("operation_id.company_id")
    def _compute_company_id(self):
        for execution in self:
            execution.company_id = execution.operation_id.company_id or execution.company_id

    @api.depends("mailing_id")
    def _compute_content(self):
        for execution in self:
            # Superuser: marketing users have no right on the host's mailings; this one holds the
            # content of an execution that they may read.
            mailing = execution.mailing_id.sudo()
            execution.subject = mailing.subject
            execution.body_html = mailing.body_html

    @api.depends("opened_count", "clicked_count", "delivered_count", "included_count")
    def _compute_rates(self):
        for execution in self:
            delivered = execution.delivered_count or 1
            settled = execution.included_count - execution.pending_count
            execution.opened_rate = execution.opened_count / delivered
            execution.clicked_rate = execution.clicked_count / delivered
            execution.progress = 100 * settled / (execution.included_count or 1)

    @api.depends("exclusion_counts")
    @api.depends_context("lang")
    def _compute_exclusion_summary(self):
        """Name the reasons, in the order of the checks.

        Shape: ``[{"reason": code, "label": str, "count": int}, ...]``, reasons that occurred only.
        """
        labels = self.env["crm.campaign.recipient"]._get_exclusions()
        for execution in self:
            counts = execution.exclusion_counts or {}
            execution.exclusion_summary = [
                {"reason": reason, "label": label, "count": counts[reason]}
                for reason, label in labels.items()
                if counts.get(reason)
            ]

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An execution is the record of what was done: it cannot be deleted.")
        )

    # === ACTION METHODS === #

    def _get_form_action(self):
        """Return the action that opens the form of the execution."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _get_recipients_action(self, domain):
        """Return the action that lists the recipients of self within ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_recipient_action"
        )
        action["domain"] = [("execution_id", "in", self.ids), *domain]
        channels = set(self.mapped("channel"))
        # The columns of one channel hide those of the others.
        action["context"] = {
            "create": False,
            "recipient_channel": channels.pop() if len(channels) == 1 else False,
        }
        return action

    def action_view_recipients(self):
        """Open the recipients of one figure of the waterfall.

        The context names the figure: ``recipient_figure`` is a state, an exclusion reason,
        ``targeted``, ``included``, ``excluded``, ``pending``, ``opened``…: the counters' names.

        :rtype: dict
        """
        self.ensure_one()
        figure = self.env.context.get("recipient_figure", "targeted")
        return self._get_recipients_action(self._get_figure_domain(figure))

    @api.model
    def _get_figure_domain(self, figure):
        """Give the recipients behind a figure of an execution.

        The same definition as in ``_get_counter_conditions``, in domain form.

        :param str figure: name of a counter without ``_count``, or an exclusion reason
        :rtype: list
        """
        domains = {
            "targeted": [],
            "included": [("exclusion", "=", False)],
            "excluded": [("exclusion", "!=", False)],
            "pending": [("state", "in", RECIPIENT_WAITING_STATES)],
            "sent": [("state", "in", RECIPIENT_SENT_STATES)],
            "delivered": [("state", "in", RECIPIENT_SENT_STATES), ("state", "!=", "bounced")],
            "opened": [("opened_at", "!=", False), ("state", "!=", "bounced")],
            "not_opened": [
                ("state", "in", RECIPIENT_SENT_STATES),
                ("state", "!=", "bounced"),
                ("opened_at", "=", False),
            ],
            "clicked": [("clicked_at", "!=", False)],
            "not_clicked": [
                ("state", "in", RECIPIENT_SENT_STATES),
                ("state", "!=", "bounced"),
                ("clicked_at", "=", False),
            ],
            "replied": [("replied_at", "!=", False)],
            "unsubscribed": [("unsubscribed_at", "!=", False)],
        }
        if figure in domains:
            return domains[figure]
        if figure in self.env["crm.campaign.recipient"]._get_exclusions():
            return [("exclusion", "=", figure)]
        return [("state", "=", figure)]

    def action_export(self):
        """Download the people of the execution with their status, as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_campaign/execution/{self.id}/recipients.xlsx",
            "target": "download",
        }

    def action_refresh(self):
        """Count again at once, instead of waiting for the job."""
        self.check_access("read")
        # Superuser: counters are technical columns that readers may have brought up to date.
        self.sudo()._refresh_counters()

    # === BUSINESS METHODS - FIGURES === #

    @api.model
    def _get_counter_conditions(self):
        """Define every stored counter as an SQL condition over its recipients.

        :return: counter field name -> condition on table ``crm_campaign_recipient`` (alias ``r``)
        :rtype: dict[str, SQL]
        """
        return {
            "targeted_count": SQL("TRUE"),
            "included_count": SQL("r.exclusion IS NULL"),
            "excluded_count": SQL("r.exclusion IS NOT NULL"),
            "duplicate_count": SQL("r.exclusion = 'duplicate'"),
            "pending_count": SQL("r.state IN %s", RECIPIENT_WAITING_STATES),
            "unknown_count": SQL("r.state = 'unknown'"),
            "withdrawn_count": SQL("r.state = 'withdrawn'"),
            "failed_count": SQL("r.state = 'failed'"),
            "bounced_count": SQL("r.state = 'bounced'"),
            "sent_count": SQL("r.state IN %s", RECIPIENT_SENT_STATES),
            "delivered_count": SQL("r.state IN %s AND r.state != 'bounced'", RECIPIENT_SENT_STATES),
            # An opening before a bounce was a mail gateway's: rates are on what arrived.
            "opened_count": SQL("r.opened_at IS NOT NULL AND r.state != 'bounced'"),
            "clicked_count": SQL("r.clicked_at IS NOT NULL"),
            "replied_count": SQL("r.replied_at IS NOT NULL"),
            "unsubscribed_count": SQL("r.unsubscribed_at IS NOT NULL"),
        }

    @api.model
    def _get_counter_sums(self):
        """Define every stored total as an SQL expression over the sent recipients to add up.

        :return: field name -> expression on table ``crm_campaign_recipient`` (alias ``r``)
        :rtype: dict[str, SQL]
        """
        return {"sms_part_count": SQL("r.sms_part_count")}

    @api.model
    def _get_figures_sql(self):
        """Give the aggregate of each stored figure.

        :rtype: dict[str, SQL]
        """
        counts = self._get_counter_conditions().items()
        sent = SQL("r.state IN %s", RECIPIENT_SENT_STATES)
        return {
            **{name: SQL("count(r.id) FILTER (WHERE %s)", condition) for name, condition in counts},
            **{
                name: SQL("COALESCE(sum(%s) FILTER (WHERE %s), 0)", expression, sent)
                for name, expression in self._get_counter_sums().items()
            },
        }

    def _count_exclusions(self):
        """Count the people who were left out, by reason; once, right after freezing."""
        groups = self.env["crm.campaign.recipient"]._read_group(
            [("execution_id", "=", self.id), ("exclusion", "!=", False)],
            ["exclusion"],
            ["__count"],
        )
        self.exclusion_counts = dict(groups)

    def _refresh_counters(self):
        """Count the recipients of self into the stored counters, in one statement."""
        if not self:
            return
        self.env["crm.campaign.recipient"].flush_model()
        self.flush_recordset()
        figures = self._get_figures_sql()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_execution e
                   SET %s
                  FROM (SELECT x.id, %s
                          FROM crm_campaign_execution x
                     LEFT JOIN crm_campaign_recipient r ON r.execution_id = x.id
                         WHERE x.id IN %s
                      GROUP BY x.id) counted
                 WHERE e.id = counted.id
                """,
                SQL(", ").join(
                    SQL("%s = counted.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in figures
                ),
                SQL(", ").join(
                    SQL("%s AS %s", aggregate, SQL.identifier(name))
                    for name, aggregate in figures.items()
                ),
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()

    @api.model
    def _cron_refresh_counters(self):
        """Bring figures up to date where something happened, once a minute at most."""
        requests = self.env["crm.campaign.recount"]
        executions = requests._take()
        executions._refresh_counters()
        # In the same transaction: whatever becomes of the costs, the request for them stays.
        requests._request_costs(executions.operation_id)
        self.env["ir.cron"]._commit_progress(len(executions), remaining=0)
        self.env["crm.campaign.operation"]._refresh_due_costs()

    # === HELPERS === #

    def _get_channel(self):
        """Return the model that implements the execution's channel."""
        return self.env[f"crm.campaign.channel.{self.channel}"]
