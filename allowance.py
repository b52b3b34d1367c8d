# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What a sender may hand over, when messages are limited by the hour.

Every batch is booked in ``crm.campaign.batch`` before it claims anybody, with as many messages as
it may send. A limit holds for any sixty minutes: what was booked under it in the last hour is added
up behind an advisory lock of PostgreSQL, so any number of senders on any number of servers share
one limit. When the batch ends, what it did not hand over goes back, and what it did counts for one
hour from then on. What a dead sender had booked counts in full, for an hour from its start.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo.tools import SQL

HOUR = timedelta(hours=1)
NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")
# While a batch is under way, its moment is its start.
MOMENT = SQL("COALESCE(ended_at, started_at)")


class Limit(NamedTuple):
    """Most messages of sixty minutes.

    :param scope: column of ``crm.campaign.batch`` over which they are added up
    :param record_id: its value
    :param hourly: above 0
    """

    scope: str
    record_id: int
    hourly: int


class Allowance:
    """What one batch may send; see ``Claim``, which takes it and settles it.

    :param values: columns of the batch: ``execution_id``, ``operation_id``, ``mail_server_id``
    :param limits: limits that hold for it; empty = the batch is only noted, for the forecast
    """

    def __init__(self, values: dict[str, int | None], limits: list[Limit]):
        self.values = values
        self.limits = sorted(limits)
        self._batch_id = None

    def take(self, cr, wanted: int) -> int:
        """Book messages, as many as wanted or as the limits leave.

        :param cr: cursor in autocommit mode, so that each statement sees what others committed
        :return: number of messages that may leave; 0 = none now
        """
        locks = [
            SQL("hashtextextended(%s, 0)", f"crm_campaign.limit/{limit[:2]}")
            for limit in self.limits
        ]
        for lock in locks:
            cr.execute(SQL("SELECT pg_advisory_lock(%s)", lock))
        try:
            granted = min([wanted, *(count_free(cr, limit) for limit in self.limits)])
            if granted > 0:
                self._book(cr, granted)
        finally:
            for lock in locks:
                cr.execute(SQL("SELECT pg_advisory_unlock(%s)", lock))
        return max(granted, 0)

    def _book(self, cr, count):
        cr.execute(
            SQL(
                "INSERT INTO crm_campaign_batch (started_at, message_count, %s)"
                " VALUES (%s, %s, %s) RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in self.values),
                NOW,
                count,
                SQL(", ").join(SQL("%s", value) for value in self.values.values()),
            )
        )
        self._batch_id = cr.fetchone()[0]

    def settle(self, cr, count: int):
        """Give back what was not handed over.

        :param count: messages that were
        """
        if self._batch_id:
            cr.execute(
                SQL(
                    "UPDATE crm_campaign_batch SET ended_at = %s, message_count = %s WHERE id = %s",
                    NOW,
                    count,
                    self._batch_id,
                )
            )


def count_free(cr, limit: Limit) -> int:
    """Count what a limit leaves for now; may be below 0, when it was lowered meanwhile."""
    return limit.hourly - sum(count for _moment, count in read_used(cr, limit))


def read_used(cr, limit: Limit) -> list[tuple[datetime, int]]:
    """Read what was booked under a limit in the last hour.

    :return: moments (UTC) and numbers of messages, oldest first
    """
    cr.execute(
        SQL(
            """
            SELECT %(moment)s, message_count FROM crm_campaign_batch
             WHERE %(scope)s = %(record)s AND message_count > 0
               AND %(moment)s > %(now)s - interval '1 hour'
          ORDER BY 1
            """,
            moment=MOMENT,
            scope=SQL.identifier(limit.scope),
            record=limit.record_id,
            now=NOW,
        )
    )
    return cr.fetchall()


def find_release(cr, limit: Limit) -> datetime | None:
    """Find when a limit leaves room again.

    :return: moment (UTC); None = now
    """
    used = read_used(cr, limit)
    over = sum(count for _moment, count in used) - limit.hourly
    for moment, count in used:
        if over < 0:
            return None
        over -= count
        if over < 0:
            return moment + HOUR
    return None
