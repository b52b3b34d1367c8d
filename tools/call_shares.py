# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""How many calls of a campaign each caller gets: weights, percentages, whole shares.

A caller's weight is what they may still take on in the period: objective × days worked - calls
already planned. Where percentages are given by hand and come to 100, they stand in for the calls
assignable per day, so that the weight is percentage × days worked: with 50 and 50, who works twice
as many days gets twice as many calls. Where nobody has any weight, days worked alone decide.

Guarantees:

* shares are whole numbers that add up exactly to the number of calls;
* each share differs by less than one from the exact one, and is 0 where the weight is 0;
* the sums are made on whole numbers: nothing depends on how a machine rounds.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[date, int] = MappingProxyType({})
#: Percentages count to the hundredth.
WHOLE = 100_00


class Caller(NamedTuple):
    """A person who makes calls.

    :param key: tells callers apart; not None
    :param name: decides between equals
    :param objective: calls a day, 0 or more
    :param work_days: days with any working time, in any order. Those before the period do not
        count, those after it receive what does not fit by availability
    :param planned: calls already planned, per day, on any days
    :param percentage: part of the calls given by hand; 0 = none
    """

    key: Hashable
    name: str
    objective: int
    work_days: Collection[date]
    planned: Mapping[date, int] = NOTHING
    percentage: float = 0.0

    def get_days(self, first: date, last: date) -> list[date]:
        """Give the days worked between two days, both included, in order."""
        return sorted({day for day in self.work_days if first <= day <= last})

    def count_planned(self, first: date, last: date) -> int:
        """Count the calls already planned between two days, both included, worked or not."""
        return sum(count for day, count in self.planned.items() if first <= day <= last)


# === WHAT A CALLER MAY TAKE ON === #
def assignable_per_day(objective: int, days: int, planned: int) -> float:
    """Give the calls that a caller may still take on per day worked.

    :param objective: calls a day, 0 or more
    :param days: days worked in the period
    :param planned: calls already planned in the period
    :return: 0 or more, not rounded; 0 for who does not work at all

    >>> assignable_per_day(50, days=10, planned=30)
    47.0
    >>> assignable_per_day(50, days=10, planned=600)
    0.0
    """
    return _count_assignable(objective, days, planned) / days if days else 0.0


def _count_assignable(objective: int, days: int, planned: int) -> int:
    return max(objective * days - planned, 0)


# === PERCENTAGES GIVEN BY HAND === #
def settle_percentages(values: Sequence[float]) -> list[float]:
    """Settle percentages given by hand: they come to 100, or none counts.

    Below 100 in all, the column goes back to 0 and shares are found automatically. Above 100, each
    value is cut to what those entered before it left of 100.

    :param values: in the order in which they were entered, the latest last; 0 = none
    :return: what the column becomes, in the same order, to the hundredth
    :raise ValueError: ``no such percentage``: below 0, or no number

    >>> settle_percentages([60, 30, 20])
    [60.0, 30.0, 10.0]
    >>> settle_percentages([60, 30])
    [0.0, 0.0]
    """
    left, settled = WHOLE, []
    for hundredths in _get_hundredths(values):
        settled.append(min(hundredths, left))
        left -= settled[-1]
    return [0.0 if left else hundredths / 100 for hundredths in settled]


def _get_hundredths(values: Sequence[float]) -> list[int]:
    """Give percentages as whole numbers of hundredths, since 33.4 + 33.3 + 33.3 is not quite 100.

    :raise ValueError: ``no such percentage``
    """
    for value in values:
        if not (isinstance(value, (int, float)) and isfinite(value) and value >= 0):
            raise ValueError("no such percentage")
    return [round(value * 100) for value in values]


# === SHARES === #
def weigh(callers: Sequence[Caller], start: date, end: date) -> list[int]:
    """Give the weights of callers, by which they share calls.

    :param start: first day of the period
    :param end: last day of the period, included
    :return: 0 or more, not all 0; 0 for who does not work in the period
    :raise ValueError: ``no working day`` of any of them, ``no such percentage``, or ``percentages
        above 100``, which :func:`settle_percentages` cuts

    >>> monday, tuesday = date(2026, 9, 7), date(2026, 9, 8)
    >>> ann, bob = Caller(1, "Ann", 50, [monday, tuesday]), Caller(2, "Bob", 40, [monday])
    >>> weigh([ann, bob], monday, tuesday)
    [100, 40]
    >>> weigh([ann._replace(objective=0), bob._replace(objective=0)], monday, tuesday)
    [2, 1]
    """
    days = [len(caller.get_days(start, end)) for caller in callers]
    if not any(days):
        raise ValueError("no working day")
    parts = _get_hundredths([caller.percentage for caller in callers])
    if sum(parts) > WHOLE:
        raise ValueError("percentages above 100")
    if sum(parts) == WHOLE:
        weights = [part * worked for part, worked in zip(parts, days, strict=True)]
    else:
        weights = [
            _count_assignable(caller.objective, worked, caller.count_planned(start, end))
            for caller, worked in zip(callers, days, strict=True)
        ]
    return weights if any(weights) else days


def share(total: int, weights: Sequence[int], names: Sequence[str]) -> list[int]:
    """Share a number of calls by weight, by largest remainder.

    Each gets the whole part of the exact share; the calls that are left go one by one to the
    largest fractions. Among equal fractions the larger weight comes first, then the name, then who
    is given first.

    :param weights: 0 or more, not all 0
    :param names: of the same callers
    :return: calls of each, in the same order

    >>> share(10, [1, 1, 1], ["Cid", "Ann", "Bob"])
    [3, 4, 3]
    """
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    rests = [total * weight % whole for weight in weights]
    ranks = sorted(range(len(weights)), key=lambda at: (-rests[at], -weights[at], names[at]))
    for at in ranks[: total - sum(shares)]:
        shares[at] += 1
    return shares


def spread(total: int, rooms: Sequence[int]) -> list[int]:
    """Spread calls over days as evenly as their room allows; the first ones take one call more.

    :param rooms: calls for which each day has room, 0 or more
    :return: calls of each day; they make less than the total where there is not enough room

    >>> spread(10, [10, 10, 10, 10])
    [3, 3, 2, 2]
    >>> spread(10, [9, 1, 9, 9])
    [3, 1, 3, 3]
    """
    counts = [0] * len(rooms)
    left = min(total, sum(rooms))
    while left:
        opened = [at for at, room in enumerate(rooms) if counts[at] < room]
        part = max(left // len(opened), 1)
        for at in opened[:left]:
            count = min(part, rooms[at] - counts[at])
            counts[at] += count
            left -= count
    return counts
