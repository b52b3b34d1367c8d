# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class CrmCampaignExecution(models.Model):
    """A run of an automatic task: an execution without operation, one for each due moment."""

    _inherit = "crm.campaign.execution"

    channel = fields.Selection(
        selection_add=[("activity", "To-Do")], ondelete={"activity": "cascade"}
    )
    # The host's index on it would hold every execution: see _task_moment_uniq.
    task_id = fields.Many2one(
        "crm.campaign.task", string="Automatic Task", ondelete="restrict", readonly=True
    )
    # As they were: a task may be about something else afterwards.
    task_type_id = fields.Many2one("crm.campaign.task.type", ondelete="restrict", readonly=True)
    source_model = fields.Char(readonly=True, export_string_translation=False)
    served_count = fields.Integer(
        string="Reached Before",
        readonly=True,
        help="People of the target whom earlier runs of the task reached: not part of this one.",
    )

    _has_operation = models.Constraint(
        "CHECK (operation_id IS NOT NULL OR is_individual OR task_id IS NOT NULL)",
        "Only a message to one person and the run of a task have no operation.",
    )
    # Whatever crashes and how many jobs there are: one run a due moment.
    _task_moment_uniq = models.UniqueIndex(
        "(task_id, scheduled_at) WHERE task_id IS NOT NULL",
        "A task runs once at each due moment.",
    )

    # === COMPUTE METHODS === #

    @api.depends("task_id.name", "scheduled_at")
    def _compute_display_name(self):
        # EXTENDS crm_campaign — a run is named after its task
        result = super()._compute_display_name()
        for execution in self.filtered("task_id"):
            # Superuser: the name of the task of a run that the user may read.
            execution.display_name = execution.task_id.sudo().name
        return result

    # === ACTION METHODS === #

    def action_edit(self):
        # EXTENDS crm_campaign — what the run is one of is the task
        return self.task_id.get_formview_action() if self.task_id else super().action_edit()

    def action_view_history(self):
        # EXTENDS crm_campaign — the runs of the task
        return self.task_id.action_view_runs() if self.task_id else super().action_view_history()

    def action_retry_run(self):
        """Send again what a run of a task could not send; one that broke departs again."""
        self.ensure_one()
        self._assert_may_change()
        # Superuser: users only read executions; the right on the task was checked just now.
        self.sudo()._retry()

    def action_view_served(self):
        """List whom earlier runs of the task reached: the recipients of those runs."""
        self.ensure_one()
        earlier = self.search([("task_id", "=", self.task_id.id), ("id", "<", self.id)])
        return earlier._get_recipients_action(
            [("state", "not in", ("excluded", "failed", "withdrawn"))]
        )

    # === RIGHTS === #

    def _get_owner(self):
        """Return what an execution is one run of: an operation or a task, of one kind in self."""
        return self.task_id or self.operation_id

    def _assert_may_change(self):
        """Check that the user may write on what the executions are runs of.

        :raise AccessError: no right on one of them
        """
        self.check_access("read")
        owners = (self.operation_id, self.task_id)
        if not any(owners) or not all(owner.has_access("write") for owner in owners):
            raise AccessError(self.env._("You may not change what these runs belong to."))

    # === BUSINESS METHODS - WHO AND WHAT === #

    def _get_sender(self):
        # EXTENDS crm_campaign — the task says who writes
        self.ensure_one()
        return self.task_id or super()._get_sender()

    def _describe_target(self):
        # EXTENDS crm_campaign — what the task adds to its target
        words = super()._describe_target()
        if not self.task_id:
            return words
        return "\n".join([words, *self.task_id._describe_selection()])

    def _get_substitutes(self):
        # EXTENDS crm_campaign — the task stands in for the operation
        substitutes = super()._get_substitutes()
        if self.task_id:
            substitutes["object.operation_id."] = "object.execution_id.task_id."
        return substitutes

    def _get_source(self, recipient):
        """Return what a message is about, with the rights of the responsible of the run.

        :param recipient: one recipient of the run
        :return: one record; none when it is gone, or when the type is about something else now
        """
        self.ensure_one()
        model = self.source_model or self.res_model
        source_id = recipient.source_id if self.source_model else recipient.res_id
        Source = self.env[model].with_user(self.user_id)
        Source = Source.with_context(allowed_company_ids=self.company_id.ids)
        if not source_id or (self.task_type_id.source_model or False) != self.source_model:
            return Source
        return Source.browse(source_id).exists()

    # === BUSINESS METHODS - SELECTION === #

    def _get_narrowing_domain(self):
        # EXTENDS crm_campaign — the type's date
        domain = super()._get_narrowing_domain()
        return (
            domain & self.task_id._get_people_domain(self.scheduled_at) if self.task_id else domain
        )

    def _join_source(self, query):
        # EXTENDS crm_campaign — what happened, less those whom earlier runs reached
        if not self.task_id:
            return super()._join_source(query)
        person = SQL.identifier(query.table, "id")
        for condition in self._get_served_conditions(query):
            query.add_where(SQL("NOT %s", condition))
        source = self.task_id._get_source_sql(self)
        if source is None:
            return super()._join_source(query)
        query.add_join("JOIN", "source", SQL("(%s)", source), SQL("source.person_id = %s", person))
        return SQL("source.source_id"), SQL("source.is_visible")

    def _get_served_conditions(self, query):
        """Give the conditions that earlier runs of the task reached a person, or their address.

        :param query: query over the people, to which joins may be added
        :rtype: list[SQL]
        """
        served = self.task_id._get_served_sql(self)
        if served is None:
            return []
        person = SQL.identifier(query.table, "id")
        if self.channel == "activity":
            # To-dos for one colleague are not one another's doubles.
            return [self._get_served_match(served, "key", SQL("-%s", person))]
        key = SQL("COALESCE(%s, -%s)", self._get_partner_sql(query), person)
        return [
            self._get_served_match(served, "key", key),
            self._get_served_match(served, "address", self._get_address_sql(query)),
        ]

    @api.model
    def _get_served_match(self, served, column, value):
        """Give the condition that somebody was served, which PostgreSQL answers by a hash."""
        return SQL(
            "EXISTS (SELECT 1 FROM (%s) AS s WHERE s.%s = %s)",
            served,
            SQL.identifier(column),
            value,
        )

    def _prepare_recipient_columns(self):
        # EXTENDS crm_campaign — what the message is about
        columns = super()._prepare_recipient_columns()
        if not self.task_id:
            return columns
        columns["source_id"] = SQL("source_id")
        if self.task_id._is_immediate():
            columns["about_texts"] = SQL(
                "(SELECT e.texts FROM crm_campaign_task_event e WHERE e.execution_id = %s"
                " AND e.person_id = frozen.person_id AND e.source_id = frozen.source_id"
                " ORDER BY e.id DESC LIMIT 1)",
                self.id,
            )
        return columns

    def _concerns_few(self):
        # EXTENDS crm_campaign — those with a date or an event on one day
        dated = self.task_id.trigger in ("date", "anniversary", "event", "code")
        return dated or super()._concerns_few()

    # === BUSINESS METHODS - DEPARTURE === #

    def _freeze_recipients(self):
        # EXTENDS crm_campaign — how many were reached before
        count = super()._freeze_recipients()
        if self.task_id and self.task_id.repeat_rule != "each":
            self.served_count = self._count_served()
        return count

    def _freeze_content(self):
        # EXTENDS crm_campaign — a task runs every day, most often for nobody
        if self.task_id and not self._has_pending():
            return None
        return super()._freeze_content()

    def _has_pending(self):
        """Tell whether somebody waits.

        :rtype: bool
        """
        waiting = [("execution_id", "=", self.id), ("state", "=", "pending")]
        return bool(self.env["crm.campaign.recipient"].search_count(waiting, limit=1))

    def _depart(self):
        # EXTENDS crm_campaign — a run for nobody, or of to-dos, is over at once
        done = super()._depart()
        if self.task_id and not self.pending_count:
            self._settle()
        return done

    def _get_frozen_sql(self):
        # EXTENDS crm_campaign — no more to-dos a day than a colleague can do
        frozen = super()._get_frozen_sql()
        return self.task_id._hold_back_sql(frozen, self) if self.task_id.daily_cap else frozen

    def _count_served(self):
        """Count the people of the target whom earlier runs reached.

        :rtype: int
        """
        evaluation = (self.user_id, self.company_id, self._get_narrowing_domain())
        everybody = self.target_id._get_targeted_query(*evaluation)
        waiting = self.target_id._get_targeted_query(*evaluation)
        for condition in self._get_served_conditions(waiting):
            waiting.add_where(SQL("NOT %s", condition))
        total, unserved = (
            self.env.execute_query(query.select(SQL("count(*)")))[0][0]
            for query in (everybody, waiting)
        )
        return total - unserved

    def _skip(self, message):
        """End a run that never took place.

        :param str message: why
        """
        self.write({"state": "skipped", "error_message": message})

    def _cancel_runs(self, reason):
        """Cancel the runs under way of tasks: who waits is withdrawn.

        :param str reason: why
        """
        running = self.filtered(lambda run: run.state in ("scheduled", "running", "suspended"))
        self.env["crm.campaign.recipient"]._withdraw_pending(running, reason)
        running._cancel()

    def _finish(self):
        # EXTENDS crm_campaign — a code is nobody's business once it arrived
        done = super()._finish()
        if self.task_id:
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_campaign_recipient SET about_texts = about_texts - 'code'"
                    " WHERE execution_id = %s AND jsonb_exists(about_texts, 'code')",
                    self.id,
                )
            )
            self.env["crm.campaign.recipient"].invalidate_model(["about_texts"])
        return done

    # === BUSINESS METHODS - WHEN IT BREAKS === #

    def _stop_with_error(self, message):
        # EXTENDS crm_campaign — nobody watches a task: tell its responsible
        done = super()._stop_with_error(message)
        for execution in self.filtered(lambda run: run.task_id and run.targeted_count):
            execution.task_id._tell_owner(self.env._("Sending stopped"), message)
        return done

    def _suspend_for_failures(self, message):
        # EXTENDS crm_campaign — a run has no button to resume: it stops in error
        if self.task_id:
            return self._stop_with_error(message)
        return super()._suspend_for_failures(message)
