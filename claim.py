# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""A batch of recipients that one sender owns, and the journal of what became of them.

How nobody is written to twice, whoever dies and when:

* a claim takes ``pending`` rows with ``FOR UPDATE SKIP LOCKED``, marks them ``sending`` with the
  moment of the claim, and commits: no other sender sees them as pending any more;
* as long as it lives the sender holds an advisory lock named after the claim. PostgreSQL releases
  it with the connection, so a lock that can be had belongs to a dead sender;
* before a message is handed over, its row gets ``sent_at`` ("in hand"), and its fate is committed
  before the next one is taken in hand. A dead sender thus leaves at most one row in hand: it
  becomes ``unknown``, and only a person may send it again. Its other rows go back to the queue.

The journal has a connection of its own in autocommit mode: one short statement a message, which
waits for no disk (``synchronous_commit = off``; the claim itself does wait). Should the database
server crash, answers of the last moments may be lost with it. That is known from the claim's row in
``crm.campaign.claim``, an unlogged table, which PostgreSQL empties exactly then: every row of a
claim without it is ``unknown``.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import psycopg2

from odoo import modules
from odoo.tools import SQL

from .exceptions import ChannelUnavailable

# Written once a message: plain text, which costs less than building an SQL object each time.
SETTLE = """
    UPDATE crm_campaign_recipient
       SET state = CASE WHEN id = %(id)s AND state = 'sending' THEN %(state)s ELSE state END,
           failure_reason = CASE WHEN id = %(id)s THEN %(reason)s END,
           claimed_at = CASE WHEN id = %(id)s THEN NULL ELSE claimed_at END,
           sms_part_count = CASE WHEN id = %(id)s THEN sms_part_count ELSE %(parts)s END,
           sent_at = CASE WHEN id = %(id)s AND NOT %(left)s THEN NULL
                          ELSE clock_timestamp() AT TIME ZONE 'UTC' END
     WHERE id IN (%(id)s, %(next_id)s)
"""

# Past the end of the list of minutes the moment is NULL: no other try.
DEFER = """
    INSERT INTO crm_campaign_deferral AS d (recipient_id, execution_id, attempt_count, retry_at)
    VALUES (%s, %s, 1, clock_timestamp() AT TIME ZONE 'UTC' + (%s::int[])[1] * interval '1 minute')
        ON CONFLICT (recipient_id) DO UPDATE
       SET attempt_count = d.attempt_count + 1,
           retry_at = clock_timestamp() AT TIME ZONE 'UTC'
                    + (%s::int[])[d.attempt_count + 1] * interval '1 minute'
    RETURNING retry_at
"""


def _lock_key(execution_id: int, claimed_at: datetime) -> SQL:
    """Name the advisory lock of a claim."""
    name = f"crm_campaign.claim/{execution_id}/{claimed_at.isoformat()}"
    return SQL("hashtextextended(%s, 0)", name)


@contextmanager
def journal_cursor(env):
    """Lend a connection in autocommit mode (read committed) that does not wait for the disk.

    Inside a test everything happens in the one transaction of the test, so its cursor is lent.
    """
    if modules.module.current_test:
        yield env.cr
        return
    with env.registry.cursor() as cr:
        cr.connection.set_session(autocommit=True)
        cr.execute("SET synchronous_commit = off")
        try:
            yield cr
        finally:
            # The connection goes back to the pool: leave nothing of ours on it.
            if not cr.connection.closed:
                cr.execute("SELECT pg_advisory_unlock_all()")
                cr.execute("RESET synchronous_commit")
                cr.connection.set_session(autocommit=False)


class Claim:
    """Context manager: rows claimed on entry; on exit every one of them has a fate or is free.

    :param env: environment of the sender
    :param int execution_id: execution whose pending rows are claimed
    :param int limit: most rows to claim
    :param float deadline: moment of ``time.monotonic`` after which nothing more is handed over
    :param str unsure_state: state of the row in hand when its sender breaks: ``unknown``, or
        ``pending`` where delivering it again does no harm
    :param Allowance allowance: what may leave; None = there is no limit
    :param Sequence[int] retry_minutes: how long a row waits that is deferred for the first time,
        the second time…; one more time, and it failed
    :param Callable on_outcome: called with ``(state, reason)`` as journaled, before the next
        message is handed over, which it keeps from happening by raising ``ChannelUnavailable``
    """

    def __init__(
        self, env, execution_id, limit, deadline=float("inf"), unsure_state="unknown", **options
    ):
        self.env = env
        self.execution_id = execution_id
        self.limit = limit
        self.deadline = deadline
        self.unsure_state = unsure_state
        self.allowance = options.get("allowance")
        self.retry_minutes = options.get("retry_minutes", ())
        self.on_outcome = options.get("on_outcome")
        self.settled = 0
        # Recipient id -> parts of its message, where they cost by the part: noted when the message
        # is taken in hand, so that they are known whatever becomes of it.
        self.parts = {}
        self.ids = []  # rows still ours, in the order they are handed over

    def __enter__(self):
        self._connection = journal_cursor(self.env)
        self.cr = self._connection.__enter__()
        try:
            self._take()
        except BaseException as error:
            self._connection.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        harmless = exc_type is None or issubclass(exc_type, ChannelUnavailable)
        try:
            if self._can_write(exc_type):
                self._release("pending" if harmless else self.unsure_state)
                if self.allowance:
                    # Whoever broke may have handed one over whose outcome was not told.
                    self.allowance.settle(self.cr, self.settled + (not harmless))
        finally:
            self._connection.__exit__(exc_type, exc_value, traceback)

    def _can_write(self, exc_type):
        """Tell whether the journal's connection outlived what happened.

        Otherwise the rows are freed by ``recover_claims``.
        """
        shares_cursor = self.cr is self.env.cr
        broken = exc_type is not None and issubclass(exc_type, psycopg2.Error)
        return not (shares_cursor and broken) and not self.cr.connection.closed

    # --- the rows ---

    def _take(self):
        """Lock the claim and take its rows, in one durable statement.

        The rows are chosen once, in an expression of their own: a plan may run a subquery of the
        condition again for each row, and skip each time those that it locked before, so that more
        than the limit would be taken.
        """
        self.claimed_at = self._lock_name()
        # Were the claim itself lost in a crash, its rows would wait as if nothing had left.
        self.cr.execute("SET synchronous_commit = on")
        if self.allowance:
            self.limit = self.allowance.take(self.cr, self.limit)
        self.cr.execute(
            SQL(
                """
                WITH claim AS (
                    INSERT INTO crm_campaign_claim (execution_id, claimed_at)
                    VALUES (%(execution)s, %(claimed_at)s)),
                     taken AS MATERIALIZED (
                    SELECT id FROM crm_campaign_recipient
                     WHERE execution_id = %(execution)s AND state = 'pending'
                  ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
                UPDATE crm_campaign_recipient
                   SET state = 'sending', claimed_at = %(claimed_at)s, sent_at = NULL,
                       failure_reason = NULL
                 WHERE id IN (SELECT id FROM taken)
             RETURNING id
                """,
                claimed_at=self.claimed_at,
                execution=self.execution_id,
                limit=self.limit,
            )
        )
        self.ids = sorted(row[0] for row in self.cr.fetchall())
        self.cr.execute("SET synchronous_commit = off")
        self.env["crm.campaign.recipient"].invalidate_model()

    def _lock_name(self):
        """Lock a name for the claim that no other one has.

        Senders that are woken together may read the clock in the same microsecond.

        :return: moment of the claim (UTC), after which it is named
        :rtype: datetime
        """
        while True:
            claimed_at = self._read_clock()
            self.cr.execute(
                SQL("SELECT pg_try_advisory_lock(%s)", _lock_key(self.execution_id, claimed_at))
            )
            if self.cr.fetchone()[0]:
                return claimed_at

    def _read_clock(self):
        self.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return self.cr.fetchone()[0]

    def withdraw(self, reasons: dict[int, str]):
        """Give up rows that may not be written to any more.

        :param reasons: recipient id -> why
        """
        for recipient_id, reason in reasons.items():
            self._write(recipient_id, "withdrawn", reason)
        self.ids = [recipient_id for recipient_id in self.ids if recipient_id not in reasons]

    def deliver(self, outcomes: Iterator[tuple[int, str, str | None]], order: list[int]):
        """Journal each outcome before the next message is handed over, until the deadline.

        :param outcomes: lazy iterator of ``(recipient id, state, reason or None)``; drawing the
            next item is what hands the next message over
        :param order: recipient ids in the order in which the outcomes will come; may be empty
        :return: number of outcomes
        :raise ValueError: an outcome came out of order
        """
        if not order:
            return 0  # another sender was faster, or nobody may be written to any more
        self._take_in_hand(order[0])
        for current_id, next_id in zip(order, [*order[1:], None], strict=True):
            recipient_id, state, reason = next(outcomes)
            if recipient_id != current_id:
                raise ValueError(f"outcome of {recipient_id} instead of {current_id}")
            late = time.monotonic() > self.deadline
            if state == "deferred":
                state = self._defer(recipient_id)
            self._write(recipient_id, state, reason, None if late else next_id)
            self.ids.remove(recipient_id)
            self.settled += 1
            if late:
                break
            if self.on_outcome and next_id:
                self.on_outcome(state, reason)
        return self.settled

    def _take_in_hand(self, recipient_id):
        self.cr.execute(
            SQL(
                "UPDATE crm_campaign_recipient SET sent_at = %s, sms_part_count = %s WHERE id = %s",
                SQL("clock_timestamp() AT TIME ZONE 'UTC'"),
                self.parts.get(recipient_id),
                recipient_id,
            )
        )

    def _write(self, recipient_id, state, reason, next_id=None):
        """Settle a row and take the next one in hand, in one statement.

        News that came back before the journal wrote (an image fetched at once) stay: the state
        only ever moves forward from ``sending``.
        """
        self.cr.execute(
            SETTLE,
            {
                "id": recipient_id,
                "next_id": next_id or 0,
                "parts": self.parts.get(next_id),
                "state": state,
                "reason": reason,
                "left": state in ("sent", "delivered", "unknown"),
            },
        )

    def _defer(self, recipient_id):
        """Note when a row is tried again.

        :return: ``deferred``, or ``failed`` when it was tried often enough
        """
        minutes = list(self.retry_minutes)
        self.cr.execute(DEFER, (recipient_id, self.execution_id, minutes, minutes))
        return "deferred" if self.cr.fetchone()[0] else "failed"

    def _release(self, in_hand_state):
        """Free the rows that have no fate yet; the one in hand takes ``in_hand_state``."""
        if self.ids:
            _release_rows(
                self.cr, SQL("id IN %s AND state = 'sending'", tuple(self.ids)), in_hand_state
            )
        _forget_claim(self.cr, self.execution_id, self.claimed_at)
        self.env["crm.campaign.recipient"].invalidate_model()


def _forget_claim(cr, execution_id, claimed_at):
    cr.execute(
        SQL(
            "DELETE FROM crm_campaign_claim WHERE execution_id = %s AND claimed_at = %s",
            execution_id,
            claimed_at,
        )
    )


def _release_rows(cr, condition: SQL, in_hand_state: str, other_state: str = "pending"):
    cr.execute(
        SQL(
            """
            UPDATE crm_campaign_recipient
               SET state = CASE WHEN sent_at IS NULL THEN %s ELSE %s END,
                   sent_at = CASE WHEN sent_at IS NULL OR %s = 'pending' THEN NULL
                                  ELSE sent_at END,
                   claimed_at = NULL
             WHERE %s
            """,
            other_state,
            in_hand_state,
            in_hand_state,
            condition,
        )
    )


def requeue_deferred(env) -> int:
    """Put rows back in the queue whose moment to be tried again has come.

    :return: number of rows
    """
    with journal_cursor(env) as cr:
        cr.execute(
            """
            WITH due AS (SELECT id, recipient_id FROM crm_campaign_deferral
                          WHERE retry_at <= clock_timestamp() AT TIME ZONE 'UTC'
                            FOR UPDATE SKIP LOCKED),
                 quiet AS (UPDATE crm_campaign_deferral SET retry_at = NULL
                            WHERE id IN (SELECT id FROM due))
            UPDATE crm_campaign_recipient SET state = 'pending'
             WHERE id IN (SELECT recipient_id FROM due) AND state = 'deferred'
            """
        )
        count = cr.rowcount
    env["crm.campaign.recipient"].invalidate_model()
    return count


def recover_claims(env, repeatable: Sequence[str] = ()) -> int:
    """Free the rows of claims whose sender is dead.

    :param repeatable: channels that may deliver again what was in hand: nothing is unknown there
    :return: number of claims found dead
    """
    with journal_cursor(env) as cr:
        cr.execute(
            """
            SELECT claim.execution_id, claim.claimed_at, x.channel
              FROM (SELECT execution_id, claimed_at FROM crm_campaign_claim
                     UNION
                    SELECT execution_id, claimed_at FROM crm_campaign_recipient
                     WHERE state = 'sending') claim
         LEFT JOIN crm_campaign_execution x ON x.id = claim.execution_id
            """
        )
        dead = sum(
            _recover_claim(
                cr, execution_id, claimed_at, "pending" if channel in repeatable else "unknown"
            )
            for execution_id, claimed_at, channel in cr.fetchall()
        )
    if dead:
        env["crm.campaign.recipient"].invalidate_model()
    return dead


def _recover_claim(cr, execution_id, claimed_at, unsure_state) -> bool:
    """Free the rows of one claim unless its sender lives, and tell whether it was dead.

    :param str unsure_state: state of the rows of which nobody knows whether they were delivered
    """
    key = _lock_key(execution_id, claimed_at)
    cr.execute(SQL("SELECT pg_try_advisory_lock(%s)", key))
    if not cr.fetchone()[0]:
        return False
    cr.execute(
        SQL(
            "SELECT 1 FROM crm_campaign_claim WHERE execution_id = %s AND claimed_at = %s",
            execution_id,
            claimed_at,
        )
    )
    survived = bool(cr.fetchone())
    _release_rows(
        cr,
        SQL(
            "state = 'sending' AND execution_id = %s AND claimed_at = %s", execution_id, claimed_at
        ),
        unsure_state,
        "pending" if survived else unsure_state,
    )
    _forget_claim(cr, execution_id, claimed_at)
    cr.execute(SQL("SELECT pg_advisory_unlock(%s)", key))
    return True
