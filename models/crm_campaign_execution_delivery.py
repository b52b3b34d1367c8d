# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..claim import Claim, recover_claims
from ..const import RECIPIENT_WAITING_STATES
from ..exceptions import ChannelUnavailable, TooManyFailures
from ..tools.failure_run import FailureRun

_logger = logging.getLogger(__name__)


class CrmCampaignExecution(models.Model):
    """The way of an execution from its departure to its end: schedule, freeze, send, settle.

    Only the jobs send. They may run on several workers and servers at once: each claims rows that
    no other holds (see ``claim.py``), so any of them may die at any moment.
    """

    _inherit = "crm.campaign.execution"

    # Recipients claimed at a time: suspending takes effect after at most one such batch.
    _batch_size = 100
    # Failures of the same kind in a row that suspend an operation.
    _failure_limit = 25

    # === BUSINESS METHODS - DEPARTURE === #

    def _schedule_departure(self):
        """Depart now when the moment has come, else wake the jobs at that moment."""
        self.ensure_one()
        if self.scheduled_at <= fields.Datetime.now():
            self._depart()
        else:
            self._trigger_sender(self.scheduled_at)

    def _depart(self):
        """Freeze recipients and content; from here on the jobs send."""
        self.ensure_one()
        self.write(
            {
                "started_at": fields.Datetime.now(),
                "record_kind": self.target_id.record_kind,
                "criteria": self._describe_target(),
                "state": "running",
            }
        )
        self._freeze_recipients()
        self._count_exclusions()
        self._freeze_content()
        self._refresh_counters()
        self._trigger_sender()

    def _freeze_content(self):
        """Freeze what everybody gets, in each language."""
        self._get_channel()._prepare_execution(self)
        self._freeze_translations()

    def _describe_target(self):
        """Put the target in words, in the language of the author and with what they may see.

        :rtype: str
        """
        target = self.target_id.with_user(self.user_id)
        target = target.with_context(**target.env["res.users"].context_get())
        if self.company_id:
            target = target.with_context(allowed_company_ids=self.company_id.ids)
        # Superuser for the definition itself, which departs whatever became of the access to it;
        # what it names is looked up as the author.
        return target.sudo()._describe()

    def _depart_due(self):
        """Depart the executions whose moment has come; a broken one never holds up the others."""
        due = self.search(
            [("state", "=", "scheduled"), ("scheduled_at", "<=", fields.Datetime.now())],
            order="scheduled_at, id",
        )
        for execution_id in due.ids:
            execution = self.browse(execution_id).try_lock_for_update()
            if execution.state != "scheduled":
                continue
            execution = execution._with_author_context()
            try:
                execution._depart()
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                raise  # as in _send_batch: the next run departs it
            except Exception as error:  # noqa: BLE001 - whatever breaks belongs to this one
                _logger.warning("Execution %s cannot depart", execution_id, exc_info=True)
                self.env.cr.rollback()
                self.browse(execution_id)._stop_with_error(str(error))
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _trigger_sender(self, at=None):
        """Wake every sender job, now or at a moment (UTC)."""
        for cron in self._get_sender_crons():
            cron._trigger(at or fields.Datetime.now())

    @api.model
    def _get_sender_crons(self):
        """Return the jobs that send. Several, since one job never runs twice at once.

        Superuser: users who may dispatch have no right on scheduled jobs.
        """
        return (
            self.env["ir.cron"]
            .sudo()
            .search([("model_id.model", "=", self._name), ("code", "=", "model._cron_send()")])
        )

    # === BUSINESS METHODS - SENDING === #

    @api.model
    def _cron_send(self):
        """Depart what is due, repair what a dead sender left, then send batch after batch."""
        Cron = self.env["ir.cron"]
        self._depart_due()
        recover_claims(self.env, self._get_repeatable_channels())
        self.env["crm.campaign.recipient"]._withdraw_pending(
            self.search([("state", "=", "cancelled")])
        )
        Cron._commit_progress(remaining=self._count_waiting())
        self._settle_ended()
        while execution := self._get_next_to_send():
            handled = execution._send_batch()
            self.env["crm.campaign.recount"]._request(execution)
            time_left = Cron._commit_progress(handled)
            self._settle_ended()
            if not handled or not time_left:
                break

    def _with_author_context(self):
        """Return self in the language and time zone of its author: what a job writes is for them.

        Rights stay those of the job.
        """
        context = self.env["res.users"].with_user(self.user_id).context_get() if self else {}
        return self.with_context(**context)

    def _send_batch(self):
        """Claim some recipients, prepare their messages, hand them over one by one.

        The claim is committed before anything leaves, and each fate before the next message is
        handed over. One commit of ours stands in between, so that what a message refers to (its
        trace) exists when the first answer comes back.

        :return: number of recipients that have their fate now
        :rtype: int
        """
        self.ensure_one()
        channel = self._get_channel()
        deadline = self._get_deadline()
        try:
            with Claim(
                self.env,
                self.id,
                channel._batch_size or self._batch_size,
                deadline=float("inf") if channel._repeatable else deadline,
                unsure_state="pending" if channel._repeatable else "unknown",
                on_outcome=self._get_failure_watch(),
                **self._prepare_claim_options(),
            ) as claim:
                withdrawn = self._find_ineligible(claim.ids)
                claim.withdraw(withdrawn)
                recipients = self.env["crm.campaign.recipient"].browse(claim.ids)
                payloads = channel._prepare_batch(self, recipients)
                claim.parts = channel._count_parts(payloads)
                self.env["ir.cron"]._commit_progress()
                outcomes = channel._deliver(self, payloads)
                return len(withdrawn) + claim.deliver(outcomes, list(payloads))
        except TooManyFailures as error:
            self.env["ir.cron"]._commit_progress()
            self._suspend_for_failures(str(error))
        except ChannelUnavailable as error:
            self.env["ir.cron"]._commit_progress()
            self._stop_with_error(str(error))
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            # A conflict or a lost connection: the job framework logs it and the next run goes on.
            raise
        except Exception as error:  # noqa: BLE001 - whatever breaks stops this execution only
            _logger.exception("Execution %s cannot go on", self.id)
            self.env.cr.rollback()
            self._stop_with_error(str(error) or type(error).__name__)
        return 0

    def _get_failure_watch(self):
        """Give a watch over one batch that trips when too many in a row failed for the same cause.

        It sees what was journaled: a last try that was deferred again is a failure there.

        :return: callable of ``(state, reason)`` that raises ``TooManyFailures``
        """
        run = FailureRun(self._get_failure_limit())

        def watch(state, reason):
            if run.note(state, reason):
                raise TooManyFailures(
                    self.env._(
                        "%(count)s messages in a row failed for the same cause: %(reason)s",
                        count=run.count,
                        reason=reason or "?",
                    )
                )

        return watch

    @api.model
    def _get_failure_limit(self):
        """Return the failures of the same kind in a row that suspend an operation; 0 = never."""
        # Superuser: a setting of the server, of which nothing is shown.
        return int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("crm_campaign.failures_in_a_row", self._failure_limit)
        )

    def _suspend_for_failures(self, message):
        """Suspend the operation and tell its responsible why."""
        self.write({"error_message": message})
        self._suspend()
        operation = self.operation_id
        if operation.state == "running":
            operation.state = "suspended"
        operation.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=operation.user_id.id,
            summary=self.env._("Sending was suspended"),
            note=message,
        )

    @api.model
    def _get_repeatable_channels(self):
        """Name the channels that may deliver again what was interrupted.

        :rtype: list[str]
        """
        codes = self._fields["channel"].get_values(self.env)
        return [code for code in codes if self.env[f"crm.campaign.channel.{code}"]._repeatable]

    # === BUSINESS METHODS - SETTLING === #

    @api.model
    def _settle_ended(self):
        """Settle every running execution of which nobody waits or is being sent any more."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.id FROM crm_campaign_execution e
                 WHERE e.state = 'running'
                   AND NOT EXISTS (SELECT 1 FROM crm_campaign_recipient r
                                    WHERE r.execution_id = e.id AND r.state IN %s)
                """,
                RECIPIENT_WAITING_STATES,
            )
        )
        for (execution_id,) in rows:
            try:
                self.browse(execution_id)._with_author_context()._settle()
                self.env["ir.cron"]._commit_progress()
            except psycopg2.errors.SerializationFailure:
                # Costs were just counted on its operation: the next run looks again.
                self.env.cr.rollback()

    def _settle(self):
        """Count again and end what is complete.

        Finished = every included row is sent, failed or withdrawn. A row whose fate nobody knows
        stops the execution in error until a person decides. Another sender that is settling it
        at the same moment is left to it; the next run looks again.
        """
        self.ensure_one()
        if not self._lock_to_settle():
            return
        self._refresh_counters()
        if self.state != "running" or self.pending_count:
            return
        if self.unknown_count:
            self._stop_with_error(
                self.env._(
                    "The fate of %(count)s message(s) is unknown: the sender was interrupted while "
                    "handing them over. Decide for each whether to send it again.",
                    count=self.unknown_count,
                )
            )
        elif self._get_channel()._fails_as_a_whole and self._has_only_failures():
            self._stop_with_error(self.env._("Every message was refused."))
        else:
            self._finish()

    def _has_only_failures(self):
        return bool(self.included_count and not self.sent_count and self.failed_count)

    def _lock_to_settle(self):
        """Lock the execution, unless another sender is settling it or just did.

        :rtype: bool
        """
        try:
            return bool(self.try_lock_for_update())
        except psycopg2.errors.SerializationFailure:
            self.env.cr.rollback()
            return False

    def _finish(self):
        """Close the execution and let its operation follow."""
        try:
            with self.env.cr.savepoint():
                self._get_channel()._finish_execution(self)
        except ChannelUnavailable as error:
            self._stop_with_error(str(error))
            return
        self.write({"state": "done", "finished_at": fields.Datetime.now(), "error_message": False})
        self.operation_id._follow_executions()

    def _stop_with_error(self, message):
        """Stop sending and say why; what was accepted stays, the rest waits for a retry.

        An execution that a user suspended or cancelled meanwhile stays so.
        """
        values = {"error_message": message}
        if self.state in ("scheduled", "running"):
            values["state"] = "error"
        self.write(values)
        self.operation_id._follow_executions()

    # === BUSINESS METHODS - INTERRUPTIONS === #

    def _suspend(self):
        """Stop sending after the batches under way."""
        self.filtered(lambda run: run.state in ("scheduled", "running")).state = "suspended"

    def _resume(self):
        """Go on where the execution was suspended."""
        for execution in self.filtered(lambda run: run.state == "suspended"):
            execution.state = "running" if execution.started_at else "scheduled"
        self._trigger_sender()

    def _cancel(self):
        """Stop for good: rows that still wait are withdrawn, rows under way end by themselves."""
        for execution in self.filtered(lambda run: run.state not in ("done", "cancelled")):
            execution.state = "cancelled"
            execution.finished_at = fields.Datetime.now()
        self.env["crm.campaign.recipient"]._withdraw_pending(self)
        for execution in self:
            execution._get_channel()._finish_execution(execution)
        self._refresh_counters()

    def _continue_after_decision(self):
        """Go on once a person decided what became of the rows of unknown fate."""
        self._refresh_counters()
        for execution in self.filtered(lambda run: run.state in ("running", "error")):
            if execution.unknown_count:
                continue
            execution.write({"state": "running", "error_message": False})
            execution.operation_id.state = "running"
            execution._settle()
        self._trigger_sender()

    def _retry(self):
        """Put failed rows back in the queue and send what waits.

        An execution that could not even depart (broken target or template) departs again.
        """
        for execution in self.filtered(lambda run: run.state in ("error", "done")):
            failed = self.env["crm.campaign.recipient"].search(
                [("execution_id", "=", execution.id), ("state", "=", "failed")]
            )
            if execution.state == "done" and not failed:
                continue
            execution._get_channel()._retry(failed)
            execution.write(
                {
                    "state": "running" if execution.targeted_count else "scheduled",
                    "error_message": False,
                    "finished_at": False,
                }
            )
            execution._refresh_counters()
        self.operation_id._follow_executions()
        self._trigger_sender()
