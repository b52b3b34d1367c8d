# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from collections import Counter
from datetime import date, timedelta
from random import Random

from odoo.tests import BaseCase, tagged

from ..tools import call_distribution
from ..tools.call_distribution import Call, Caller, NoRoom, Notice, Terms, distribute, redistribute

METHODS = ("availability", "calendar", "account")


def on(day):
    """Give a day of September 2026: the 7th is a Monday."""
    return date(2026, 9, day)


#: Two weeks, and the days worked after them.
FORTNIGHT = [on(day) for day in (7, 8, 9, 10, 11, 14, 15, 16, 17, 18)]
MONTH = FORTNIGHT + [on(day) for day in (21, 22, 23, 24, 25, 28, 29, 30)]


def terms(method, start=7, end=18, **values):
    return Terms(method, on(start), on(end), **values)


def caller(name, days=MONTH, objective=50, planned="", **values):
    """Make a caller whose key is the name in small letters; planned calls read ``7:3 8:2``."""
    pairs = (pair.split(":") for pair in planned.split())
    busy = {on(int(day)): int(count) for day, count in pairs}
    return Caller(name.lower(), name, objective, days, busy, **values)


def make_calls(count, owner=None, first=1):
    return [Call(number, owner) for number in range(first, first + count)]


def show(per_day):
    """Write down calls per day of September 2026: ``7:3 8:2``."""
    return " ".join(f"{day.day}:{count}" for day, count in per_day.items())


@tagged("post_install", "-at_install")
class TestCallDistribution(BaseCase):
    def _assert_days(self, tested, cases):
        """Compare the days of Ann's calls, when she is alone."""
        for name, count, ann, expected in cases:
            with self.subTest(name):
                result = distribute(make_calls(count), [ann], tested)
                self.assertEqual(show(result.loads[0].per_day), expected)

    # === HOW MANY === #
    def test_calls_are_shared_alike_by_all_methods(self):
        ann, bob = caller("Ann"), caller("Bob", MONTH[:5] + MONTH[10:])
        half = [ann._replace(percentage=50), bob._replace(percentage=50)]
        below = [ann._replace(percentage=10), bob._replace(percentage=80)]
        full = [caller("Ann", planned="7:500"), caller("Bob", bob.work_days, planned="7:500")]
        for name, callers, expected in (
            ("by days and objective", [ann, bob], [20, 10]),
            ("by calls planned", [caller("Ann", planned="8:250"), bob], [15, 15]),
            ("half and half by hand is two to one", half, [20, 10]),
            ("below 100 by hand is ignored", below, [20, 10]),
            ("on leave for the whole period", [ann, caller("Bob", MONTH[10:])], [30, 0]),
            ("all overloaded, by days", full, [20, 10]),
            ("equals, by name", [caller(name) for name in "CADB"], [7, 8, 7, 8]),
        ):
            for method in METHODS:
                with self.subTest(name, method=method):
                    result = distribute(make_calls(30), callers, terms(method))
                    self.assertEqual([load.assigned for load in result.loads], expected)

    # === BY AVAILABILITY === #
    def test_by_availability_calls_are_spread_and_a_reserve_stays_free(self):
        ann, small = caller("Ann"), caller("Ann", objective=24)
        self._assert_days(
            terms("availability", end=8),
            [
                ("evenly", 4, ann, "7:2 8:2"),
                ("the rest on the first days", 5, ann, "7:3 8:2"),
                ("up to the reserve", 80, ann, "7:40 8:40"),
                ("the rest goes after the end", 81, ann, "7:40 8:40 9:1"),
                ("up to the objective there", 145, ann, "7:40 8:40 9:50 10:15"),
                ("not on days off", 300, ann, "7:40 8:40 9:50 10:50 11:50 14:50 15:20"),
                ("a whole number stays free", 50, small, "7:19 8:19 9:12"),
            ],
        )

    def test_by_availability_with_other_reserves(self):
        for reserve, count, objective, expected in (
            (0, 101, 50, "7:50 8:50 9:1"),
            (0.35, 100, 20, "7:13 8:13 9:20 10:20 11:20 14:14"),
            (0.9, 13, 10, "7:1 8:1 9:10 10:1"),
            (1, 51, 50, "9:50 10:1"),
        ):
            cases = [(f"reserve of {reserve}", count, caller("Ann", objective=objective), expected)]
            self._assert_days(terms("availability", end=8, reserve=reserve), cases)

    def test_by_availability_calls_already_planned_count(self):
        self._assert_days(
            terms("availability", end=9),
            [
                ("less room", 20, caller("Ann", planned="7:38"), "7:2 8:9 9:9"),
                ("room enough", 21, caller("Ann", planned="7:30"), "7:7 8:7 9:7"),
                ("no room", 4, caller("Ann", planned="7:40"), "8:2 9:2"),
                ("overloaded", 4, caller("Ann", planned="8:99"), "7:2 9:2"),
                ("after", 125, caller("Ann", planned="10:48"), "7:40 8:40 9:40 10:2 11:3"),
                ("full after", 121, caller("Ann", planned="10:50"), "7:40 8:40 9:40 11:1"),
            ],
        )

    def test_by_availability_days_may_not_be_enough(self):
        ann, bob = caller("Ann", FORTNIGHT[:3]), caller("Bob", FORTNIGHT[:2])
        lazy = caller("Bob", objective=0, percentage=100)
        for name, count, callers, expected in (
            ("others have room", 180, [ann, bob], {"bob": 10}),
            ("nobody has room", 300, [ann, bob], {"ann": 20, "bob": 70}),
            ("no objective", 5, [ann, lazy], {"bob": 5}),
        ):
            with self.subTest(name), self.assertRaises(NoRoom) as refusal:
                distribute(make_calls(count), callers, terms("availability", end=8))
            self.assertEqual(refusal.exception.calls, expected)

    # === BY CALENDAR === #
    def test_by_calendar_calls_are_in_equal_parts_in_the_period(self):
        ann = caller("Ann")
        self._assert_days(
            terms("calendar", start=10, end=14),
            [
                ("no call", 0, ann, ""),
                ("equal parts", 6, ann, "10:2 11:2 14:2"),
                ("the rest on the first days", 8, ann, "10:3 11:3 14:2"),
                ("fewer calls than days", 2, ann, "10:1 11:1"),
                ("above the objective", 300, ann, "10:100 11:100 14:100"),
                ("whatever is planned", 3, caller("Ann", planned="10:99"), "10:1 11:1 14:1"),
                ("without an objective", 3, caller("Ann", objective=0), "10:1 11:1 14:1"),
            ],
        )

    # === BY ACCOUNT === #
    def test_by_account_own_calls_come_first_and_shares_on_top(self):
        calls = make_calls(6, "ann") + make_calls(4, "zoe", 7) + make_calls(6, None, 11)
        ann, bob = caller("Ann"), caller("Bob")
        by_hand = bob._replace(percentage=100)
        for name, callers, own, expected in (
            ("equals", [ann, bob], [6, 0], ["7:6 8:5", "7:3 8:2"]),
            ("percentages", [ann, by_hand], [6, 0], ["7:3 8:3", "7:5 8:5"]),
            ("on leave", [caller("Ann", MONTH[2:]), bob], [0, 0], ["", "7:8 8:8"]),
        ):
            with self.subTest(name):
                loads = distribute(calls, callers, terms("account", end=8)).loads
                self.assertEqual([load.own_calls for load in loads], own)
                self.assertEqual([show(load.per_day) for load in loads], expected)

    def test_own_calls_of_callers_on_leave_are_told_by_account_only(self):
        callers = [caller("Ann"), caller("Bob"), caller("Cid", [])]
        calls = make_calls(6, "ann") + make_calls(4, "cid", 7)
        for method, assigned, own, told in (
            ("availability", [5, 5, 0], [0, 0, 0], 0),
            ("calendar", [5, 5, 0], [0, 0, 0], 0),
            ("account", [8, 2, 0], [6, 0, 0], 4),
        ):
            with self.subTest(method):
                result = distribute(calls, callers, terms(method))
                self.assertEqual([load.assigned for load in result.loads], assigned)
                self.assertEqual([load.own_calls for load in result.loads], own)
                self.assertEqual(result.notices, [Notice("no_working_day", "cid", None, told)])

    # === ORDER === #
    def _assert_placed(self, calls, tested, expected):
        """Compare who makes calls when with words that read ``call caller day``."""
        result = distribute(calls, [caller("Bob"), caller("Ann")], tested)
        self.assertEqual([f"{row[0]} {row[1]} {row[2].day}" for row in result.placements], expected)

    def test_the_first_days_have_the_first_calls(self):
        calls = [Call(key) for key in "cadbe"]
        expected = ["c ann 7", "a ann 7", "d bob 7", "b ann 8", "e bob 8"]
        for method in METHODS:
            with self.subTest(method):
                self._assert_placed(calls, terms(method, end=8), expected)

    def test_own_calls_keep_their_place_among_the_others(self):
        calls = [Call(1), Call(2, "ann"), Call(3), Call(4, "ann"), Call(5, "bob"), Call(6)]
        expected = ["1 ann 7", "2 ann 7", "3 bob 7", "4 ann 8", "5 bob 8", "6 ann 8"]
        self._assert_placed(calls, terms("account", end=8), expected)

    # === WHAT TO SHOW === #
    def test_what_each_caller_got(self):
        ann, bob = caller("Ann"), caller("Bob", MONTH[:1] + MONTH[3:])
        for name, method, count, expected in (
            ("in the period", "calendar", 6, [(4, on(8), 2.0, 2), (2, on(7), 2.0, 1)]),
            ("after its end", "availability", 180, [(120, on(9), 40.0, 2), (60, on(10), 30.0, 1)]),
            ("some got none", "calendar", 1, [(1, on(7), 0.5, 2), (0, None, 0.0, 1)]),
            ("no call", "calendar", 0, [(0, None, 0.0, 2), (0, None, 0.0, 1)]),
        ):
            with self.subTest(name):
                result = distribute(make_calls(count), [ann, bob], terms(method, end=8))
                self.assertEqual([load[1:5] for load in result.loads], expected)

    def _assert_notices(self, cases):
        """Compare notices with texts that read ``code caller day count``, ``-`` = none."""
        for name, count, callers, tested, expected in cases:
            with self.subTest(name):
                result = distribute(make_calls(count), callers, tested)
                shown = [
                    f"{code} {who or '-'} {day.day if day else '-'} {number}"
                    for code, who, day, number in result.notices
                ]
                self.assertEqual(shown, expected)

    def test_notices_about_days(self):
        ann, bob = caller("Ann"), caller("Bob", [])
        free = caller("Ann", [day for day in MONTH if day != on(9)])
        saturdays = caller("Bob", [on(14), on(26)])
        week, weekend = terms("calendar"), terms("calendar", 12, 14)
        self._assert_notices(
            [
                ("a caller on leave", 1, [ann, bob], week, ["no_working_day bob - 0"]),
                ("nobody works", 1, [free], week, ["nobody_works - 9 0"]),
                ("somebody works", 1, [free, ann._replace(key=2)], week, []),
                ("nobody ever works on Saturdays", 1, [ann], weekend, []),
                ("Bob does", 1, [ann, saturdays], weekend, ["nobody_works - 12 0"]),
            ]
        )

    def test_notices_about_calls(self):
        ann, bob = caller("Ann"), caller("Bob")
        calendar, availability = (terms(method, end=8) for method in ("calendar", "availability"))
        busy, over = caller("Ann", planned="7:48 8:60"), ["overload ann 7 1", "overload ann 8 13"]
        late = ["after_end ann 10 70", "after_end bob 10 70"]
        self._assert_notices(
            [
                ("up to the objective", 100, [ann], calendar, []),
                ("above it", 101, [ann], calendar, ["overload ann 7 1"]),
                ("with calls planned", 6, [busy], calendar, over),
                ("by availability never", 6, [busy], availability, ["after_end ann 9 6"]),
                ("in the period", 160, [ann, bob], availability, []),
                ("after the end", 300, [ann, bob], availability, late),
            ]
        )

    # === ABSENCES === #
    def _assert_redistributed(self, method, cases):
        """Compare who makes twelve calls, of which Ann owns all, when some are absent."""
        callers = [caller("Ann", planned="7:12 8:20"), caller("Bob"), caller("Cid", MONTH[1:])]
        calls, tested = make_calls(12, "ann"), terms(method, end=9, reserve=0)
        for name, absences, expected in cases:
            with self.subTest(name):
                result = redistribute(calls, callers, absences, tested)
                self.assertEqual([show(load.per_day) for load in result.loads], expected)

    def test_others_make_the_calls_of_who_is_absent(self):
        others = ["", "7:3 8:2 9:2", "8:3 9:2"]
        self._assert_redistributed(
            "availability",
            [
                ("for good", {"ann": None}, others),
                ("for the period", {"ann": [on(7), on(8), on(9)]}, others),
                ("a day", {"ann": [on(7)]}, ["8:2 9:1", "7:2 8:2 9:1", "8:2 9:2"]),
                ("one more is", {"ann": None, "cid": [on(8)]}, ["", "7:3 8:3 9:3", "9:3"]),
                ("so is a stranger", {"ann": None, "zoe": None}, others),
            ],
        )

    def test_own_accounts_wait_until_their_caller_is_back(self):
        self._assert_redistributed(
            "account",
            [
                ("back on Tuesday", {"ann": [on(7)]}, ["8:6 9:6", "", ""]),
                ("not back in time", {"ann": None}, ["", "7:3 8:2 9:2", "8:3 9:2"]),
            ],
        )

    # === REFUSALS === #
    def test_what_is_refused(self):
        ann, calls, period = caller("Ann"), make_calls(2), terms("calendar")
        above, away = period._replace(reserve=1.01), [caller("Ann", MONTH[10:]), caller("Bob", [])]
        for text, arguments in (
            ("no such method", (calls, [ann], terms("chance"))),
            ("ends before it starts", (calls, [ann], terms("calendar", 8, 7))),
            ("no such reserve", (calls, [ann], above)),
            ("no such reserve", (calls, [ann], period._replace(reserve=float("nan")))),
            ("no caller", (calls, [], period)),
            ("caller given twice", (calls, [ann, ann._replace(name="Bob")], period)),
            ("objective below 0", (calls, [ann._replace(objective=-1)], period)),
            ("call given twice", ([*calls, Call(2, "ann")], [ann], period)),
            ("no working day", (calls, away, period)),
            ("no working day", ([], away, period)),
            ("no such percentage", (calls, [ann._replace(percentage="half")], period)),
            ("percentages above 100", (calls, [ann._replace(percentage=101)], period)),
        ):
            with self.subTest(text), self.assertRaises(ValueError) as refusal:
                distribute(*arguments)
            self.assertEqual(str(refusal.exception), text)
        with self.assertRaisesRegex(ValueError, "^no working day$"):
            redistribute(calls, [ann], {"ann": None}, period)

    # === GUARANTEES === #
    def test_every_call_is_placed_once_on_a_day_that_its_caller_works(self):
        for calls, callers, tested, result in _distribute_invented():
            with self.subTest(callers=callers, terms=tested):
                days = {(one.key, day) for one in callers for day in one.work_days}
                placed = Counter((row.caller, row.day) for row in result.placements)
                shown = Counter()
                for load in result.loads:
                    shown.update({(load.caller, day): load.per_day[day] for day in load.per_day})
                keys = [row.call for row in result.placements]
                self.assertEqual(keys, [call.key for call in calls])
                self.assertLessEqual(set(placed), days)
                self.assertEqual(shown, placed)
                self.assertEqual(sum(load.assigned for load in result.loads), len(calls))

    def test_by_availability_no_day_exceeds_the_objective(self):
        for _calls, callers, tested, result in _distribute_invented("availability"):
            reserves = {True: 0, False: tested.reserve}
            with self.subTest(callers=callers, terms=tested):
                for one, load in zip(callers, result.loads, strict=True):
                    for day, count in load.per_day.items():
                        limit = one.objective * (1 - reserves[day > tested.end]) + 1e-9
                        self.assertLessEqual(count + one.planned.get(day, 0), limit)

    def test_by_calendar_and_account_days_are_equal_and_in_the_period(self):
        for _calls, callers, tested, result in _distribute_invented("calendar", "account"):
            with self.subTest(callers=callers, terms=tested):
                for one, load in zip(callers, result.loads, strict=True):
                    period = {day for day in one.work_days if tested.start <= day <= tested.end}
                    counts = [load.per_day.get(day, 0) for day in sorted(period)]
                    self.assertLessEqual(set(load.per_day), period)
                    self.assertEqual(counts, sorted(counts, reverse=True))
                    self.assertLessEqual(max(counts, default=0) - min(counts, default=0), 1)

    def test_by_account_callers_make_the_calls_of_their_accounts(self):
        for calls, callers, tested, result in _distribute_invented("account"):
            with self.subTest(callers=callers, terms=tested):
                present = {load.caller for load in result.loads if load.days_worked}
                pairs = zip(calls, result.placements, strict=True)
                own = [(call.owner, row.caller) for call, row in pairs if call.owner in present]
                counted = Counter({load.caller: load.own_calls for load in result.loads})
                self.assertTrue(all(owner == taker for owner, taker in own))
                self.assertEqual(counted, Counter(owner for owner, _taker in own))

    def test_calls_keep_their_order(self):
        for _calls, callers, tested, result in _distribute_invented():
            with self.subTest(callers=callers, terms=tested):
                rows = result.placements
                groups = [[row.day for row in rows if row.caller == one.key] for one in callers]
                if tested.method != "account":
                    groups.append([row.day for row in rows])
                self.assertEqual(groups, [sorted(days) for days in groups])

    def test_the_same_input_gives_the_same_whatever_the_order_of_callers(self):
        for calls, callers, tested, result in _distribute_invented():
            with self.subTest(callers=callers, terms=tested):
                turned = distribute(calls, callers[::-1], tested)

                self.assertEqual(distribute(calls, callers, tested), result)
                self.assertEqual(turned.placements, result.placements)
                self.assertEqual(turned.loads[::-1], result.loads)
                self.assertCountEqual(turned.notices, result.notices)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(call_distribution).failed, 0)


# === INVENTED CAMPAIGNS === #
def _distribute_invented(*methods, count=120):
    """Give calls, callers and terms of all kinds, always the same, and what becomes of them."""
    chance = Random(2026)
    for number in range(count):
        length = chance.choice((1, 5, 12, 60))
        days = [on(7) + timedelta(days=step) for step in range(length + 150)]
        callers = [_invent_caller(chance, at, days) for at in range(chance.randint(0, 5))]
        # Somebody always works.
        callers.append(caller("Zoe", days, chance.randint(5, 60)))
        if number % 3 == 0:
            callers = _give_percentages(chance, callers)
        owners = [None, "nobody", *(one.key for one in callers)]
        calls = [Call(key, chance.choice(owners)) for key in range(chance.choice((0, 7, 300)))]
        chance.shuffle(calls)
        method = chance.choice(methods or METHODS)
        tested = Terms(method, on(7), days[length - 1], chance.choice((0, 0.2, 0.35, 1)))
        yield calls, callers, tested, distribute(calls, callers, tested)


def _invent_caller(chance, number, days):
    """Make a caller with some days off, on leave now and then, with some calls planned."""
    worked = [day for day in days if chance.random() < 0.7]
    if chance.random() < 0.2:
        worked = worked[len(worked) // 2 :]
    planned = {day: chance.randint(1, 90) for day in days if chance.random() < 0.3}
    return caller(f"Caller {number}", worked, chance.randint(5, 60))._replace(planned=planned)


def _give_percentages(chance, callers):
    """Give percentages by hand that come to 100."""
    cuts = sorted(chance.randint(0, 100) for _caller in callers[1:])
    bounds = zip(callers, [0, *cuts], [*cuts, 100], strict=True)
    return [one._replace(percentage=high - low) for one, low, high in bounds]
