# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""When an automatic task is due: every so many days, weeks or months, at a time of the day.

A rule says which days of a time zone are due, and the time of the clock on the wall:

* days: every n-th day from the start, where it is one of the weekdays asked for;
* weeks: those weekdays of every n-th week, Monday to Sunday, from the week of the start;
* months: every n-th month, on the day of the month of the start, or on the last day of a month that
  is too short. It is counted from the start, so that 31 January gives 28 February, then 31 March.

Nothing is due before the start, after the end or outside the periods. A time that a clock change
swallows comes at the moment of the change; one that comes twice counts when it comes first.

Guarantees:

* the same rule gives the same moments, whichever moment one asks from;
* each moment stands for the time of one day of the time zone, and no day has more than one. A day
  that a zone left out, as Samoa did 30 December 2011, has none;
* moments strictly increase.

All datetimes that go in or come out are naive and in UTC.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import chain, islice, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .send_window import DAY_MINUTES, get_moment

EVERY_DAY = frozenset(range(7))
#: Days on which every time of the day has a moment in UTC, whatever the zone.
FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 30)


class Period(NamedTuple):
    """Days in a row, in the time zone of the rule.

    :param start: first day
    :param end: last day, included; None = for ever
    """

    start: date
    end: date | None


ALWAYS = Period(FIRST_DAY, None)


class Rule(NamedTuple):
    """Days and time of the day at which a task is due.

    :param start: first day in the time zone, from which intervals are counted
    :param end: last day, included; None = for ever
    :param interval: every so many units, from 1
    :param unit: ``"days"``, ``"weeks"`` or ``"months"``
    :param weekdays: 0 = Monday. Days: due on these only, empty = on all; weeks: due on these, empty
        = on that of the start; months: of no effect
    :param minutes: minutes after midnight of the wall clock, from 0 to 1439
    :param zone: name of the time zone, as in the IANA database
    :param periods: due on their days only, in any order, overlapping or not; empty = on all days
    """

    start: date
    end: date | None
    interval: int
    unit: str
    weekdays: frozenset[int]
    minutes: int
    zone: str
    periods: tuple[Period, ...] = ()


class Skipped(NamedTuple):
    """Due moments that passed without a run.

    :param first: the oldest one
    :param last: the latest one
    :param count: how many they are, from 1
    """

    first: datetime
    last: datetime
    count: int


class Plan(NamedTuple):
    """What becomes of the due moments that nothing was done about.

    :param run: moment to run now; None = none
    :param skipped: moments to give up; None = none
    :param next_due: first due moment to come; None = never again
    """

    run: datetime | None
    skipped: Skipped | None
    next_due: datetime | None


# === RULES === #
def check(rule: Rule) -> None:
    """Check that a rule makes sense and is due at least once.

    :raise ValueError: with one of the texts ``no interval``, ``no such unit``, ``no such day``,
        ``no such hour``, ``ends before it starts``, ``period ends before it starts`` and
        ``never due``

    >>> tuesday = Rule(date(2026, 9, 1), None, 7, "days", frozenset(), 480, "Europe/Paris")
    >>> check(tuesday)
    >>> check(tuesday._replace(weekdays=frozenset({0})))
    Traceback (most recent call last):
    ValueError: never due
    """
    if rule.interval < 1:
        raise ValueError("no interval")
    if rule.unit not in _FINDERS:
        raise ValueError("no such unit")
    if not rule.weekdays <= EVERY_DAY:
        raise ValueError("no such day")
    if not 0 <= rule.minutes < DAY_MINUTES:
        raise ValueError("no such hour")
    if rule.end and rule.end < rule.start:
        raise ValueError("ends before it starts")
    if any(period.end and period.end < period.start for period in rule.periods):
        raise ValueError("period ends before it starts")
    if next_due(rule, None) is None:
        raise ValueError("never due")


# === MOMENTS === #
def next_due(rule: Rule, after: datetime | None) -> datetime | None:
    """Give the first due moment that is later than a moment.

    :param rule: one that :func:`check` accepts or calls never due
    :param after: None = give the very first one
    :return: None = there is none

    >>> fortnight = Rule(
    ...     date(2026, 9, 2), None, 2, "weeks", frozenset({0, 3}), 8 * 60, "Europe/Paris"
    ... )
    >>> next_due(fortnight, None)  # the start is a Wednesday, whose Monday does not count
    datetime.datetime(2026, 9, 3, 6, 0)
    >>> next_due(fortnight, datetime(2026, 9, 3, 6, 0))
    datetime.datetime(2026, 9, 14, 6, 0)
    """
    return next(_iterate_moments(rule, after), None)


def upcoming(rule: Rule, after: datetime | None, count: int) -> list[datetime]:
    """Give the first due moments that are later than a moment, in order.

    :param rule: one that :func:`check` accepts or calls never due
    :param after: None = from the very first one
    :param count: how many at most

    >>> month_end = Rule(date(2027, 1, 31), None, 1, "months", frozenset(), 12 * 60, "UTC")
    >>> [str(moment.date()) for moment in upcoming(month_end, datetime(2027, 2, 1), 3)]
    ['2027-02-28', '2027-03-31', '2027-04-30']
    """
    return list(islice(_iterate_moments(rule, after), count))


def plan(rule: Rule, due: datetime, now: datetime, delay: timedelta) -> Plan:
    """Say which of the due moments that nothing was done about runs now.

    Only the latest one runs, where it is not too old; all those before it are skipped, so that a
    server that was down for a week does not send seven messages in a row. Moments before ``due``
    never come back, even where the clock of the server goes back.

    :param rule: one that :func:`check` accepts or calls never due
    :param due: the oldest due moment that nothing was done about, even one that the rule no longer
        holds. Later than ``now`` = there is nothing to do yet
    :param delay: age at which a moment may still run, included

    >>> daily = Rule(date(2026, 9, 1), None, 1, "days", frozenset(), 8 * 60, "UTC")
    >>> due, now = datetime(2026, 9, 1, 8, 0), datetime(2026, 9, 4, 10, 0)
    >>> late = plan(daily, due, now, delay=timedelta(hours=2))
    >>> late.run
    datetime.datetime(2026, 9, 4, 8, 0)
    >>> late.skipped.last, late.skipped.count
    (datetime.datetime(2026, 9, 3, 8, 0), 3)
    >>> late.next_due
    datetime.datetime(2026, 9, 5, 8, 0)
    >>> plan(daily, due, now, delay=timedelta(hours=1)).skipped.count
    4
    """
    if due > now:
        return Plan(None, None, due)
    moments = chain([due], _iterate_moments(rule, due))
    missed = list(takewhile(lambda moment: moment <= now, moments))
    run = missed.pop() if now - missed[-1] <= delay else None
    skipped = Skipped(missed[0], missed[-1], len(missed)) if missed else None
    return Plan(run, skipped, next_due(rule, now))


def _iterate_moments(rule: Rule, after: datetime | None) -> Iterator[datetime]:
    """Give the due moments that are later than a moment, in order."""
    zone = ZoneInfo(rule.zone)
    # At any moment, the times of the days before have been shown, or passed over.
    first = _get_day(after, zone) if after else FIRST_DAY
    for ordinal in _iterate_days(rule, first.toordinal()):
        day = date.fromordinal(ordinal)
        moment = get_moment(day, rule.minutes, zone)
        if (after is None or moment > after) and _exists(day, zone):
            yield moment


def _get_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Tell whether a zone has a day: it crosses the date line by leaving one out."""
    return _get_day(get_moment(day, 0, zone), zone) == day


# === DAYS === #
# Days are ordinals: number 1 is 1 January of year 1, a Monday.
def _iterate_days(rule: Rule, first: int) -> Iterator[int]:
    """Give the days from a day on whose time is due, in order."""
    find = _FINDERS[rule.unit]
    start, last = _get_bounds(rule)
    first = max(first, start)
    for opens, closes in sorted(_get_bounds(period) for period in rule.periods or [ALWAYS]):
        yield from find(rule, max(first, opens), min(last, closes))
        # Where periods overlap, their days come once.
        first = max(first, closes + 1)


def _get_bounds(days: Period | Rule) -> tuple[int, int]:
    """Give the first and the last day of a period, or of a rule."""
    last = min(days.end or LAST_DAY, LAST_DAY)
    return max(days.start, FIRST_DAY).toordinal(), last.toordinal()


def _find_by_days(rule: Rule, first: int, last: int) -> Iterator[int]:
    """Give the due days between two days, none before the start, of a rule that counts days."""
    anchor, weekdays = rule.start.toordinal(), rule.weekdays or EVERY_DAY
    # Weekdays come back after seven steps at most: one that has not come by then never comes.
    if any(_get_weekday(anchor + step * rule.interval) in weekdays for step in range(7)):
        for day in _count_from(anchor, rule.interval, first, last):
            if _get_weekday(day) in weekdays:
                yield day


def _find_by_weeks(rule: Rule, first: int, last: int) -> Iterator[int]:
    """Give the due days between two days, none before the start, of a rule that counts weeks."""
    weekdays = sorted(rule.weekdays) or [rule.start.weekday()]
    anchor = _get_monday(rule.start.toordinal())
    for monday in _count_from(anchor, 7 * rule.interval, _get_monday(first), last):
        for weekday in weekdays:
            if first <= monday + weekday <= last:
                yield monday + weekday


def _find_by_months(rule: Rule, first: int, last: int) -> Iterator[int]:
    """Give the due days between two days, none before the start, of a rule that counts months."""
    months = [_get_month(day) for day in (rule.start.toordinal(), first, last)]
    for number in _count_from(months[0], rule.interval, *months[1:]):
        year, month = number // 12, number % 12 + 1
        length = monthrange(year, month)[1]
        day = date(year, month, min(rule.start.day, length)).toordinal()
        if first <= day <= last:
            yield day


def _count_from(anchor: int, step: int, first: int, last: int) -> range:
    """Give the numbers between two numbers that are some steps away from an anchor.

    >>> list(_count_from(1, 3, 5, 13))
    [7, 10, 13]
    """
    return range(first + (anchor - first) % step, last + 1, step)


def _get_weekday(day: int) -> int:
    return (day - 1) % 7


def _get_monday(day: int) -> int:
    return day - _get_weekday(day)


def _get_month(day: int) -> int:
    """Give the number of months between the year 0 and the month of a day."""
    on = date.fromordinal(day)
    return 12 * on.year + on.month - 1


_FINDERS = {"days": _find_by_days, "weeks": _find_by_weeks, "months": _find_by_months}
