# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""When an anniversary is celebrated, and which births are celebrated on a day.

A code is ``100 × month + day``: what an index over dates of birth may hold, whatever the year.
Who was born on 29 February is celebrated on 28 February in common years, the last day of the month
of birth, so that nobody is left out three years in four.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable
from datetime import date

LEAP_CODE = 229


def get_code(day: date) -> int:
    """Return the month and day of a date as one number.

    >>> get_code(date(1980, 12, 3))
    1203
    """
    return 100 * day.month + day.day


def get_codes(days: Iterable[date]) -> set[int]:
    """Return the codes of the births that are celebrated on some days.

    >>> sorted(get_codes([date(2027, 2, 28)]))
    [228, 229]
    >>> sorted(get_codes([date(2028, 2, 28), date(2028, 2, 29)]))
    [228, 229]
    """
    codes = set()
    for day in days:
        codes.add(get_code(day))
        if get_code(day) == 228 and not isleap(day.year):
            codes.add(LEAP_CODE)
    return codes


def get_celebration(birth: date, year: int) -> date:
    """Return the day of a year on which a birth is celebrated.

    >>> get_celebration(date(2004, 2, 29), 2027)
    datetime.date(2027, 2, 28)
    """
    if get_code(birth) == LEAP_CODE and not isleap(year):
        return date(year, 2, 28)
    return birth.replace(year=year)


def count_days_to(birth: date, today: date) -> int:
    """Return the number of days until the next celebration; 0 on the day itself.

    >>> count_days_to(date(1980, 1, 1), date(2026, 12, 31))
    1
    >>> count_days_to(date(1980, 1, 1), date(2026, 1, 1))
    0
    """
    celebration = get_celebration(birth, today.year)
    if celebration < today:
        celebration = get_celebration(birth, today.year + 1)
    return (celebration - today).days
