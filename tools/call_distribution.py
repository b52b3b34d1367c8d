# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Who makes which call of a campaign on which day: three methods.

Each caller first gets a number of calls, as ``call_shares`` says; these then go to days:

* by availability: in the period, spread evenly over the days worked, up to the objective less a
  reserve that stays free for other work. What does not fit goes after the end, where each day
  worked is filled up to the objective until all are placed. Calls already planned count;
* by calendar: all in the period, in equal parts, whatever the objectives. Where parts cannot be
  equal, the first days have one call more;
* by account: a call whose owner is a caller of the campaign goes to that caller; the others are
  shared as above and come on top. Then by calendar.

What a manager of callers would want besides:

* who does not work in the period gets no call, not even those of their own accounts: the others
  share them, and a notice says how many;
* calls keep the order in which they come: the first days have the first calls, whoever makes them,
  so that nobody is left with the end of the list. By account, each caller has an order apart;
* a day with any working time is a day. Calls planned on other days of the period still lower what
  a caller may take on in it;
* a reserve is a whole number of calls, rounded up: 20 % of 24 keeps 5 free;
* where the days known are not enough by availability, no call is dropped or handed to somebody
  else: :class:`NoRoom` says whose calls have no day.

Guarantees:

* every call is placed exactly once, on a day that its caller works; the numbers of calls of the
  callers add up to that of calls;
* by availability, no day that gets a call exceeds the objective, nor in the period the objective
  less the reserve, calls already planned included;
* by calendar and by account, no day is outside the period, and the numbers of calls that two days
  worked by a caller get differ by one at most;
* of two calls of a caller, the later one never has the earlier day; except by account, this holds
  for any two calls;
* the same input gives the same output; while names differ, the order of callers changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .call_shares import Caller, share, spread, weigh

#: Part of the objective that stays free for other work, unless told otherwise.
RESERVE = 0.2
#: Number of calls of a caller per day, in order; days without any are left out.
Schedule = Counter[date]


class Call(NamedTuple):
    """A call to make.

    :param key: tells calls apart
    :param owner: key of the salesperson of the company or the contact; None = nobody
    """

    key: Hashable
    owner: Hashable | None = None


class Terms(NamedTuple):
    """How calls are distributed.

    :param method: ``"availability"``, ``"calendar"`` or ``"account"``
    :param start: first day of the period
    :param end: last day of the period, included
    :param reserve: by availability, part of the objective that stays free in the period; 0 to 1
    """

    method: str
    start: date
    end: date
    reserve: float = RESERVE


class Placement(NamedTuple):
    """Who makes a call, and when; call and caller are keys."""

    call: Hashable
    caller: Hashable
    day: date


class Load(NamedTuple):
    """What a caller got.

    :param caller: key of the caller
    :param assigned: number of calls
    :param last_day: day of the last one; None = there is none
    :param daily_average: calls per day worked from the start to the end of the period, or to the
        last call where that is later
    :param days_worked: days worked in the period
    :param own_calls: calls of own accounts among those assigned; 0 unless by account
    :param per_day: number of calls per day, in order; days without any are left out
    """

    caller: Hashable
    assigned: int
    last_day: date | None
    daily_average: float
    days_worked: int
    own_calls: int
    per_day: Mapping[date, int]


class Notice(NamedTuple):
    """Something that a manager should know before confirming.

    :param code: one of

        * ``"no_working_day"``: a caller does not work in the period; count: calls of their own
          accounts that go to others, 0 unless by account
        * ``"nobody_works"``: on a day of the period, where somebody works on that weekday at other
          times, as on a public holiday: that all have their weekends free is no news
        * ``"overload"``: a caller's day that gets calls exceeds the objective; count: by how many
          calls, those already planned included
        * ``"after_end"``: a caller's last call comes after the end; count: all those that do
    :param caller: key of the caller; None = nobody in particular
    :param day: None = no day in particular
    """

    code: str
    caller: Hashable | None
    day: date | None
    count: int = 0


class Distribution(NamedTuple):
    """What becomes of calls.

    :param placements: one per call, in the order of the calls
    :param loads: one per caller, in the order of the callers
    :param notices: by code in the order of :class:`Notice`, then in that of callers and days
    """

    placements: list[Placement]
    loads: list[Load]
    notices: list[Notice]


class NoRoom(ValueError):
    """The days known are not enough to place all calls by availability.

    With more days after the end it may do; without any objective or free day it never does.

    :param calls: key of a caller -> number of their calls that have no day
    """

    def __init__(self, calls: Mapping[Hashable, int]):
        super().__init__("no room")
        self.calls = calls


class _Diary(NamedTuple):
    """A caller, with the days worked in the period and after its end, in order."""

    caller: Caller
    days: list[date]
    later: list[date]

    def count_free(self, day: date, limit: int) -> int:
        """Count the calls that a day still takes up to a limit, 0 or more."""
        return max(limit - self.caller.planned.get(day, 0), 0)


class _Plan(NamedTuple):
    """What a caller gets.

    :param own: number of calls of own accounts
    :param left: number of calls that have no day
    :param shared: days that the calls would have without those of own accounts
    :param schedule: days of all calls
    """

    diary: _Diary
    own: int
    left: int
    shared: Schedule
    schedule: Schedule


# === DISTRIBUTION === #
def distribute(calls: Sequence[Call], callers: Sequence[Caller], terms: Terms) -> Distribution:
    """Distribute the calls of a campaign among callers and days.

    :param calls: in the order in which they are to be made; empty = nobody gets any
    :param callers: their percentages make 100, or none counts
    :raise NoRoom: by availability, the days known are not enough
    :raise ValueError: with one of the texts ``no such method``, ``ends before it starts``, ``no
        such reserve``, ``no caller``, ``caller given twice``, ``objective below 0`` and ``call
        given twice``, and those of :func:`call_shares.weigh`

    >>> monday, tuesday = date(2026, 9, 7), date(2026, 9, 8)
    >>> callers = [Caller(1, "Ann", 50, [monday, tuesday]), Caller(2, "Bob", 25, [tuesday])]
    >>> calls = [Call("a"), Call("b"), Call("c", owner=2), Call("d", owner=2), Call("e")]
    >>> result = distribute(calls, callers, Terms("account", monday, tuesday))
    >>> [(row.call, row.caller, row.day.day) for row in result.placements]
    [('a', 1, 7), ('b', 1, 8), ('c', 2, 8), ('d', 2, 8), ('e', 2, 8)]
    >>> [(load.assigned, load.own_calls, load.daily_average) for load in result.loads]
    [(2, 0, 1.0), (3, 2, 3.0)]
    """
    _check(calls, callers, terms)
    diaries = [_open_diary(caller, terms) for caller in callers]
    owners = _find_owners(calls, diaries, terms)
    counts = Counter(owners)
    weights = weigh(callers, terms.start, terms.end)
    shares = share(counts[None], weights, [caller.name for caller in callers])
    plans = [_plan(diary, counts[at], shares[at], terms) for at, diary in enumerate(diaries)]
    if left := {plan.diary.caller.key: plan.left for plan in plans if plan.left}:
        raise NoRoom(left)
    return Distribution(
        _place(calls, _deal(owners, plans), plans),
        [_sum_up(plan) for plan in plans],
        list(_notice(calls, plans, terms)),
    )


def redistribute(
    calls: Sequence[Call],
    callers: Sequence[Caller],
    absences: Mapping[Hashable, Collection[date] | None],
    terms: Terms,
) -> Distribution:
    """Place anew the calls that callers cannot make while they are absent, in the same way.

    All take part, the absent on the days on which they are back; by account, the calls of their own
    accounts wait until then, if there are such days in the period.

    :param calls: those of the absent that are planned for the days of absence and not made yet, in
        the order in which they are to be made
    :param callers: all of them; what is planned for an absent caller on a day of absence does not
        count, so that these calls may be among it
    :param absences: key of a caller -> days of absence; None = for good. Keys of nobody do no harm
    :param terms: they start on the first day on which a call may be made, such as today
    :raise ValueError: as :func:`distribute` does; ``no working day`` where nobody is left

    >>> monday, tuesday = date(2026, 9, 7), date(2026, 9, 8)
    >>> ann = Caller(1, "Ann", 50, [monday, tuesday], {monday: 2})
    >>> bob = Caller(2, "Bob", 50, [monday, tuesday])
    >>> week = Terms("availability", monday, tuesday)
    >>> result = redistribute([Call("a"), Call("b"), Call("c")], [ann, bob], {1: [monday]}, week)
    >>> [(row.call, row.caller, row.day.day) for row in result.placements]
    [('a', 2, 7), ('b', 1, 8), ('c', 2, 8)]
    """
    return distribute(calls, [_send_away(caller, absences) for caller in callers], terms)


def _send_away(caller: Caller, absences: Mapping[Hashable, Collection[date] | None]) -> Caller:
    """Take days of absence from a caller, and what is planned on them."""
    away = absences.get(caller.key, ())
    if away is None:
        return caller._replace(work_days=())
    away = frozenset(away)
    planned = {day: count for day, count in caller.planned.items() if day not in away}
    return caller._replace(work_days=frozenset(caller.work_days) - away, planned=planned)


def _check(calls: Sequence[Call], callers: Sequence[Caller], terms: Terms) -> None:
    """Check what comes in.

    :raise ValueError: as :func:`distribute` says
    """
    if terms.method not in _FILLERS:
        raise ValueError("no such method")
    if terms.end < terms.start:
        raise ValueError("ends before it starts")
    if not 0 <= terms.reserve <= 1:
        raise ValueError("no such reserve")
    if not callers:
        raise ValueError("no caller")
    if len({caller.key for caller in callers}) < len(callers):
        raise ValueError("caller given twice")
    if any(caller.objective < 0 for caller in callers):
        raise ValueError("objective below 0")
    if len({call.key for call in calls}) < len(calls):
        raise ValueError("call given twice")


def _open_diary(caller: Caller, terms: Terms) -> _Diary:
    days = caller.get_days(terms.start, date.max)
    inside = bisect_right(days, terms.end)
    return _Diary(caller, days[:inside], days[inside:])


# === WHO === #
def _find_owners(calls: Sequence[Call], diaries: list[_Diary], terms: Terms) -> list[int | None]:
    """Give for each call the place of the caller whose account it is; None = to be shared."""
    if terms.method != "account":
        return [None] * len(calls)
    places = {diary.caller.key: at for at, diary in enumerate(diaries) if diary.days}
    return [places.get(call.owner) for call in calls]


def _deal(owners: list[int | None], plans: list[_Plan]) -> list[int]:
    """Give for each call the place of its caller; those to be shared are dealt day by day."""
    stacks = sorted(
        (day, plan.diary.caller.name, at, count)
        for at, plan in enumerate(plans)
        for day, count in plan.shared.items()
    )
    dealt = (at for _day, _name, at, count in stacks for _call in range(count))
    return [next(dealt) if owner is None else owner for owner in owners]


def _place(calls: Sequence[Call], takers: list[int], plans: list[_Plan]) -> list[Placement]:
    """Give the calls of each caller their days, in order."""
    keys = [plan.diary.caller.key for plan in plans]
    days = [plan.schedule.elements() for plan in plans]
    return [
        Placement(call.key, keys[taker], next(days[taker]))
        for call, taker in zip(calls, takers, strict=True)
    ]


# === WHEN === #
def _plan(diary: _Diary, own: int, shared: int, terms: Terms) -> _Plan:
    """Give a caller's calls their days; those for which the days known are not enough are left."""
    fill, total = _FILLERS[terms.method], own + shared
    schedule, others = (
        Counter({day: count for day, count in fill(diary, number, terms) if count})
        for number in (total, shared)
    )
    return _Plan(diary, own, total - sum(schedule.values()), others, schedule)


def _fill_by_availability(diary: _Diary, total: int, terms: Terms) -> Iterator[tuple[date, int]]:
    """Spread calls over what is free in the period, then fill the days after its end."""
    objective = diary.caller.objective
    usual = objective * (10_000 - round(terms.reserve * 10_000)) // 10_000
    counts = spread(total, [diary.count_free(day, usual) for day in diary.days])
    yield from zip(diary.days, counts, strict=True)
    left = total - sum(counts)
    for day in diary.later:
        count = min(left, diary.count_free(day, objective))
        left -= count
        yield day, count


def _fill_by_calendar(diary: _Diary, total: int, _terms: Terms) -> Iterator[tuple[date, int]]:
    """Spread calls over the days of the period."""
    return zip(diary.days, spread(total, [total] * len(diary.days)), strict=True)


_FILLERS = {
    "availability": _fill_by_availability,
    "calendar": _fill_by_calendar,
    "account": _fill_by_calendar,
}


# === WHAT TO SHOW === #
def _sum_up(plan: _Plan) -> Load:
    """Say what a caller got."""
    diary, schedule = plan.diary, plan.schedule
    assigned, worked = sum(schedule.values()), len(diary.days)
    last = max(schedule, default=None)
    late = bisect_right(diary.later, last) if last else 0
    average = assigned / (worked + late) if assigned else 0.0
    return Load(diary.caller.key, assigned, last, average, worked, plan.own, dict(schedule))


def _notice(calls: Sequence[Call], plans: list[_Plan], terms: Terms) -> Iterator[Notice]:
    """Say what a manager should know."""
    owners = Counter(call.owner for call in calls if terms.method == "account")
    diaries = [plan.diary for plan in plans]
    for caller in (diary.caller for diary in diaries if not diary.days):
        yield Notice("no_working_day", caller.key, None, owners[caller.key])
    for day in _iterate_idle_days(diaries, terms):
        yield Notice("nobody_works", None, day)
    for caller, schedule in ((plan.diary.caller, plan.schedule) for plan in plans):
        for day, count in schedule.items():
            over = count + caller.planned.get(day, 0) - caller.objective
            if over > 0:
                yield Notice("overload", caller.key, day, over)
    for plan in plans:
        late = sum(count for day, count in plan.schedule.items() if day > terms.end)
        if late:
            yield Notice("after_end", plan.diary.caller.key, max(plan.schedule), late)


def _iterate_idle_days(diaries: list[_Diary], terms: Terms) -> Iterator[date]:
    """Give the days of the period on which nobody works, unless nobody ever does that weekday."""
    worked = {day for diary in diaries for day in diary.days}
    weekdays = {day.weekday() for diary in diaries for day in (*diary.days, *diary.later)}
    for number in range((terms.end - terms.start).days + 1):
        day = terms.start + timedelta(days=number)
        if day not in worked and day.weekday() in weekdays:
            yield day
