# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import date, datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase

from ..tools import planning
from ..tools.recurrence import Period, Rule

DAILY = Rule(date(2027, 1, 4), None, 1, "days", frozenset(), 9 * 60, "Europe/Paris")


class TestToolsPlanning(BaseCase):
    def test_documented_examples_are_true(self):
        self.assertEqual(doctest.testmod(planning).failed, 0)

    def _get_moments(self, rule, next_run):
        return [run.moment for run in planning.get_runs(rule, next_run)]

    def test_runs_of_a_year(self):
        moments = self._get_moments(DAILY, datetime(2027, 1, 4, 8, 0))

        self.assertEqual(len(moments), 367)
        self.assertEqual(moments[83:85], [datetime(2027, 3, 28, 7, 0), datetime(2027, 3, 29, 7, 0)])
        self.assertEqual(moments[-1], datetime(2028, 1, 5, 8, 0))

    def test_what_ends_and_pauses(self):
        first = datetime(2027, 1, 4, 8, 0)
        cases = {
            "end": (DAILY._replace(end=date(2027, 1, 6)), 3),
            "weekdays": (DAILY._replace(weekdays=frozenset({0}), end=date(2027, 1, 31)), 4),
            "periods": (
                DAILY._replace(
                    periods=(
                        Period(date(2027, 1, 4), date(2027, 1, 5)),
                        Period(date(2027, 3, 1), date(2027, 3, 3)),
                    )
                ),
                5,
            ),
            "months": (DAILY._replace(unit="months"), 13),
        }
        for name, (rule, expected) in cases.items():
            with self.subTest(name):
                self.assertEqual(len(self._get_moments(rule, first)), expected)

    def test_a_next_run_that_the_rule_no_longer_holds_comes_first(self):
        moments = self._get_moments(DAILY, datetime(2027, 1, 4, 6, 30))
        self.assertEqual(moments[:2], [datetime(2027, 1, 4, 6, 30), datetime(2027, 1, 4, 8, 0)])

    def test_numbers_are_different_and_stay(self):
        midnight = DAILY._replace(minutes=30)
        runs = planning.get_runs(midnight, datetime(2027, 1, 3, 23, 30))
        later = planning.get_runs(midnight, datetime(2027, 1, 9, 23, 30))

        self.assertEqual(len({run.number for run in runs}), 367)
        self.assertEqual(runs[6], later[0])

    def test_a_day_keeps_the_time_of_the_clock(self):
        paris = ZoneInfo("Europe/Paris")
        cases = (
            (datetime(2027, 3, 26, 8, 0), date(2027, 3, 29), datetime(2027, 3, 29, 7, 0)),
            (datetime(2027, 10, 29, 7, 0), date(2027, 11, 1), datetime(2027, 11, 1, 8, 0)),
            (datetime(2027, 1, 3, 23, 30), date(2027, 1, 5), datetime(2027, 1, 4, 23, 30)),
        )
        for moment, day, expected in cases:
            with self.subTest(str(moment)):
                self.assertEqual(planning.put_on_day(moment, day, paris), expected)
