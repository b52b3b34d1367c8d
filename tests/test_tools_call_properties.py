# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What holds for any distribution of calls, tried on campaigns that a machine invents.

Without Odoo: the stage ``kernels`` runs this file, always with the same examples.
"""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from unittest import TestCase

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..tools.call_distribution import Call, Caller, NoRoom, Terms, distribute
from ..tools.call_shares import settle_percentages, share, spread

METHODS = ("availability", "calendar", "account")
START = date(2026, 9, 7)
# Long enough for all that does not fit in the longest period, short enough to be tried often.
DAYS = [START + timedelta(days=number) for number in range(-3, 60)]
NAMES = ("Ann", "Bob", "Cid", "Dan", "Eve")

steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.too_slow],
)


# === INVENTED CAMPAIGNS === #
def some_days():
    """Make lists of days; those of one number are drawn much faster than one by one."""
    numbers = st.integers(0, 2 ** len(DAYS) - 1) | st.integers(0, 255)
    return numbers.map(lambda bits: [day for at, day in enumerate(DAYS) if bits >> at & 1])


@st.composite
def callers(draw):
    """Make up to four callers, of whom some have the same name, and one works every day."""
    made = [
        Caller(
            key,
            draw(st.sampled_from(NAMES)),
            draw(st.integers(0, 30)),
            draw(some_days()),
            dict.fromkeys(draw(some_days()), draw(st.integers(1, 40))),
        )
        for key in range(draw(st.integers(0, 3)))
    ]
    made.append(Caller("always", "Zoe", draw(st.integers(5, 30)), DAYS))
    return draw(st.permutations(made))


@st.composite
def percentages(draw, count):
    """Give each of so many callers a part of 100, or nothing to anybody."""
    cuts = draw(st.lists(st.integers(0, 100_00), min_size=count - 1, max_size=count - 1))
    bounds = [0, *sorted(cuts), 100_00]
    parts = [(high - low) / 100 for low, high in zip(bounds, bounds[1:], strict=False)]
    return draw(st.sampled_from([parts, [0.0] * count]))


@st.composite
def campaigns(draw, methods=METHODS):
    """Give calls, callers and terms."""
    people = draw(callers())
    parts = draw(percentages(len(people)))
    people = [one._replace(percentage=part) for one, part in zip(people, parts, strict=True)]
    owners = st.sampled_from([None, "nobody", *(one.key for one in people)])
    pattern = draw(st.lists(owners, min_size=1, max_size=8)) * draw(st.integers(0, 12))
    calls = [Call(key, owner) for key, owner in enumerate(pattern)]
    end = START + timedelta(days=draw(st.integers(0, 20)))
    reserve = draw(st.sampled_from((0, 0.2, 1 / 3, 0.5, 1)) | st.floats(0, 1))
    return calls, people, Terms(draw(st.sampled_from(methods)), START, end, reserve)


def try_to_distribute(campaign):
    """Give what becomes of calls; None where there is no room, which is tested apart."""
    try:
        return distribute(*campaign)
    except NoRoom:
        return None


def get_days(caller, terms):
    return sorted(day for day in caller.work_days if terms.start <= day <= terms.end)


# === WHAT HOLDS === #
class TestCallProperties(TestCase):
    @steady
    @given(campaigns())
    def test_every_call_is_placed_once_on_a_day_that_its_caller_works(self, campaign):
        calls, people, terms = campaign
        if not (result := try_to_distribute(campaign)):
            return
        worked = {(one.key, day) for one in people for day in one.work_days if day >= terms.start}
        placed = Counter((row.caller, row.day) for row in result.placements)
        shown = {(load.caller, day): n for load in result.loads for day, n in load.per_day.items()}

        self.assertEqual([row.call for row in result.placements], [call.key for call in calls])
        self.assertLessEqual(placed.keys(), worked)
        self.assertEqual(shown, dict(placed))
        self.assertEqual(sum(load.assigned for load in result.loads), len(calls))

    @steady
    @given(campaigns(["availability"]))
    def test_by_availability_no_day_exceeds_what_a_caller_may_do(self, campaign):
        _calls, people, terms = campaign
        if not (result := try_to_distribute(campaign)):
            return
        for one, load in zip(people, result.loads, strict=True):
            for day, count in load.per_day.items():
                kept = round(terms.reserve * 10_000) if day <= terms.end else 0
                most = Fraction(one.objective * (10_000 - kept), 10_000)
                self.assertLessEqual(count + one.planned.get(day, 0), most)

    @steady
    @given(campaigns(["availability"]))
    def test_by_availability_the_period_comes_first(self, campaign):
        _calls, people, terms = campaign
        if not (result := try_to_distribute(campaign)):
            return
        for one, load in zip(people, result.loads, strict=True):
            if any(day > terms.end for day in load.per_day):
                kept = round(terms.reserve * 10_000)
                for day in get_days(one, terms):
                    taken = load.per_day.get(day, 0) + one.planned.get(day, 0)
                    room = Fraction(one.objective * (10_000 - kept), 10_000) - taken
                    self.assertLess(room, 1)

    @steady
    @given(campaigns(["availability"]))
    def test_who_has_no_room_is_said_with_all_that_is_missing(self, campaign):
        calls, people, terms = campaign
        try:
            distribute(*campaign)
        except NoRoom as error:
            self.assertLessEqual(error.calls.keys(), {one.key for one in people})
            self.assertTrue(all(count > 0 for count in error.calls.values()))
            self.assertLessEqual(sum(error.calls.values()), len(calls))
            # Where the end is no matter, all is placed.
            distribute(calls, people, terms._replace(method="calendar"))

    @steady
    @given(campaigns(["calendar", "account"]))
    def test_by_calendar_and_account_days_of_the_period_are_equal(self, campaign):
        _calls, people, terms = campaign
        for one, load in zip(people, distribute(*campaign).loads, strict=True):
            days = get_days(one, terms)
            counts = [load.per_day.get(day, 0) for day in days]
            self.assertLessEqual(load.per_day.keys(), set(days))
            self.assertLessEqual(max(counts, default=0) - min(counts, default=0), 1)
            self.assertEqual(counts, sorted(counts, reverse=True))

    @steady
    @given(campaigns(["account"]))
    def test_by_account_who_works_makes_the_calls_of_their_accounts(self, campaign):
        calls, people, terms = campaign
        present = {one.key for one in people if get_days(one, terms)}
        result = distribute(*campaign)
        own = Counter(call.owner for call in calls if call.owner in present)

        for call, row in zip(calls, result.placements, strict=True):
            self.assertEqual(row.caller, call.owner if call.owner in present else row.caller)
        self.assertEqual({row.caller: row.own_calls for row in result.loads if row.own_calls}, own)

    @steady
    @given(campaigns())
    def test_calls_keep_their_order(self, campaign):
        _calls, people, terms = campaign
        if not (result := try_to_distribute(campaign)):
            return
        rows = result.placements
        groups = [[row.day for row in rows if row.caller == one.key] for one in people]
        if terms.method != "account":
            groups.append([row.day for row in rows])
        self.assertEqual(groups, [sorted(days) for days in groups])

    @steady
    @given(campaigns(), st.booleans(), st.randoms(use_true_random=False))
    def test_the_same_gives_the_same_whatever_the_order_of_callers(self, campaign, alike, chance):
        calls, people, terms = campaign
        people = [one._replace(name=f"Caller {one.key}") for one in people]
        if alike:
            # Then only names decide.
            people = [people[0]._replace(key=one.key, name=one.name) for one in people]
            people = [one._replace(work_days=DAYS, percentage=0) for one in people]
        first = try_to_distribute((calls, people, terms))
        again = try_to_distribute((calls, people, terms))
        turned = try_to_distribute((calls, chance.sample(people, len(people)), terms))

        self.assertEqual(again, first)
        self.assertEqual(turned and turned.placements, first and first.placements)

    # === SHARES AND PERCENTAGES === #
    @steady
    @given(st.lists(st.floats(0, 200), max_size=8))
    def test_percentages_come_to_100_or_none_counts(self, values):
        settled = settle_percentages(values)
        whole, given_whole = (sum(round(part * 100) for part in row) for row in (settled, values))
        self.assertEqual(len(settled), len(values))
        self.assertEqual(whole, 100_00 if given_whole >= 100_00 else 0)
        self.assertEqual(settle_percentages(settled), settled)
        for number, (part, value) in enumerate(zip(settled, values, strict=True)):
            # Cut, never raised; and only what the earlier ones left.
            self.assertLessEqual(part, round(value * 100) / 100)
            if given_whole >= 100_00 and part < round(value * 100) / 100:
                self.assertEqual(sum(round(one * 100) for one in settled[: number + 1]), 100_00)

    @steady
    @given(st.integers(0, 10**7), st.data())
    def test_shares_add_up_and_each_is_exact_to_less_than_a_call(self, total, data):
        weights = data.draw(st.lists(st.integers(0, 10**6), min_size=1).filter(any))
        names = data.draw(
            st.lists(st.sampled_from(NAMES), min_size=len(weights), max_size=len(weights))
        )
        shares = share(total, weights, names)
        self.assertEqual(sum(shares), total)
        for part, weight in zip(shares, weights, strict=True):
            self.assertLess(abs(part - Fraction(total * weight, sum(weights))), 1)
            self.assertTrue(weight or not part)

    @steady
    @given(st.integers(0, 500), st.lists(st.integers(0, 60), max_size=30))
    def test_calls_are_spread_as_evenly_as_room_allows(self, total, rooms):
        counts = spread(total, rooms)
        self.assertEqual(sum(counts), min(total, sum(rooms)))
        self.assertTrue(all(count <= room for count, room in zip(counts, rooms, strict=True)))
        # A day has two calls less than another one only where it is full.
        for count, room in zip(counts, rooms, strict=True):
            self.assertTrue(count == room or count >= max(counts) - 1)
