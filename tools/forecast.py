# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""When a mailing that is under way will end: pace measured so far, hours, limits per hour.

All datetimes are naive and in UTC.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

HOUR = timedelta(hours=1)
#: Beyond it nothing is foretold.
HORIZON = timedelta(days=366)


class Limit(NamedTuple):
    """A limit on the messages of any sixty minutes.

    :param hourly: messages in sixty minutes, above 0
    :param used: moments and numbers of messages of the last hour
    """

    hourly: int
    used: Sequence[tuple[datetime, int]] = ()


def measure_pace(batches: Iterable[tuple[datetime, datetime, int]]) -> float | None:
    """Measure how many messages a second leave while senders are at work.

    Batches that overlap are those of several senders; the time between batches does not count.

    :param batches: start, end and number of messages
    :return: messages a second; None when it cannot be told

    >>> noon = datetime(2026, 7, 1, 12)
    >>> half, one = noon + timedelta(seconds=30), noon + timedelta(seconds=60)
    >>> measure_pace([(noon, one, 100), (half, one, 20)])
    2.0
    >>> measure_pace([]) is None
    True
    """
    seconds, count, reached = 0.0, 0, datetime.min
    for start, end, number in sorted(batches):
        seconds += max((end - max(start, reached)).total_seconds(), 0.0)
        reached = max(reached, end)
        count += number
    return count / seconds if count and seconds else None


def expected_end(
    now: datetime,
    remaining: int,
    pace: float,
    opening: Callable[[datetime], tuple[datetime, datetime]] | None = None,
    limits: Sequence[Limit] = (),
) -> datetime | None:
    """Foretell when the last message leaves.

    :param remaining: messages that have not left
    :param pace: messages a second while nothing holds them back, above 0
    :param opening: gives from when, at a moment or later, and until when messages may leave
    :return: None = not within a year

    >>> noon = datetime(2026, 7, 1, 12)
    >>> expected_end(noon, 120, 2.0)
    datetime.datetime(2026, 7, 1, 12, 1)
    >>> expected_end(noon, 120, 2.0, limits=[Limit(60)])
    datetime.datetime(2026, 7, 1, 13, 1)
    """
    books = [(limit.hourly, deque(sorted(limit.used))) for limit in limits]
    moment, last = now, now + HORIZON
    while remaining > 0:
        moment, closes = opening(moment) if opening else (moment, datetime.max)
        if moment > last:
            return None
        free = min((_count_free(*book, moment) for book in books), default=remaining)
        if free <= 0:
            moment = max(_get_release(*book) for book in books if _count_free(*book, moment) <= 0)
            continue
        fitting = int(pace * (closes - moment).total_seconds()) if opening else remaining
        number = min(remaining, free, max(fitting, 1))
        moment += timedelta(seconds=number / pace)
        remaining -= number
        for _hourly, used in books:
            used.append((moment, number))
    return moment if moment <= last else None


def _count_free(hourly: int, used: deque, moment: datetime) -> int:
    """Count what may leave, and forget what is older than an hour."""
    while used and used[0][0] + HOUR <= moment:
        used.popleft()
    return hourly - sum(number for _moment, number in used)


def _get_release(hourly: int, used: deque) -> datetime:
    """Give the moment from which one more message may leave."""
    over = sum(number for _moment, number in used) - hourly
    for moment, number in used:
        over -= number
        if over < 0:
            return moment + HOUR
    raise ValueError("a limit of no message at all")
