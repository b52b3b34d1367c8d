# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""When messages may leave: days of the week and hours of a named time zone, as moments in UTC.

Hours are those of the clock on the wall. Where a clock change swallows the hour at which a window
opens or closes, it does so at the moment of the change; an hour that comes twice counts when it
comes first. All datetimes that go in or come out are naive and in UTC.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60


class Window(NamedTuple):
    """Hours of the week.

    :param weekdays: days on which it opens, 0 = Monday
    :param opens: minutes after midnight, from 0 to 1439
    :param closes: minutes after midnight, from 1 to 1440; before ``opens`` = on the next day
    :param zone: name of the time zone, as in the IANA database
    """

    weekdays: frozenset[int]
    opens: int
    closes: int
    zone: str


def check(window: Window) -> None:
    """Check that a window opens at all.

    :raise ValueError: it never opens, or its hours are none

    >>> check(Window(frozenset(), 540, 1080, "Europe/Paris"))
    Traceback (most recent call last):
    ValueError: never open
    """
    if not window.weekdays or window.opens == window.closes:
        raise ValueError("never open")
    if not window.weekdays <= frozenset(range(7)):
        raise ValueError("no such day")
    if not (0 <= window.opens < DAY_MINUTES and 0 < window.closes <= DAY_MINUTES):
        raise ValueError("no such hour")


def next_moment(now_utc: datetime, window: Window) -> datetime:
    """Give the first moment, now or later, at which the window is open.

    :raise ValueError: the window never opens

    >>> office = Window(frozenset(range(5)), 9 * 60, 18 * 60, "Europe/Paris")
    >>> next_moment(datetime(2026, 7, 3, 15, 59), office)  # Friday, 17:59 in Paris
    datetime.datetime(2026, 7, 3, 15, 59)
    >>> next_moment(datetime(2026, 7, 3, 16, 0), office)
    datetime.datetime(2026, 7, 6, 7, 0)
    """
    return next_opening(now_utc, window)[0]


def next_opening(now_utc: datetime, window: Window) -> tuple[datetime, datetime]:
    """Give the time of opening under way, or the next one.

    :return: from when (now, where the window is open) and until when (not included)
    :raise ValueError: the window never opens

    >>> night = Window(frozenset({4}), 22 * 60, 6 * 60, "UTC")
    >>> next_opening(datetime(2026, 7, 4, 5, 0), night)  # Saturday morning, opened on Friday
    (datetime.datetime(2026, 7, 4, 5, 0), datetime.datetime(2026, 7, 4, 6, 0))
    """
    check(window)
    zone = ZoneInfo(window.zone)
    today = now_utc.replace(tzinfo=timezone.utc).astimezone(zone).date()
    # From yesterday, whose night may last; a week and a day more, since a change may swallow one.
    for shift in range(-1, 15):
        day = today + timedelta(days=shift)
        if day.weekday() in window.weekdays:
            start, end = _get_bounds(day, window, zone)
            if max(start, now_utc) < end:
                return max(start, now_utc), end
    raise ValueError("never open")


def _get_bounds(day: date, window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give when the window opens and closes that opens on a day."""
    next_day = DAY_MINUTES if window.closes < window.opens else 0
    return (
        get_moment(day, window.opens, zone),
        get_moment(day, window.closes + next_day, zone),
    )


def get_moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Give the moment at which a clock on the wall first shows, or passes over, a time of a day.

    A time that a clock change swallows comes at the moment of the change.

    :param day: day in the time zone
    :param minutes: minutes after midnight of the wall clock; from 1440 on = on the days after
    :param zone: time zone of the wall clock
    :return: moment, naive and in UTC, to the second

    >>> paris = ZoneInfo("Europe/Paris")
    >>> get_moment(date(2026, 7, 1), 9 * 60, paris)
    datetime.datetime(2026, 7, 1, 7, 0)
    >>> get_moment(date(2027, 3, 28), 2 * 60 + 30, paris)  # from 2:00 the clock goes to 3:00
    datetime.datetime(2027, 3, 28, 1, 0)
    >>> get_moment(date(2026, 10, 25), 2 * 60 + 30, paris)  # at 3:00 it goes back to 2:00
    datetime.datetime(2026, 10, 25, 0, 30)
    """
    shown = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    moment = _to_utc(shown, zone, fold=0)
    if _to_local(moment, zone) == shown:
        return moment
    # The clock never shows it: look for the change, between both readings of what it would be.
    before, after = _to_utc(shown, zone, fold=1), moment
    offset = _to_local(after, zone) - after
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _to_local(middle, zone) - middle == offset:
            after = middle
        else:
            before = middle
    return after


def _to_utc(shown: datetime, zone: ZoneInfo, fold: int) -> datetime:
    moment = shown.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
    return moment.replace(tzinfo=None)


def _to_local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None)
