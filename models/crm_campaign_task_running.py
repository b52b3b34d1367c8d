# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ..tools import recurrence

_logger = logging.getLogger(__name__)


class CrmCampaignTask(models.Model):
    """How a task runs: one execution a due moment, whatever happens.

    A run is one transaction: the execution with its frozen people, and the next due moment. A job
    that dies leaves nothing of it, and the next one begins again; a second execution of one due
    moment is refused by an index. Several jobs share the tasks, each of which is locked while it
    runs. What was frozen is then sent by the sender jobs, like any mailing.
    """

    _inherit = "crm.campaign.task"

    execution_ids = fields.One2many("crm.campaign.execution", "task_id", string="Runs")
    run_count = fields.Integer(string="Number of Runs", compute="_compute_totals")
    sent_count = fields.Integer(string="Sends", compute="_compute_totals")
    opened_count = fields.Integer(string="Opens", compute="_compute_totals")

    # === COMPUTE METHODS === #

    def _compute_totals(self):
        groups = self.env["crm.campaign.execution"]._read_group(
            [("task_id", "in", self.ids)],
            ["task_id"],
            ["__count", "sent_count:sum", "opened_count:sum"],
        )
        totals = {task: figures for task, *figures in groups}
        for task in self:
            task.run_count, task.sent_count, task.opened_count = totals.get(task._origin, (0, 0, 0))

    # === ACTION METHODS === #

    def action_view_runs(self):
        """List the runs of the task, each of which can be exported."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_execution_action"
        )
        return action | {
            "name": self.env._("Runs of “%s”", self.name),
            "domain": [("task_id", "=", self.id)],
            "context": {},
        }

    def action_run_now(self):
        """Make a run at this moment, besides those that are due.

        :return: action that opens the run
        :rtype: dict
        :raise UserError: something is missing, or the task waits for events
        """
        self.ensure_one()
        self._get_departure_execution()
        # Superuser: executions are made by runs only; the right to switch on was checked just now.
        task_sudo = self.sudo()
        execution_sudo = task_sudo._create_run(task_sudo._get_free_moment(fields.Datetime.now()))
        execution_sudo._depart()
        return execution_sudo._get_form_action()

    # === BUSINESS METHODS - JOBS === #

    @api.model
    def _cron_run(self):
        """Run every task that is due, or of which an event waits."""
        self._run_due(fields.Datetime.now())

    @api.model
    def _run_due(self, now):
        """Run what is due at a moment; a task that breaks never holds up the others.

        :param datetime now: naive UTC; the clock of the job
        """
        Cron = self.env["ir.cron"]
        ids = self._find_due(now)
        if ids:
            Cron._commit_progress(remaining=len(ids))
        for task_id in ids:
            self.browse(task_id)._run_locked(now)
            if not Cron._commit_progress(1):
                break

    @api.model
    def _find_due(self, now):
        """Find the tasks that are due, the longest waiting first: one statement on indexes.

        :param datetime now: naive UTC
        :rtype: list[int]
        """
        self.env["crm.campaign.task.event"].flush_model()
        self.flush_model(["next_run"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, next_run AS due FROM crm_campaign_task WHERE next_run <= %(now)s
                 UNION ALL
                SELECT task_id, min(moment) FROM crm_campaign_task_event
                 WHERE execution_id IS NULL GROUP BY task_id
              ORDER BY due, id
                """,
                now=now,
            )
        )
        return list(dict.fromkeys(task_id for task_id, _due in rows))

    def _run_locked(self, now):
        """Run one task, unless another job is running it or just did.

        :param datetime now: naive UTC
        """
        try:
            # Events that happen meanwhile refer to the task: they do not wait for the run.
            task = self.try_lock_for_update(allow_referencing=True)
        except psycopg2.errors.SerializationFailure:
            self.env.cr.rollback()
            return
        task = task.exists()
        if not task or not task.enabled or not task.active:
            return
        # In the language of the responsible: what a job writes is for them.
        task = task.with_context(**self.env["res.users"].with_user(task.user_id).context_get())
        try:
            with self.env.cr.savepoint():
                task._run(now)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # a conflict or a lost connection: the next run does it
        except Exception as error:  # noqa: BLE001 - whatever breaks belongs to this task
            _logger.warning("Automatic task %s cannot run", task.id, exc_info=True)
            lines = str(error).splitlines() or [type(error).__name__]
            task._break(lines[0], now)

    # === BUSINESS METHODS - RUNS === #

    def _run(self, now):
        """Make the run that is due, or note that it was missed.

        :param datetime now: naive UTC
        """
        self.ensure_one()
        self._assert_filled_in()
        self._assert_available()
        if self._is_immediate():
            self._run_events(now)
            return
        if not self.next_run or self.next_run > now:
            return
        plan = recurrence.plan(self._get_rule(), self.next_run, now, self._get_catch_up())
        self.next_run = plan.next_due or False
        if plan.skipped:
            self._note_skipped(plan.skipped)
        if plan.run and not self._has_run(plan.run):
            self.last_run = plan.run
            self._create_run(plan.run)._depart()

    def _has_run(self, due):
        """Tell whether somebody asked for a run at that very moment.

        :param datetime due: naive UTC
        """
        same = [("task_id", "=", self.id), ("scheduled_at", "=", due)]
        return bool(self.env["crm.campaign.execution"].search_count(same, limit=1))

    def _run_events(self, now):
        """Make one run of everything that happened since the last one.

        :param datetime now: naive UTC
        """
        if not self._count_events():
            return
        execution = self._create_run(self._get_free_moment(now))
        self.last_run = execution.scheduled_at
        self._take_events(execution)
        execution._depart()
        self._forget_events(execution)

    def _get_free_moment(self, now):
        """Return the first moment, from now on, that no run of the task has.

        :param datetime now: naive UTC
        :rtype: datetime
        """
        moment = now.replace(microsecond=0)
        while self._has_run(moment):
            moment += timedelta(seconds=1)
        return moment

    def _create_run(self, due):
        """Create the execution of a due moment.

        :param datetime due: naive UTC
        """
        return self.env["crm.campaign.execution"].create(self._prepare_execution_vals(due))

    def _prepare_execution_vals(self, due):
        """Prepare the execution of a due moment. Extended by integrators.

        :param datetime due: naive UTC
        :rtype: dict
        """
        self.ensure_one()
        return {
            "task_id": self.id,
            "task_type_id": self.type_id.id,
            "source_model": self.type_id.source_model,
            "run_kind": "automatic",
            "company_id": self.company_id.id,
            "target_id": self.target_id.id,
            "template_id": self.template_id.id,
            "purpose_id": self.purpose_id.id,
            "user_id": self.user_id.id,
            "channel": self.action,
            "record_kind": self.target_id.record_kind,
            "res_model": self.target_id.res_model,
            "scheduled_at": due,
        }

    def _get_departure_execution(self):
        """Return the execution that a run right now would make, without making it.

        :raise UserError: the task lacks what a run needs, or waits for events
        """
        self.ensure_one()
        self.check_access("write")
        self._assert_may_switch_on()
        self._assert_complete()
        if self._is_immediate():
            raise UserError(
                self.env._("“%s” concerns people when something happens to them.", self.name)
            )
        # Superuser: the target is evaluated as the responsible, whom the user is or stands for.
        vals = self._prepare_execution_vals(fields.Datetime.now())
        return self.env["crm.campaign.execution"].sudo().new(vals)

    def _note_skipped(self, skipped):
        """Leave a trace of due moments that were missed and are too old to be caught up.

        :param recurrence.Skipped skipped: first and last of them (naive UTC), and how many
        """
        execution = self._create_run(self._get_free_moment(skipped.first))
        execution._skip(
            self.env._(
                "%(count)s run(s) missed, from %(first)s to %(last)s: nothing ran at that time.",
                count=skipped.count,
                first=execution._format_moment(skipped.first),
                last=execution._format_moment(skipped.last),
            )
        )

    def _break(self, message, now):
        """Leave a trace of the run that could not be made, and switch the task off.

        :param str message: why
        :param datetime now: naive UTC
        """
        due = self.next_run if self.next_run and self.next_run <= now else now
        if count := self._count_events():
            message = self.env._(
                "%(message)s (%(count)s event(s) were not told)", message=message, count=count
            )
        self._forget_events()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._create_run(self._get_free_moment(due))._stop_with_error(message)
        except psycopg2.IntegrityError:
            _logger.info("Automatic task %s lacks what even the trace of a run needs", self.id)
        self._set_error(message)
