# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What a planning shows: the coming runs of a task, and moments read from a drag.

All datetimes are naive and in UTC, unless they are said to be of a time zone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .recurrence import Rule, upcoming

HORIZON = timedelta(days=366)
MOST_RUNS = 400
#: Days after which the numbers of runs begin again: more than the horizon, so that the runs of a
#: task that a planning shows never share one.
DAY_CYCLE = 4096


class Run(NamedTuple):
    """A coming run of an automatic task.

    :param moment: when it is due
    :param number: tells it from the other runs of the task, from 0 to ``DAY_CYCLE`` - 1; it stays
        the same from one day to the next
    """

    moment: datetime
    number: int


@lru_cache(maxsize=1024)
def get_runs(rule: Rule, next_run: datetime) -> tuple[Run, ...]:
    """Give the runs of a task from its next one on: a year of them, and not more than 400.

    A rule has one moment a day of its zone at most, so the day numbers the run. The same rule and
    moment give the same runs, whichever the time: they are worked out once.

    :param rule: one that ``recurrence.check`` accepts
    :param next_run: when the task is due next, even a moment that the rule no longer holds

    >>> weekly = Rule(date(2027, 1, 4), None, 1, "weeks", frozenset(), 480, "UTC")
    >>> runs = get_runs(weekly, datetime(2027, 1, 11, 8, 0))
    >>> len(runs), str(runs[-1].moment), [run.number for run in runs[:2]]
    (53, '2028-01-10 08:00:00', [2712, 2719])
    """
    zone = ZoneInfo(rule.zone)
    last = next_run + HORIZON
    moments = takewhile(lambda moment: moment <= last, upcoming(rule, next_run, MOST_RUNS - 1))
    return tuple(Run(moment, _number(moment, zone)) for moment in (next_run, *moments))


def _number(moment: datetime, zone: ZoneInfo) -> int:
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
    return local.date().toordinal() % DAY_CYCLE


def put_on_day(moment: datetime, day: date, zone: ZoneInfo) -> datetime:
    """Move a moment to another day, at the same time of the clock on the wall.

    :param day: day of the time zone

    >>> nine_in_winter = datetime(2027, 3, 26, 8, 0)
    >>> put_on_day(nine_in_winter, date(2027, 3, 29), ZoneInfo("Europe/Paris"))
    datetime.datetime(2027, 3, 29, 7, 0)
    """
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
    moved = datetime.combine(day, local.time(), tzinfo=zone)
    return moved.astimezone(timezone.utc).replace(tzinfo=None)


def overlaps(start: datetime, stop: datetime, period: tuple[datetime, datetime]) -> bool:
    """Tell whether what lasts from ``start`` to ``stop`` falls into a period.

    :param stop: not included, but where it is ``start``: a moment
    :param period: first moment, and the first one after it

    >>> week = datetime(2027, 1, 4), datetime(2027, 1, 11)
    >>> overlaps(datetime(2027, 1, 4), datetime(2027, 1, 4), week)
    True
    >>> overlaps(datetime(2027, 1, 11), datetime(2027, 1, 11), week)
    False
    >>> overlaps(datetime(2027, 1, 1), datetime(2027, 1, 4), week)
    False
    """
    first, end = period
    return start < end and (stop > first or start == stop == first)
