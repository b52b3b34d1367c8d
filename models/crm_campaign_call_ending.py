# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_datetime

from ..const import CALL_OPEN_STATES
from .crm_campaign_call_taking import HOLD_MINUTES

CALLBACK_BY = ("me", "anyone")


class CrmCampaignCall(models.Model):
    """How a call ends: what callers say, and what follows from it."""

    _inherit = "crm.campaign.call"

    # Hours for which a call is passed over.
    _skip_hours = 1

    # === PUBLIC METHODS === #

    def record_outcome(self, outcome_id, values=None):
        """Note how an attempt ended, once, and let follow what the outcome says.

        :param int outcome_id: of ``crm.campaign.call.outcome``
        :param dict values: ``note`` (text), ``callback_at`` (naive UTC, as text or datetime),
            ``callback_by`` (``me`` or ``anyone``), ``token`` (made up by the screen: what is sent
            twice counts once)
        :return: ``{"state": state of the call, "due_at": moment (UTC) or False}``
        :rtype: dict
        :raise UserError: the call is over already, or no moment to call back was given
        :raise AccessError: the call is somebody else's
        """
        self.ensure_one()
        values = values or {}
        self._assert_may_call()
        # Superuser from here on: callers write calls this way only; the right was checked above.
        call = self.sudo()
        if not call._is_noted(values.get("token")):
            outcome = self.env["crm.campaign.call.outcome"].browse(outcome_id)
            outcome.check_access("read")
            call._lock_open()
            call._end(outcome.sudo(), values)
        return {"state": call.state, "due_at": fields.Datetime.to_string(call.due_at)}

    def skip(self, reason, token=None):
        """Pass a call over for an hour, and say why.

        :param str reason: words of the caller
        :param str token: as of ``record_outcome``
        :raise UserError: no reason, or the call is over already
        """
        self.ensure_one()
        self._assert_may_call()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why you pass this call over."))
        call = self.sudo()  # as in record_outcome
        if call._is_noted(token):
            return
        call._lock_open()
        values = {"note": reason.strip(), "token": token, "duration": call._get_duration()}
        call._note_attempt(self.env["crm.campaign.call.outcome"], values)
        call.write(
            {
                "due_at": fields.Datetime.now() + timedelta(hours=self._skip_hours),
                "taken_by_id": False,
                "taken_at": False,
            }
        )

    # === BUSINESS METHODS - CHECKS === #

    def _assert_may_call(self):
        """Check that the user may make these calls.

        :raise AccessError: they are somebody else's
        """
        self.check_access("read")
        is_marketer = self.env.user.has_group("crm_campaign.crm_campaign_group_user")
        # Superuser: to compare the callers, nothing is shown.
        for call in self.sudo():
            is_mine = self.env.user in (call.user_id or call.operation_id.caller_ids)
            if not (self.env.su or is_mine or is_marketer):
                raise AccessError(
                    self.env._("“%(name)s” is called by somebody else.", name=call.display_name)
                )

    def _is_noted(self, token):
        """Tell whether an attempt came before, and only its answer was lost."""
        return bool(token) and bool(
            self.env["crm.campaign.call.attempt"].search_count(
                [("call_id", "=", self.id), ("token", "=", str(token))], limit=1
            )
        )

    def _lock_open(self):
        """Lock the call to end it.

        :raise UserError: it is over
        """
        # Waits for whoever is ending it just now, and then, if anything changed, has the host begin
        # again, which finds out who ended it, or that the same was only sent twice.
        self.env.cr.execute(SQL("SELECT FROM crm_campaign_call WHERE id = %s FOR UPDATE", self.id))
        if self.state in CALL_OPEN_STATES:
            return
        if self.state == "cancelled":
            raise UserError(self.env._("The call to “%(name)s” is over.", name=self.display_name))
        raise UserError(
            self.env._(
                "The call to “%(name)s” was ended by %(user)s on %(date)s: %(outcome)s.",
                name=self.display_name,
                user=self.done_by_id.name,
                date=format_datetime(self.env, self.done_at),
                outcome=self.outcome_id.name,
            )
        )

    # === BUSINESS METHODS - ENDING === #

    def _end(self, outcome, values):
        """Write what follows from an outcome. Extended by integrators.

        :param outcome: one ``crm.campaign.call.outcome``
        :param dict values: as of ``record_outcome``
        """
        note = (values.get("note") or "").strip()
        attempt = {"note": note, "token": values.get("token"), "duration": self._get_duration()}
        follow_up = self._prepare_follow_up(outcome, values)
        self.write(
            {
                "outcome_id": outcome.id,
                "attempt_count": self.attempt_count + 1,
                "note": note or self.note,
                "taken_by_id": False,
                "taken_at": False,
                **follow_up,
            }
        )
        self._note_attempt(outcome, attempt)
        self._apply_consequences(outcome)
        if self.state == "done":
            self._close_recipient(outcome)
            self._tell_history(outcome, note)

    def _prepare_follow_up(self, outcome, values):
        """Prepare what becomes of the call after an attempt.

        :rtype: dict
        :raise UserError: no moment to call back was given, or it is in the past
        """
        now = fields.Datetime.now()
        if outcome.asks_callback:
            return self._prepare_callback(values, now)
        if outcome.retry_hours and self.attempt_count + 1 < outcome.retry_max:
            due_at = now + timedelta(hours=outcome.retry_hours)
            return {
                "state": "no_answer",
                "due_at": due_at,
                "date_planned": self._get_planned_day(due_at, self.user_id),
                "is_promised": False,
                "callback_at": False,
            }
        return {
            "state": "done",
            "done_at": now,
            "done_by_id": self.env.uid,
            "is_promised": False,
        }

    def _prepare_callback(self, values, now):
        """Prepare a promise to call back, by oneself or by anybody of the operation."""
        callback_at = fields.Datetime.to_datetime(values.get("callback_at") or None)
        if not callback_at:
            raise UserError(self.env._("Say when to call back."))
        if callback_at < now - timedelta(minutes=1):
            raise UserError(self.env._("The moment to call back is in the past."))
        by = values.get("callback_by") or CALLBACK_BY[0]
        if by not in CALLBACK_BY:
            raise UserError(self.env._("Say who calls back: me or anyone."))
        user = self.env.user if by == "me" else self.env["res.users"]
        return {
            "state": "callback",
            "callback_at": callback_at,
            "due_at": callback_at,
            "date_planned": self._get_planned_day(callback_at, user),
            "user_id": user.id,
            "is_promised": True,
        }

    def _get_planned_day(self, moment, user):
        """Give the day of a moment (UTC) where the caller is.

        :rtype: date
        """
        return self._get_local_day(moment, self._get_caller_zone(user, self.company_id))

    def _get_duration(self):
        """Give the seconds for which the user has had the call in hand; it is theirs that long.

        Whoever takes a call and goes for lunch costs no more than the time for which it is held.

        :rtype: int
        """
        if not self.taken_at or self.taken_by_id != self.env.user:
            return 0
        seconds = (fields.Datetime.now() - self.taken_at).total_seconds()
        return int(min(max(seconds, 0), HOLD_MINUTES * 60))

    def _note_attempt(self, outcome, values):
        """Note an attempt, or that the call was passed over (no outcome).

        :param dict values: ``note``, ``token``, ``duration``
        """
        token = values["token"]
        self.env["crm.campaign.call.attempt"].create(
            {
                "call_id": self.id,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "phone": self.phone,
                "outcome_id": outcome.id,
                "note": values["note"],
                "token": token and str(token)[:64],
                "duration": values["duration"],
            }
        )
        # The caller's time costs, whether the call is over or not.
        self.env["crm.campaign.recount"]._request_of(self.recipient_id)

    # === BUSINESS METHODS - CONSEQUENCES === #

    def _apply_consequences(self, outcome):
        """Do for the number and the contact what an outcome asks for."""
        if outcome.do_not_call and self.phone:
            self._block_number()
        if outcome.is_wrong_number and self.partner_id:
            self.partner_id.message_post(
                body=self.env._("Wrong number: %(phone)s", phone=self.phone),
                author_id=self.env.user.partner_id.id,
            )

    def _block_number(self):
        """Blacklist the number at once, and cancel every other call to it."""
        self.env["phone.blacklist"]._add([self.phone])
        self.flush_recordset()
        condition = SQL("c.phone = %s AND c.id != %s", self.phone, self.id)
        self._cancel_rows(self.env.cr, condition, self.env._("Blacklisted"))

    def _close_recipient(self, outcome):
        """Let the operation's follow-up know what became of the person."""
        reached = outcome.is_reached
        self.recipient_id._update(
            SQL(
                "state = %s, sent_at = %s, failure_reason = %s",
                "delivered" if reached else "failed",
                fields.Datetime.now(),
                None if reached else outcome.with_context(lang=self._get_author_lang()).name,
            )
        )

    def _get_author_lang(self):
        return self.operation_id.user_id.lang

    def _tell_history(self, outcome, note):
        """Write in the contact's history how the call ended, where the operation says so."""
        record = self.partner_id or self.lead_id
        if not (self.operation_id.writes_history and record):
            return
        text = self.env._("Call “%(name)s”: %(outcome)s", name=self.subject, outcome=outcome.name)
        record.message_post(
            body=f"{text}\n{note}" if note else text, author_id=self.env.user.partner_id.id
        )

    # === BUSINESS METHODS - OTHERS === #

    @api.model
    def _reopen(self, recipients):
        """Offer calls again in which nobody was reached.

        :param recipients: of failed calls, of one execution; may be empty
        """
        if not recipients:
            return
        self.env.cr.execute(
            SQL(
                """
                WITH again AS (
                    UPDATE crm_campaign_recipient SET state = 'to_call', failure_reason = NULL,
                           sent_at = NULL
                     WHERE id IN %s AND state = 'failed' RETURNING id)
                UPDATE crm_campaign_call
                   SET state = 'todo', attempt_count = 0, outcome_id = NULL, due_at = %s,
                       done_at = NULL, done_by_id = NULL
                 WHERE recipient_id IN (SELECT id FROM again) AND state = 'done'
                """,
                tuple(recipients.ids),
                fields.Datetime.now(),
            )
        )
        self.invalidate_model()
        recipients.invalidate_recordset()
