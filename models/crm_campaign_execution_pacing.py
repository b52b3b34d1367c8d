# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import time
from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ..allowance import Allowance, find_release
from ..tools.send_window import next_opening


class Hold(NamedTuple):
    """Why an execution sends nothing, and until when (UTC)."""

    until: datetime
    reason: str  # "window" or "limit"


class CrmCampaignExecution(models.Model):
    """What holds a running execution back: hours, limits per hour, messages to be tried again.

    Nothing of it is stored: whoever looks, a sender or a reader, works it out from the operation's
    settings and what was booked, so it is never stale and senders have nothing to write here.
    """

    _inherit = "crm.campaign.execution"

    deferred_count = fields.Integer(string="Waiting for Another Try", readonly=True)
    waits_until = fields.Datetime(compute="_compute_wait")
    wait_message = fields.Char(compute="_compute_wait")
    deferral_message = fields.Char(compute="_compute_wait")

    # === COMPUTE METHODS === #

    @api.depends("state", "pending_count")
    def _compute_wait(self):
        """Say in words what messages wait for, in the time zone of the responsible."""
        running = self.filtered(lambda run: run.state == "running")
        (self - running).update(
            {"waits_until": False, "wait_message": False, "deferral_message": False}
        )
        retries = running._read_retries()
        for execution in running:
            hold = execution._get_hold()
            execution.waits_until = hold and hold.until
            execution.wait_message = hold and execution._describe_hold(hold)
            execution.deferral_message = execution._describe_retries(*retries[execution.id])

    def _describe_hold(self, hold):
        """Put in words what an execution waits for."""
        values = {"moment": self._format_moment(hold.until), "zone": self._get_author_zone()}
        if hold.reason == "window":
            return self.env._("Waits until %(moment)s (%(zone)s), outside its hours.", **values)
        return self.env._(
            "Waits until %(moment)s (%(zone)s): the messages of this hour have left.", **values
        )

    def _describe_retries(self, count, retry_at):
        """Put in words how many messages wait for another try."""
        if not count:
            return False
        return self.env._(
            "%(count)s wait for another try, the next at %(moment)s (%(zone)s).",
            count=count,
            moment=self._format_moment(retry_at),
            zone=self._get_author_zone(),
        )

    def _get_author_zone(self):
        """Return the name of the time zone of the author."""
        # Superuser: the time zone of a colleague, nothing else of them.
        return self.user_id.sudo().tz or "UTC"

    def _format_moment(self, moment):
        return format_datetime(self.env, moment, tz=self._get_author_zone(), dt_format="short")

    def _read_retries(self):
        """Count what waits for another try.

        :return: execution id -> number of messages and moment of the next try (UTC)
        :rtype: dict[int, tuple[int, datetime | None]]
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT execution_id, count(*), min(retry_at) FROM crm_campaign_deferral"
                " WHERE execution_id IN %s AND retry_at IS NOT NULL GROUP BY execution_id",
                tuple(self.ids) or (0,),
            )
        )
        return dict.fromkeys(self.ids, (0, None)) | {id_: tuple(rest) for id_, *rest in rows}

    # === FIGURES === #

    @api.model
    def _get_counter_conditions(self):
        # EXTENDS crm_campaign — what waits for another try
        return {
            **super()._get_counter_conditions(),
            "deferred_count": SQL("r.state = 'deferred'"),
        }

    # === BUSINESS METHODS - HOLDS === #

    def _get_hold(self):
        """Tell what keeps new messages from leaving now.

        :rtype: Hold | None
        """
        self.ensure_one()
        if self._get_channel()._repeatable:
            return None
        now = fields.Datetime.now()
        window = self._get_window()
        opening = next_opening(now, window)[0] if window else now
        if opening > now:
            return Hold(opening, "window")
        limits = self._get_channel()._get_limits(self)
        releases = [find_release(self.env.cr, limit) for limit in limits]
        until = max(filter(None, releases), default=None)
        return Hold(until, "limit") if until else None

    def _get_window(self):
        """Return the hours of the operation; a message to one person leaves at any time.

        :rtype: tools.send_window.Window | None
        """
        return self.operation_id._get_window() if self.operation_id else None

    def _get_deadline(self):
        """Return until when a batch may go on, on the clock of ``time.monotonic``."""
        deadline = self.env.context.get("cron_end_time", float("inf"))
        window = self._get_window()
        if not window:
            return deadline
        now = fields.Datetime.now()
        seconds = (next_opening(now, window)[1] - now).total_seconds()
        return min(deadline, time.monotonic() + seconds)

    def _prepare_claim_options(self):
        """Prepare what a claim needs to keep limits and to have messages tried again.

        :return: keyword arguments of ``Claim``
        :rtype: dict
        """
        limits = self._get_channel()._get_limits(self)
        values = {"execution_id": self.id, "operation_id": self.operation_id.id or 0}
        values.update({limit.scope: limit.record_id for limit in limits})
        return {
            "allowance": Allowance(values, limits),
            "retry_minutes": self.env["crm.campaign.deferral"]._get_retry_minutes(),
        }

    # === BUSINESS METHODS - SENDING === #

    @api.model
    def _count_waiting(self, limit=100000):
        """Count the recipients that the jobs can handle now, up to ``limit``."""
        return self.env["crm.campaign.recipient"].search_count(
            [("state", "=", "pending"), ("execution_id", "in", self._get_sendable().ids)],
            limit=limit,
        )

    @api.model
    def _get_next_to_send(self):
        """Return the oldest execution with recipients that nobody holds and nothing holds back.

        Where there is none, what is held back wakes the jobs when its moment has come.
        """
        moments = [self.env["crm.campaign.deferral"]._requeue_due()]
        for execution in self._get_queued():
            hold = execution._get_hold()
            if not hold:
                return execution._with_author_context()
            moments.append(hold.until)
        if any(moments):
            self._trigger_sender_once(min(filter(None, moments)))
        return self.browse()

    @api.model
    def _get_sendable(self):
        """Return the running executions that nothing holds back, the oldest first."""
        return self._get_queued().filtered(lambda run: not run._get_hold())

    @api.model
    def _get_queued(self):
        """Return the running executions that have recipients nobody holds, the oldest first."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.id
                  FROM crm_campaign_execution e
                 WHERE e.state = 'running'
                   AND EXISTS (SELECT 1 FROM crm_campaign_recipient r
                                WHERE r.execution_id = e.id AND r.state = 'pending')
              ORDER BY e.scheduled_at, e.id
                """
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _trigger_sender_once(self, at):
        """Wake every sender job at a moment (UTC), unless it will be woken then anyway."""
        for cron in self._get_sender_crons():
            known = [("cron_id", "=", cron.id), ("call_at", "=", at.replace(microsecond=0))]
            if not self.env["ir.cron.trigger"].sudo().search_count(known, limit=1):
                cron._trigger(at.replace(microsecond=0))

    # === BUSINESS METHODS - END === #

    def _finish(self):
        # EXTENDS crm_campaign — the tries of its messages are over
        self.env["crm.campaign.deferral"]._forget(self)
        return super()._finish()

    def _retry(self):
        # EXTENDS crm_campaign — what was tried often enough is tried as often again
        self.env["crm.campaign.deferral"]._forget(self, only_tried=True)
        return super()._retry()
