# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import CALL_OPEN_STATES
from .crm_campaign_call_taking import HOLD_MINUTES

# Why a call is not offered now, in the order in which a caller reads it.
REASONS = (
    "ready",
    "promised",
    "retry",
    "later",
    "skipped",
    "limits",
    "closed",
    "suspended",
    "taken",
    "finished",
)


class CrmCampaignCall(models.Model):
    """How a caller's day goes, and why nothing is left to call.

    One query reads the calls, one the attempts of the day: nothing is looked at call by call.
    """

    _inherit = "crm.campaign.call"

    # === PUBLIC METHODS === #

    @api.model
    def get_queue(self, operation_id=None):
        """Tell how the day of the caller goes, and where all the calls are.

        :param int | None operation_id: calls of this operation only; the figures of the day are of
            all operations, as the objective is
        :return: ``day`` (``objective``; ``done``, ``reached``, ``successes``: calls made today;
            ``left``, ``overdue``, ``promised``: calls still to be made today) and ``reasons``, see
            ``_prepare_reason``
        :rtype: dict
        """
        self.browse().check_access("read")
        self.flush_model()
        self.env["crm.campaign.call.attempt"].flush_model()
        now = fields.Datetime.now()
        zone = self._get_caller_zone(self.env.user, self.env.company)
        today = self._get_local_day(now, zone)
        closed = self.env["crm.campaign.calling.hours"].sudo()._get_closed(now)
        rows = self._read_queue(now, today, zone, closed.ids, operation_id)
        day = self._read_day(self._get_day_start(today, zone))
        for name in ("left", "overdue", "promised"):
            day[name] = sum(row[f"{name}_count"] for row in rows.values())
        day["objective"] = self._get_day_objective()
        reasons = [
            self._prepare_reason(code, rows[code], closed, now) for code in REASONS if code in rows
        ]
        return {"day": day, "reasons": reasons or [self._prepare_nothing(operation_id)]}

    def take(self):
        """Take this very call before its turn, as from the work plan.

        What would keep it from being offered keeps it from being taken, but for its day.

        :return: as ``take_next``; False = it may not be made now, see ``get_queue``
        :rtype: dict | bool
        :raise UserError: it is over, suspended, or with somebody else
        :raise AccessError: it is somebody else's
        """
        self.ensure_one()
        self._assert_may_call()
        call = self.sudo()  # one's own call, checked just above
        call._lock_open()
        now = fields.Datetime.now()
        call._assert_free(now)
        call.write({"taken_by_id": self.env.uid, "taken_at": now})
        call.flush_recordset()
        row = {
            "id": call.id,
            "phone": call.phone,
            "is_promised": call.is_promised,
            "calling_hours_id": call.calling_hours_id.id,
        }
        may_call = call._may_be_called(self.env.cr, row, now)
        call.invalidate_recordset()
        return {"id": call.id, "phone": call.phone} if may_call else False

    def _assert_free(self, now):
        """Check that nobody else has the call, and that its operation runs.

        :param datetime now: moment (UTC)
        :raise UserError: says why it cannot be taken
        """
        if self.is_paused:
            raise UserError(
                self.env._(
                    "“%(name)s”: the operation is suspended.", name=self.operation_id.display_name
                )
            )
        held = self.taken_at and self.taken_at >= now - timedelta(minutes=HOLD_MINUTES)
        if held and self.taken_by_id != self.env.user:
            raise UserError(
                self.env._(
                    "“%(name)s” is with %(user)s right now.",
                    name=self.display_name,
                    user=self.taken_by_id.name,
                )
            )

    # === BUSINESS METHODS - READING === #

    @api.model
    def _read_queue(self, now, today, zone, closed, operation_id):
        """Count the calls that the caller may be offered, by why they are not offered now.

        :param datetime now: moment (UTC)
        :param date today: day of the caller
        :param str zone: time zone in which it is that day
        :param list[int] closed: calling hours that are closed now
        :return: reason -> row
        :rtype: dict[str, dict]
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT reason, count(*) AS count, min(due_at) AS moment,
                       count(*) FILTER (WHERE to_do AND date_planned <= %(today)s) AS left_count,
                       count(*) FILTER (WHERE to_do AND date_planned < %(today)s) AS overdue_count,
                       count(*) FILTER (WHERE to_do AND date_planned <= %(today)s
                                          AND is_promised) AS promised_count,
                       array_agg(DISTINCT operation_id) AS operation_ids,
                       array_agg(DISTINCT taken_by_id) AS taker_ids,
                       array_agg(DISTINCT calling_hours_id) AS hours_ids
                  FROM (SELECT c.*, c.state IN %(open)s AND NOT c.is_paused AS to_do,
                               %(reason)s AS reason
                          FROM crm_campaign_call c
                          JOIN crm_campaign_operation o ON o.id = c.operation_id
                         WHERE %(mine)s
                           AND (c.state IN %(open)s OR o.state IN ('running', 'suspended'))
                       ) AS counted
              GROUP BY reason
                """,
                today=today,
                open=CALL_OPEN_STATES,
                reason=self._get_reason_sql(now, zone, closed),
                mine=self._get_own_sql(operation_id),
            )
        )
        return {row["reason"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _get_own_sql(self, operation_id):
        """Give the condition on calls (``c``) that may come to the caller, as ``take_next`` has it.

        :rtype: SQL
        """
        uid = self.env.uid
        return SQL(
            "(c.user_id = %s OR c.user_id IS NULL AND c.operation_id IN"
            " (SELECT operation_id FROM crm_campaign_operation_caller_rel WHERE user_id = %s))"
            " AND %s",
            uid,
            uid,
            SQL("c.operation_id = %s", int(operation_id)) if operation_id else SQL("TRUE"),
        )

    @api.model
    def _get_reason_sql(self, now, zone, closed):
        """Give why a call (``c``) is not offered now, one of ``REASONS``, as SQL.

        ``ready``: it is; ``skipped``: the last time it was passed over, less than an hour ago;
        ``limits``: put off to a later day by its calling hours (too many attempts, or a refusal).

        :rtype: SQL
        """
        return SQL(
            """
            CASE WHEN c.state NOT IN %(open)s THEN 'finished'
                 WHEN c.is_paused THEN 'suspended'
                 WHEN c.taken_by_id != %(uid)s AND c.taken_at >= %(held)s THEN 'taken'
                 WHEN c.due_at <= %(now)s THEN
                      CASE WHEN c.calling_hours_id = ANY(%(closed)s) THEN 'closed' ELSE 'ready' END
                 WHEN c.due_at <= %(skipped)s AND EXISTS (
                      SELECT FROM crm_campaign_call_attempt a
                       WHERE a.call_id = c.id AND a.outcome_id IS NULL
                         AND a.date > %(now)s - %(hour)s) THEN 'skipped'
                 WHEN c.calling_hours_id IS NOT NULL AND c.date_planned
                      < (c.due_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date THEN 'limits'
                 WHEN c.is_promised THEN 'promised'
                 WHEN c.state = 'no_answer' THEN 'retry'
                 ELSE 'later' END
            """,
            open=CALL_OPEN_STATES,
            uid=self.env.uid,
            held=now - timedelta(minutes=HOLD_MINUTES),
            now=now,
            closed=closed,
            hour=timedelta(hours=self._skip_hours),
            skipped=now + timedelta(hours=self._skip_hours),
            zone=zone,
        )

    @api.model
    def _read_day(self, start):
        """Count the calls that the caller has made since the day began: each counts once.

        :param datetime start: moment (UTC)
        :rtype: dict[str, int]
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT count(DISTINCT a.call_id) AS done,
                       count(DISTINCT a.call_id) FILTER (WHERE o.is_reached) AS reached,
                       count(DISTINCT a.call_id) FILTER (WHERE o.is_success) AS successes
                  FROM crm_campaign_call_attempt a
                  JOIN crm_campaign_call_outcome o ON o.id = a.outcome_id
                 WHERE a.user_id = %s AND a.date >= %s
                """,
                self.env.uid,
                start,
            )
        )
        return self.env.cr.dictfetchall()[0]

    @api.model
    def _get_day_objective(self):
        """Return how many calls a day the caller is to make.

        A telemarketer has an objective; anybody else that of the operations, the highest one.

        :rtype: int
        """
        # Superuser: callers have no right on operations; nothing but a number is told.
        operations = self.env["crm.campaign.operation"].sudo()
        running = operations.search(
            [
                ("operation_type", "=", "call"),
                ("state", "=", "running"),
                ("caller_ids", "in", self.env.uid),
            ]
        )
        default = max(running.mapped("call_objective"), default=0)
        return self.env.user._get_call_objective(
            default or self.env.company.sudo().campaign_call_objective
        )

    # === BUSINESS METHODS - WORDS === #

    @api.model
    def _prepare_reason(self, code, row, closed, now):
        """Prepare one line of the panel that says why nothing is left to call.

        :param str code: one of ``REASONS``
        :param dict row: as of ``_read_queue``
        :param closed: calling hours that are closed now
        :param datetime now: moment (UTC)
        :return: ``code``, ``label``, ``count``, ``moment`` (naive UTC: when it changes; False = by
            itself it does not) and ``names`` (of operations or colleagues)
        :rtype: dict
        """
        moment, names = row["moment"], []
        # Superuser: names of the operations of one's calls, and of the colleagues who have them.
        if code == "closed":
            hours = closed.filtered(lambda profile: profile.id in row["hours_ids"])
            moment = min(profile._get_next_opening(now) for profile in hours)
            names = hours.mapped("name")
        elif code == "suspended":
            operations = self.env["crm.campaign.operation"].sudo().browse(row["operation_ids"])
            names = operations.mapped("name")
        elif code == "taken":
            names = self.env["res.users"].sudo().browse(row["taker_ids"]).mapped("name")
        timed = code in ("promised", "retry", "later", "skipped", "limits", "closed")
        return {
            "code": code,
            "label": self._get_reason_label(code),
            "count": row["count"],
            "moment": fields.Datetime.to_string(moment) if timed else False,
            "names": names,
        }

    @api.model
    def _prepare_nothing(self, operation_id):
        """Prepare the line of who has no calls at all.

        :rtype: dict
        """
        # Superuser: whether one is a caller of it, nothing else.
        operation = self.env["crm.campaign.operation"].sudo().browse(operation_id or ())
        code = "nothing"
        if operation and self.env.user not in operation.caller_ids:
            code = "no_caller"
        label = self._get_reason_label(code)
        return {"code": code, "label": label, "count": 0, "moment": False, "names": []}

    @api.model
    def _get_reason_label(self, code):
        """Put a reason in words.

        :rtype: str
        """
        return {
            "ready": self.env._("Ready to be called"),
            "promised": self.env._("Promised for later"),
            "retry": self.env._("Waiting for another try"),
            "later": self.env._("Planned for later"),
            "skipped": self.env._("Passed over for now"),
            "limits": self.env._("Called often enough, or refused lately"),
            "closed": self.env._("Outside calling hours"),
            "suspended": self.env._("Operation suspended"),
            "taken": self.env._("With somebody else"),
            "finished": self.env._("Over"),
            "nothing": self.env._("No call is assigned to you"),
            "no_caller": self.env._("You are not among the callers of this operation"),
        }[code]
