# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""When, and how often, somebody may be called by telephone under the rules of a country.

A rule is a :class:`Profile`: days of the week, hours of the day, public holidays, and limits on how
often one person is called. Days and hours are those of the clock on the wall in the profile's time
zone; what a clock change does to them is told in ``send_window.py``. All datetimes that go in or
come out are naive and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .send_window import DAY_MINUTES, get_moment

CLOSED_NOW = "closed_now"
TOO_MANY_ATTEMPTS = "too_many_attempts"
REFUSED_RECENTLY = "refused_recently"

# With no more holidays than that, any day of the week, which comes 52 times a year at least, is
# open on two dates of each year, one of which a clock change may swallow.
MAX_HOLIDAYS = 50
# Offsets from Easter Sunday (22 March to 25 April) that stay in its year.
EASTER_DAYS = range(-80, 251)


class Profile(NamedTuple):
    """When people of a country may be called.

    :param weekdays: days on which they may, 0 = Monday
    :param slots: pairs (opens, closes) in minutes after midnight, 0 to 1440, in any order; the
        first minute is included, the last one is not
    :param zone: name of the time zone, as in the IANA database
    :param fixed_days: pairs (month, day) on which nobody is called
    :param easter_days: days from Easter Sunday on which nobody is called, 1 = Easter Monday
    :param max_attempts: calls to one person within ``window_days``; 0 = as many as one likes
    :param window_days: calendar days over which calls are counted, the day of the call included
    :param refusal_days: whole calendar days without a call after the day of a refusal; 0 = none
    """

    weekdays: frozenset[int]
    slots: tuple[tuple[int, int], ...]
    zone: str
    fixed_days: frozenset[tuple[int, int]] = frozenset()
    easter_days: frozenset[int] = frozenset()
    max_attempts: int = 0
    window_days: int = 30
    refusal_days: int = 0


def check(profile: Profile) -> None:
    """Check that a profile opens at all, and says what can be followed.

    :raise ValueError: its message is a code: ``no_day``, ``no_slot``, ``bad_slot`` (not inside a
        day, or empty), ``overlap``, ``bad_holiday``, ``too_many_holidays`` or ``bad_limit``

    >>> check(Profile(frozenset(range(5)), ((600, 780), (720, 1200)), "Europe/Paris"))
    Traceback (most recent call last):
    ValueError: overlap
    """
    slots = sorted(profile.slots)
    faults = {
        "no_day": not profile.weekdays,
        "no_slot": not slots,
        "bad_slot": any(not 0 <= opens < closes <= DAY_MINUTES for opens, closes in slots),
        "overlap": any(slot[1] > after[0] for slot, after in zip(slots, slots[1:], strict=False)),
        "bad_holiday": not _are_holidays(profile),
        "too_many_holidays": len(profile.fixed_days) + len(profile.easter_days) > MAX_HOLIDAYS,
        "bad_limit": min(profile.max_attempts, profile.refusal_days) < 0
        or (profile.max_attempts > 0 and profile.window_days < 1),
    }
    for code, is_found in faults.items():
        if is_found:
            raise ValueError(code)


def _are_holidays(profile: Profile) -> bool:
    """Tell whether all holidays are days that come."""
    try:
        for month, day in profile.fixed_days:
            date(2000, month, day)  # a leap year
    except ValueError:
        return False
    return all(days in EASTER_DAYS for days in profile.easter_days)


def get_easter(year: int) -> date:
    """Give Easter Sunday of the Gregorian calendar.

    Source: "A New York correspondent", Nature 13 (20 April 1876), p. 487; the form without
    exceptions that J. Meeus gives in *Astronomical Algorithms* (1991), chapter 8.

    :param year: from 1583 on

    >>> get_easter(2026), get_easter(2038)
    (datetime.date(2026, 4, 5), datetime.date(2038, 4, 25))
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    sun = century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    epact = (19 * golden + sun) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_open_day(day: date, profile: Profile) -> bool:
    """Tell whether people may be called on a day of the profile's time zone.

    >>> weekdays = Profile(frozenset(range(5)), ((600, 780),), "UTC", easter_days=frozenset({1}))
    >>> is_open_day(date(2026, 4, 6), weekdays), is_open_day(date(2026, 4, 7), weekdays)
    (False, True)
    """
    return (
        day.weekday() in profile.weekdays
        and (day.month, day.day) not in profile.fixed_days
        and (day - get_easter(day.year)).days not in profile.easter_days
    )


def is_open(now_utc: datetime, profile: Profile) -> bool:
    """Tell whether people may be called at a moment; a slot's end is not part of it.

    >>> office = Profile(frozenset(range(5)), ((600, 780), (840, 1200)), "Europe/Paris")
    >>> is_open(datetime(2026, 7, 1, 8, 0), office), is_open(datetime(2026, 7, 1, 11, 0), office)
    (True, False)
    """
    today = _get_day(now_utc, ZoneInfo(profile.zone))
    return any(start <= now_utc < end for start, end in _get_slots(today, profile))


def get_next_opening(now_utc: datetime, profile: Profile) -> datetime:
    """Give the first moment, now or later, at which people may be called.

    :raise ValueError: there is none; never for a profile that :func:`check` accepts

    >>> office = Profile(frozenset(range(5)), ((600, 780), (840, 1200)), "Europe/Paris")
    >>> get_next_opening(datetime(2026, 7, 1, 11, 0), office)  # Wednesday, 13:00 in Paris
    datetime.datetime(2026, 7, 1, 12, 0)
    >>> get_next_opening(datetime(2026, 7, 3, 18, 0), office)  # Friday, 20:00
    datetime.datetime(2026, 7, 6, 8, 0)
    """
    today = _get_day(now_utc, ZoneInfo(profile.zone))
    # To the end of the next year: see MAX_HOLIDAYS.
    for shift in range((date(today.year + 2, 1, 1) - today).days):
        for start, end in _get_slots(today + timedelta(days=shift), profile):
            if max(start, now_utc) < end:  # a clock change may leave nothing of a slot
                return max(start, now_utc)
    raise ValueError("never_open")


def get_next_moment(
    now_utc: datetime,
    profile: Profile,
    attempts: Iterable[datetime] = (),
    refusals: Iterable[datetime] = (),
) -> tuple[str, datetime] | None:
    """Tell whether one person may be called now, else why not, and when.

    Days are those of the calendar in the profile's time zone, whatever the hour.

    * Attempts: on a day, people may be called when fewer than ``max_attempts`` calls were made on
      that day and the ``window_days`` - 1 days before it. A call of 1 June still counts on 30 June
      and no longer on 1 July, where ``window_days`` is 30.
    * Refusals: ``refusal_days`` whole days follow the day of the last one, without a call. After a
      refusal on 1 June the first day is 1 August, where ``refusal_days`` is 60.

    Moments that are still to come count too.

    :param attempts: moments of earlier calls to the person, answered or not, in any order
    :param refusals: moments at which the person refused such calls, in any order
    :return: None = now; else the reason that lasts longest (of equal ones the refusal) and the
        first opening at which none of them holds. ``closed_now`` says that nothing but the hours
        stands against a call.
    :raise ValueError: the profile never opens

    >>> office = Profile(frozenset(range(5)), ((600, 780),), "Europe/Paris", refusal_days=60)
    >>> get_next_moment(datetime(2026, 6, 1, 9, 0), office)
    >>> get_next_moment(datetime(2026, 6, 2, 9, 0), office, refusals=[datetime(2026, 6, 1, 9, 0)])
    ('refused_recently', datetime.datetime(2026, 8, 3, 8, 0))
    """
    zone = ZoneInfo(profile.zone)
    today = _get_day(now_utc, zone)
    bounds = [
        (REFUSED_RECENTLY, _get_day_after_refusals(refusals, profile, zone)),
        (TOO_MANY_ATTEMPTS, _get_day_after_attempts(attempts, profile, zone)),
    ]
    code, day = max(bounds, key=lambda bound: bound[1])
    if day > today:
        return code, get_next_opening(get_moment(day, 0, zone), profile)
    opening = get_next_opening(now_utc, profile)
    return None if opening == now_utc else (CLOSED_NOW, opening)


def _get_day_after_refusals(refusals: Iterable[datetime], profile: Profile, zone: ZoneInfo) -> date:
    """Give the first day on which no refusal stands against a call."""
    last = max(refusals, default=None)
    if last is None or not profile.refusal_days:
        return date.min
    return _get_day(last, zone) + timedelta(days=profile.refusal_days + 1)


def _get_day_after_attempts(attempts: Iterable[datetime], profile: Profile, zone: ZoneInfo) -> date:
    """Give the first day on which one more call is allowed, of those from the last one on."""
    moments = sorted(attempts)
    if not profile.max_attempts or len(moments) < profile.max_attempts:
        return date.min
    # That call must have left the days that count, so that fewer than the maximum stay in them.
    return _get_day(moments[-profile.max_attempts], zone) + timedelta(days=profile.window_days)


def _get_slots(day: date, profile: Profile) -> Iterator[tuple[datetime, datetime]]:
    """Give from when until when people may be called on a day, in order; none = not at all."""
    if is_open_day(day, profile):
        zone = ZoneInfo(profile.zone)
        for opens, closes in sorted(profile.slots):
            yield (
                get_moment(day, opens, zone),
                get_moment(day, closes, zone),
            )


def _get_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
