# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import date
from fractions import Fraction
from random import Random

from odoo.tests import BaseCase, tagged

from ..tools import call_shares
from ..tools.call_shares import Caller, assignable_per_day, settle_percentages, share, spread, weigh

START, END = date(2026, 9, 7), date(2026, 9, 18)
TEN_DAYS = [date(2026, 9, day) for day in (7, 8, 9, 10, 11, 14, 15, 16, 17, 18)]
BEFORE, AFTER = date(2026, 9, 4), date(2026, 9, 21)


def ann(days=TEN_DAYS, objective=50, **values):
    return Caller(1, "Ann", objective, days, **values)


def bob(days=TEN_DAYS[:5], objective=50, **values):
    return Caller(2, "Bob", objective, days, **values)


@tagged("post_install", "-at_install")
class TestCallShares(BaseCase):
    # === WHAT A CALLER MAY TAKE ON === #
    def test_assignable_per_day(self):
        for name, arguments, expected in (
            ("30 of 500 are planned", (50, 10, 30), 47.0),
            ("nothing is planned", (50, 10, 0), 50.0),
            ("not a whole number", (25, 4, 5), 23.75),
            ("all is planned", (50, 10, 500), 0.0),
            ("more than all is planned", (50, 10, 501), 0.0),
            ("no objective", (0, 10, 0), 0.0),
            ("no working day", (50, 0, 30), 0.0),
        ):
            with self.subTest(name):
                self.assertEqual(assignable_per_day(*arguments), expected)

    def test_days_and_planned_calls_of_a_period(self):
        days = [AFTER, END, START, START, BEFORE]
        planned = {BEFORE: 1, START: 2, date(2026, 9, 12): 4, END: 8, AFTER: 16}
        tested = ann(days, planned=planned)

        self.assertEqual(tested.get_days(START, END), [START, END])
        self.assertEqual(tested.count_planned(START, END), 14)

    # === PERCENTAGES GIVEN BY HAND === #
    def test_settle_percentages(self):
        for name, values, expected in (
            ("nobody", [], []),
            ("none", [0, 0], [0.0, 0.0]),
            ("100 in all", [60, 40], [60.0, 40.0]),
            ("100 and none", [100, 0], [100.0, 0.0]),
            ("below 100", [60, 30], [0.0, 0.0]),
            ("a hundredth below 100", [33.33, 33.33, 33.33], [0.0, 0.0, 0.0]),
            ("above 100, the last is cut", [60, 30, 20], [60.0, 30.0, 10.0]),
            ("thirds, the last is cut", [33.33, 33.33, 50], [33.33, 33.33, 33.34]),
            ("one alone above 100", [130], [100.0]),
            ("one before the last too", [60, 50, 20], [60.0, 40.0, 0.0]),
            ("tenths that a machine cannot hold", [33.4, 33.3, 33.3], [33.4, 33.3, 33.3]),
        ):
            with self.subTest(name):
                self.assertEqual(settle_percentages(values), expected)

    def test_percentages_that_are_refused(self):
        for name, value in (
            ("below 0", -1),
            ("text", "60"),
            ("no text", ""),
            ("nothing", None),
            ("no number", float("nan")),
            ("infinite", float("inf")),
        ):
            with self.subTest(name), self.assertRaises(ValueError) as refusal:
                settle_percentages([50, value])
            self.assertEqual(str(refusal.exception), "no such percentage")
            with self.subTest(f"{name}, when weighing"), self.assertRaises(ValueError) as refusal:
                weigh([ann(), bob(percentage=value)], START, END)
            self.assertEqual(str(refusal.exception), "no such percentage")

    # === WEIGHTS === #
    def test_weights(self):
        busy = {TEN_DAYS[0]: 500}
        for name, callers, expected in (
            ("objective and days", [ann(), bob()], [500, 250]),
            ("calls planned", [ann(planned={TEN_DAYS[2]: 30}), bob()], [470, 250]),
            ("planned outside", [ann(planned={BEFORE: 30, AFTER: 30}), bob()], [500, 250]),
            ("planned on a day off", [ann(), bob(planned={TEN_DAYS[9]: 30})], [500, 220]),
            ("days outside do not count", [ann([BEFORE, *TEN_DAYS, AFTER]), bob()], [500, 250]),
            ("one is overloaded", [ann(planned=busy), bob()], [0, 250]),
            ("one is on leave", [ann(), bob([])], [500, 0]),
            ("all are overloaded", [ann(planned=busy), bob(planned=busy)], [10, 5]),
            ("nobody has an objective", [ann(objective=0), bob(objective=0)], [10, 5]),
        ):
            with self.subTest(name):
                self.assertEqual(weigh(callers, START, END), expected)

    def test_weights_by_hand(self):
        for name, callers, expected in (
            ("half and half", [ann(percentage=50), bob(percentage=50)], [50000, 25000]),
            ("below 100", [ann(percentage=60), bob(percentage=30)], [500, 250]),
            ("all to one", [ann(), bob(percentage=100)], [0, 50000]),
            ("all to one on leave", [ann(), bob([], percentage=100)], [10, 0]),
            ("whatever is planned", [ann(planned={START: 900}), bob(percentage=100)], [0, 50000]),
        ):
            with self.subTest(name):
                self.assertEqual(weigh(callers, START, END), expected)

    def test_weights_that_cannot_be_found(self):
        for text, callers in (
            ("no working day", []),
            ("no working day", [ann([]), bob([BEFORE, AFTER])]),
            ("percentages above 100", [ann(percentage=60), bob(percentage=40.01)]),
        ):
            with self.subTest(text), self.assertRaises(ValueError) as refusal:
                weigh(callers, START, END)
            self.assertEqual(str(refusal.exception), text)

    # === SHARES === #
    def test_shares(self):
        for name, total, weights, names, expected in (
            ("exact", 30, [2, 1], "AB", [20, 10]),
            ("largest remainder", 10, [5, 3, 1], "ABC", [6, 3, 1]),
            ("equal remainders, larger weight", 2, [1, 3], "AB", [0, 2]),
            ("equal weights, name", 10, [1, 1, 1], "BCA", [3, 3, 4]),
            ("equal names, the first", 10, [1, 1, 1], "AAA", [4, 3, 3]),
            ("fewer calls than callers", 2, [1, 1, 1], "CBA", [0, 1, 1]),
            ("no weight", 7, [0, 3, 0], "ABC", [0, 7, 0]),
            ("no call", 0, [1, 2], "AB", [0, 0]),
            ("large numbers", 10**6 + 1, [10**18, 10**18], "BA", [500000, 500001]),
        ):
            with self.subTest(name):
                self.assertEqual(share(total, weights, names), expected)

    def test_shares_add_up_and_are_exact_to_less_than_a_call(self):
        chance = Random(1)
        for number in range(300):
            weights = [chance.choice((0, 1, 7, 47, 470)) for _caller in range(number % 40)] + [3]
            total = chance.randrange(2000)
            with self.subTest(weights=weights, total=total):
                shares = share(total, weights, ["Same"] * len(weights))

                exact = [Fraction(total * weight, sum(weights)) for weight in weights]
                self.assertEqual(sum(shares), total)
                self.assertTrue(
                    all(abs(one - two) < 1 for one, two in zip(shares, exact, strict=True))
                )
                self.assertFalse(
                    any(one for one, two in zip(shares, weights, strict=True) if not two)
                )

    # === DAYS === #
    def test_spread(self):
        for name, total, rooms, expected in (
            ("no day", 5, [], []),
            ("no call", 0, [5, 5], [0, 0]),
            ("equal parts", 6, [9, 9, 9], [2, 2, 2]),
            ("the rest on the first days", 8, [9, 9, 9], [3, 3, 2]),
            ("fewer calls than days", 2, [9, 9, 9], [1, 1, 0]),
            ("fewer calls than days, the first full", 2, [0, 9, 9, 9], [0, 1, 1, 0]),
            ("a day with little room", 20, [2, 40, 40], [2, 9, 9]),
            ("full", 12, [2, 3, 4], [2, 3, 4]),
            ("exactly full", 9, [2, 3, 4], [2, 3, 4]),
        ):
            with self.subTest(name):
                self.assertEqual(spread(total, rooms), expected)

    def test_spread_is_what_calls_put_one_by_one_on_the_emptiest_day_make(self):
        chance = Random(2)
        for number in range(200):
            rooms = [chance.randrange(12) for _day in range(number % 15)]
            total = chance.randrange(100)
            with self.subTest(total=total, rooms=rooms):
                expected = [0] * len(rooms)
                for _call in range(min(total, sum(rooms))):
                    opened = [at for at, room in enumerate(rooms) if expected[at] < room]
                    expected[min(opened, key=expected.__getitem__)] += 1
                self.assertEqual(spread(total, rooms), expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(call_shares).failed, 0)
