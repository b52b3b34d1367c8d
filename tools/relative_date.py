# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What a smart date of the host, or a pair of them, says in relation to today.

Smart dates: ``today`` or ``now``, then offsets such as ``-5d`` or ``=1d`` (``parse_date`` of
odoo/tools/date_utils.py). Here they are only read, never computed: there is no clock.
"""

import re
from typing import NamedTuple

UNITS = {
    "d": "day",
    "w": "week",
    "m": "month",
    "y": "year",
    "H": "hour",
    "M": "minute",
    "S": "second",
}
DAY_UNITS = {"day", "week", "month", "year"}
# What the beginning of a week, a month or a year is written like, after "today".
STARTS = {
    ("-monday",): "week",
    ("=monday",): "week",
    ("=week_start",): "week",
    ("=1d",): "month",
    ("=1d", "=1m"): "year",
    ("=1m", "=1d"): "year",
}
SHIFT = re.compile(r"([+-])(\d+)([dwmyHMS])")


class Moment(NamedTuple):
    """A smart date.

    ``start``: ``now``, ``day`` (the beginning of today), ``week``, ``month`` or ``year`` (the
    beginning of the current one); ``shifts``: pairs (signed count, unit), one for each unit. A
    count may be 0: the criteria editor writes ``-0d`` where ``today`` would say another thing.
    """

    start: str
    shifts: tuple = ()


class When(NamedTuple):
    """What a smart date or a range of them says.

    ``kind`` is one of:

    - ``now``;
    - ``day`` with ``first`` units from today, of ``unit``: 0 today, -1 yesterday, -5 five days ago;
    - ``start``: the beginning of the week, month or year ``first`` units from the current one;
    - ``whole``: the week, month or year ``first`` units from the current one;
    - ``wholes``: from the one ``first`` units away to the one ``last`` units away, both included;
    - ``to_date``: from the beginning of the current ``unit`` until today, today included;
    - ``days``: from ``first`` to ``last`` units from today, both days included;
    - ``last``: the ``first`` units before today, without today;
    - ``next``: the next ``first`` units, of which today is the first day.
    """

    kind: str
    first: int = 0
    last: int = 0
    unit: str = "day"


def read_moment(text: str) -> Moment | None:
    """Read a smart date; None when it is another text or one that no words were found for.

    >>> read_moment("today -5d")
    Moment(start='day', shifts=((-5, 'day'),))
    >>> read_moment("today =1d -1m")
    Moment(start='month', shifts=((-1, 'month'),))
    >>> read_moment("2030-01-01") is None
    True
    """
    terms = text.split()
    if not terms or not (terms[0] in ("today", "now") or SHIFT.fullmatch(terms[0])):
        return None
    anchor = terms.pop(0) if terms[0] in ("today", "now") else "now"
    count = next((place for place, term in enumerate(terms) if SHIFT.fullmatch(term)), len(terms))
    cuts, shifts = tuple(terms[:count]), [SHIFT.fullmatch(term) for term in terms[count:]]
    start = STARTS.get(cuts) if cuts else {"today": "day", "now": "now"}[anchor]
    if start is None or (cuts and anchor == "now") or None in shifts:
        return None
    moved = {}
    for shift in shifts:
        sign, number, letter = shift.groups()
        unit = UNITS[letter]
        moved[unit] = moved.get(unit, 0) + int(sign + number)
    return Moment(start, tuple((number, unit) for unit, number in moved.items()))


def recognise(text: str) -> When | None:
    """Say what a smart date alone means; None when there are no words for it.

    >>> recognise("today -5d")
    When(kind='day', first=-5, last=0, unit='day')
    >>> recognise("today =1d")
    When(kind='start', first=0, last=0, unit='month')
    """
    moment = read_moment(text)
    if moment is None or len(moment.shifts) > 1:
        return None
    first, unit = moment.shifts[0] if moment.shifts else (0, "day")
    if moment.start in ("week", "month", "year"):
        fits = unit == moment.start or not moment.shifts
        return When("start", first, unit=moment.start) if fits else None
    if moment.start == "now" and not moment.shifts:
        return When("now")
    return When("day", first, unit=unit)


def recognise_range(low: str, high: str) -> When | None:
    """Say what ``date >= low and date < high`` means; None when there are no words for it.

    >>> recognise_range("today -5d", "today -4d")
    When(kind='day', first=-5, last=0, unit='day')
    >>> recognise_range("today -60d", "today -29d")
    When(kind='days', first=-60, last=-30, unit='day')
    >>> recognise_range("today =1d -1m", "today =1d")
    When(kind='whole', first=-1, last=0, unit='month')
    >>> recognise_range("today =1d", "today +1d")
    When(kind='to_date', first=0, last=0, unit='month')
    """
    since, until = read_moment(low), read_moment(high)
    if since is None or until is None or "now" in (since.start, until.start):
        return None
    if not {unit for _number, unit in since.shifts + until.shifts} <= DAY_UNITS:
        return None
    if since.start == until.start == "day":
        return _recognise_days(since, until)
    if since.start == until.start:
        return _recognise_wholes(since, until)
    tomorrow = until == Moment("day", ((1, "day"),))
    return When("to_date", unit=since.start) if tomorrow and not since.shifts else None


def _recognise_days(since: Moment, until: Moment) -> When | None:
    """Say what a range between two days means; its last day is the one before ``until``."""
    first, end = _get_shift(since), _get_shift(until)
    last = _get_shift(_shift_day(until, -1))
    if first is None:
        return None
    if first == last:
        return When("day", first[0], unit=first[1])
    if not until.shifts and first[0] < 0:
        return When("last", -first[0], unit=first[1])
    if not since.shifts and end and end[0] > 0:
        return When("next", end[0], unit=end[1])
    units = {unit for number, unit in (first, last or first) if number}
    fits = last and len(units) == 1 and first[0] < last[0]
    return When("days", first[0], last[0], units.pop()) if fits else None


def _recognise_wholes(since: Moment, until: Moment) -> When | None:
    """Say what a range between the beginnings of two weeks, months or years means."""
    first, end = _get_shift(since), _get_shift(until)
    if first is None or end is None:
        return None
    units = {unit for number, unit in (first, end) if number}
    last = end[0] - 1
    if units - {since.start} or last < first[0]:
        return None
    if last == first[0]:
        return When("whole", last, unit=since.start)
    return When("wholes", first[0], last, since.start)


def _get_shift(moment: Moment) -> tuple[int, str] | None:
    """Return the only shift of a moment, (0, "day") when there is none, None for several."""
    if len(moment.shifts) > 1:
        return None
    return moment.shifts[0] if moment.shifts else (0, "day")


def _shift_day(moment: Moment, number: int) -> Moment:
    """Move a moment by some days more."""
    moved = {unit: count for count, unit in moment.shifts}
    moved["day"] = moved.get("day", 0) + number
    return Moment(moment.start, tuple((count, unit) for unit, count in moved.items() if count))
