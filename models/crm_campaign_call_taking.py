# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models, modules
from odoo.tools import SQL

from ..const import CALL_OPEN_STATES
from ..tools.calling_hours import CLOSED_NOW

# How long a call that belongs to nobody waits for the caller who took it.
HOLD_MINUTES = 30


@contextmanager
def statement_cursor(env):
    """Lend a connection on which each statement commits by itself (read committed).

    As ``journal_cursor`` does, but nothing is set on the connection: callers wait for each answer.
    Nothing is put back either, since the host resets a connection before it lends it again. Inside
    a test everything happens in the one transaction of the test.
    """
    if modules.module.current_test:
        yield env.cr
        return
    with env.registry.cursor() as cr:
        cr.connection.set_session(autocommit=True)
        yield cr


class CrmCampaignCall(models.Model):
    """Which call a caller makes next.

    A call is taken with one short statement that commits by itself, on a connection of its own
    (see ``statement_cursor``): two callers never get the same one, and none waits for the other.
    """

    _inherit = "crm.campaign.call"

    # Calls of anybody: PostgreSQL does not take those without a caller for equal, and so would sort
    # them all if it had `_offer_idx` alone.
    _anybody_idx = models.Index(
        "(operation_id, is_promised, due_at, id)"
        " WHERE user_id IS NULL AND state IN ('todo', 'no_answer', 'callback') AND NOT is_paused"
    )

    # === PUBLIC METHODS === #

    @api.model
    def take_next(self, operation_id=None):
        """Take the call to make now: the one under way, what was promised, then what is planned.

        Calls of one's own come first, then those of anybody in the operations of which one is a
        caller. A call that may not be made now, by its calling hours or because of what the person
        said since, is put off or cancelled on the way.

        :param int | None operation_id: of this operation only
        :return: ``{"id": call, "phone": number}``; False = nothing is left for now, see
            ``get_queue``
        :rtype: dict | bool
        """
        self.browse().check_access("read")
        self.flush_model()
        now = fields.Datetime.now()
        closed = self._find_closed(now)
        with statement_cursor(self.env) as cr:
            while row := self._take(cr, now, closed, operation_id):
                if row["is_suspended"]:
                    self._pause_some(cr, row["id"])
                elif not row["needs_check"] or self._may_be_called(cr, row, now):
                    self.invalidate_model(["taken_by_id", "taken_at"])
                    return {"id": row["id"], "phone": row["phone"]}
        return False

    def put_back(self):
        """Give a taken call back, undone; somebody else may have it."""
        self._assert_may_call()
        # Superuser: nothing but who has it on the screen; the right was checked just above.
        self.sudo().write({"taken_by_id": False, "taken_at": False})

    # === BUSINESS METHODS - TAKING === #

    @api.model
    def _find_closed(self, now):
        """Find the calling hours that are closed now.

        Most databases have none that are on. The ORM needs longer to find that out than all the
        rest of taking a call.

        :param datetime now: moment (UTC)
        :return: ids
        :rtype: list[int]
        """
        # Superuser: rules for everybody; nothing of them is shown.
        Hours = self.env["crm.campaign.calling.hours"].sudo()
        Hours.flush_model(["active"])
        self.env.cr.execute("SELECT FROM crm_campaign_calling_hours WHERE active LIMIT 1")
        return Hours._get_closed(now).ids if self.env.cr.rowcount else []

    @api.model
    def _take(self, cr, now, closed, operation_id):
        """Take one row: the first one of the first queue that has any.

        One statement asks the queues in turn, and goes no further than it must: what is planned
        once for all of them costs less than asking one after the other.

        :param cr: cursor of ``statement_cursor``
        :param datetime now: moment (UTC)
        :param list[int] closed: calling hours that are closed now
        :return: ``id``, ``phone``, ``is_promised``, ``calling_hours_id``, ``needs_check`` and
            ``is_suspended`` (the operation, a moment ago)
        :rtype: dict | None
        """
        conditions = self._get_queue_conditions(now, closed, operation_id)
        cr.execute(
            SQL(
                """
                -- Were it lost in a crash of the database server, somebody would call once more.
                SET LOCAL synchronous_commit = off;
                WITH next AS MATERIALIZED (%(queues)s LIMIT 1)
                UPDATE crm_campaign_call c
                   SET taken_by_id = %(uid)s, taken_at = %(now)s
                 WHERE id = (SELECT id FROM next)
             RETURNING id, phone, is_promised, calling_hours_id,
                       (SELECT o.state = 'suspended' FROM crm_campaign_operation o
                         WHERE o.id = c.operation_id) AS is_suspended,
                       calling_hours_id IS NOT NULL
                       OR (SELECT TRUE FROM phone_blacklist b
                            WHERE b.number = c.phone AND b.active) IS TRUE
                       OR (SELECT TRUE FROM crm_campaign_recipient r
                             JOIN crm_campaign_consent k ON k.partner_id = r.partner_id
                            WHERE r.id = c.recipient_id AND k.channel = 'phone'
                              AND k.is_current AND k.decision = 'refused'
                            LIMIT 1) IS TRUE AS needs_check
                """,
                queues=SQL(" UNION ALL ").join(
                    self._get_queue_sql(number, condition, closed)
                    for number, condition in enumerate(conditions)
                ),
                uid=self.env.uid,
                now=now,
            )
        )
        return next(iter(cr.dictfetchall()), None)

    @api.model
    def _get_queue_sql(self, number, condition, closed):
        """Give the select of the first call of a queue that nobody else is about to take.

        :param SQL condition: on calls (``c``)
        :rtype: SQL
        """
        return SQL(
            """
            SELECT id FROM (
                SELECT c.id FROM crm_campaign_call c
                 WHERE %s AND %s ORDER BY c.due_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED) AS %s
            """,
            self._get_offered_sql(closed),
            condition,
            SQL.identifier(f"queue_{number}"),
        )

    @api.model
    def _get_offered_sql(self, closed):
        """Give the condition on calls (``c``) that any of them must meet.

        Spelled as in the indexes, so that PostgreSQL knows them again.

        :rtype: SQL
        """
        offered = SQL("c.state IN ('todo', 'no_answer', 'callback') AND NOT c.is_paused")
        if not closed:
            return offered
        return SQL(
            "%s AND (c.is_promised OR c.calling_hours_id IS NULL OR c.calling_hours_id != ALL(%s))",
            offered,
            closed,
        )

    @api.model
    def _get_queue_conditions(self, now, closed, operation_id):
        """Give the queues of a caller, the first ones first, as conditions on calls (``c``).

        Extended by integrators. Each queue must have an index that holds its calls in the order
        in which they are due.

        :param datetime now: moment (UTC)
        :param list[int] closed: calling hours that are closed now
        :param int | None operation_id: of this operation only
        :rtype: Iterator[SQL]
        """
        uid = self.env.uid
        of_operation = (
            SQL("c.operation_id = %s", int(operation_id)) if operation_id else SQL("TRUE")
        )
        mine = SQL("c.user_id = %s AND %s", uid, of_operation)
        free = SQL(
            "c.due_at <= %s AND (c.taken_by_id IS NULL OR c.taken_at < %s)",
            now,
            now - timedelta(minutes=HOLD_MINUTES),
        )
        operation_ids = self._find_operations(operation_id)
        yield SQL("c.taken_by_id = %s AND %s", uid, of_operation)
        for promised in (SQL("c.is_promised"), SQL("NOT c.is_promised")):
            yield SQL("%s AND %s AND %s", mine, promised, free)
            anybody = SQL("c.user_id IS NULL AND %s AND %s", promised, free)
            if operation_ids:
                first = self._get_first_sql(operation_ids, anybody, closed)
                yield SQL("%s AND c.operation_id = %s", anybody, first)

    @api.model
    def _find_operations(self, operation_id):
        """Find the operations of which the user is a caller.

        Those that are over have no open calls, and cost nothing.

        :param int | None operation_id: this one only
        :rtype: list[int]
        """
        self.env["crm.campaign.operation"].flush_model(["caller_ids"])
        self.env.cr.execute(
            SQL(
                "SELECT operation_id FROM crm_campaign_operation_caller_rel WHERE user_id = %s",
                self.env.uid,
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        return [id_ for id_ in ids if not operation_id or id_ == int(operation_id)]

    @api.model
    def _get_first_sql(self, operation_ids, anybody, closed):
        """Give the operation in which a call of anybody is due first.

        Found before the call itself, for which one index then has the order: however many calls
        of anybody there are, and in operations of others.

        :param list[int] operation_ids: among these; one at least
        :param SQL anybody: condition on calls (``c``)
        :param list[int] closed: as of ``_take``
        :rtype: SQL
        """
        if len(operation_ids) == 1:
            return SQL("%s", operation_ids[0])
        return SQL(
            """(
                SELECT o.id
                  FROM unnest(%s) AS o (id)
            CROSS JOIN LATERAL (
                        SELECT c.due_at, c.id FROM crm_campaign_call c
                         WHERE c.operation_id = o.id AND %s AND %s
                      ORDER BY c.due_at, c.id LIMIT 1) AS first
              ORDER BY first.due_at, first.id LIMIT 1
            )""",
            operation_ids,
            self._get_offered_sql(closed),
            anybody,
        )

    # === BUSINESS METHODS - REFUSING === #

    @api.model
    def _may_be_called(self, cr, row, now):
        """Check a taken call against what was said and done since; put it off or cancel it else.

        :param dict row: as ``_take`` gives it
        :rtype: bool
        """
        call = self.browse(row["id"]).sudo()
        if reason := call._find_refusal(cr, row):
            self._cancel_rows(cr, SQL("c.id = %s", call.id), reason)
            return False
        # Superuser: rules for everybody; nothing of them is shown.
        hours = self.env["crm.campaign.calling.hours"].sudo().browse(row["calling_hours_id"])
        if not hours.active:
            return True
        attempts, refusals = self._read_attempts(cr, row, hours, now)
        hindrance = hours._get_next_moment(now, attempts, refusals)
        # A person who named the hour agreed to be called then.
        if not hindrance or (row["is_promised"] and hindrance[0] == CLOSED_NOW):
            return True
        cr.execute(
            SQL(
                "UPDATE crm_campaign_call SET due_at = %s, taken_by_id = NULL, taken_at = NULL"
                " WHERE id = %s",
                hindrance[1],
                call.id,
            )
        )
        return False

    def _find_refusal(self, cr, row):
        """Say why a person may never be called again for this.

        :return: words; None = nothing stands against it
        :rtype: str | None
        """
        cr.execute(SQL("SELECT FROM phone_blacklist WHERE number = %s AND active", row["phone"]))
        if cr.rowcount:
            return self.env._("Blacklisted")
        cr.execute(
            SQL(
                """
                SELECT k.decision, p.is_service
                  FROM crm_campaign_call c
                  JOIN crm_campaign_recipient r ON r.id = c.recipient_id
                  JOIN crm_campaign_operation o ON o.id = c.operation_id
                  JOIN crm_campaign_purpose p ON p.id = o.purpose_id
             LEFT JOIN crm_campaign_consent k ON k.purpose_id = p.id AND k.channel = 'phone'
                   AND k.partner_id = r.partner_id AND k.is_current
                 WHERE c.id = %s
                """,
                row["id"],
            )
        )
        decision, is_service = cr.fetchone() or (None, True)
        # Superuser: as in _may_be_called.
        hours = self.env["crm.campaign.calling.hours"].sudo().browse(row["calling_hours_id"])
        is_strict = hours.active and hours.needs_consent
        lacks = decision == "refused" or (is_strict and decision != "given")
        return self.env._("No Consent") if lacks and not is_service else None

    @api.model
    def _read_attempts(self, cr, row, hours, now):
        """Read when a person was called, and when they refused, as far back as hours look.

        :return: moments (UTC) of attempts and of refusals
        :rtype: tuple[list[datetime], list[datetime]]
        """
        since = now - timedelta(days=max(hours.window_days, hours.refusal_days) + 2)
        cr.execute(
            SQL(
                """
                SELECT a.date, o.is_refusal
                  FROM crm_campaign_call_attempt a
                  JOIN crm_campaign_call_outcome o ON o.id = a.outcome_id
                 WHERE a.phone = %s AND a.date >= %s
                """,
                row["phone"],
                since,
            )
        )
        rows = cr.fetchall()
        return [date for date, _refused in rows], [date for date, refused in rows if refused]

    @api.model
    def _cancel_rows(self, cr, condition, reason):
        """Cancel open calls for a reason, in one statement; their recipients say why.

        :param SQL condition: on calls (``c``)
        :return: number of calls
        :rtype: int
        """
        cr.execute(
            SQL(
                """
                WITH over AS (
                    UPDATE crm_campaign_call c
                       SET state = 'cancelled', done_at = %(now)s, taken_by_id = NULL,
                           taken_at = NULL
                     WHERE c.state IN %(open)s AND %(condition)s
                 RETURNING c.recipient_id),
                     told AS (
                    UPDATE crm_campaign_recipient r
                       SET state = 'withdrawn', failure_reason = %(reason)s
                     WHERE r.id IN (SELECT recipient_id FROM over) AND r.state = 'to_call'
                 RETURNING r.execution_id),
                     counted AS (
                    INSERT INTO crm_campaign_recount (execution_id)
                    SELECT DISTINCT execution_id FROM told)
                SELECT count(*) FROM over
                """,
                now=fields.Datetime.now(),
                open=CALL_OPEN_STATES,
                condition=condition,
                reason=reason,
            )
        )
        count = cr.fetchone()[0]
        self.invalidate_model()
        self.env["crm.campaign.recipient"].invalidate_model()
        return count
