# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools import forecast
from ..tools.forecast import Limit, expected_end, measure_pace

NOON = datetime(2026, 7, 1, 12)


def after(**duration):
    return NOON + timedelta(**duration)


def office(moment):
    """Open from noon to two in the afternoon, every day."""
    start = moment.replace(hour=12, minute=0, second=0)
    if moment >= start + timedelta(hours=2):
        start += timedelta(days=1)
    return max(moment, start), start + timedelta(hours=2)


@tagged("post_install", "-at_install")
class TestForecast(BaseCase):
    def test_expected_end(self):
        full = [(after(minutes=-30), 60)]
        for name, arguments, expected in (
            ("nothing left", (0, 1.0), NOON),
            ("pace alone", (600, 10.0), after(minutes=1)),
            ("within the hours", (3600, 1.0, office), after(hours=1)),
            ("two days of two hours", (10800, 1.0, office), after(days=1, hours=1)),
            ("limit not reached", (60, 1.0, None, [Limit(60)]), after(minutes=1)),
            ("limit reached twice", (150, 1.0, None, [Limit(60)]), after(hours=2, minutes=2.5)),
            ("limit used up", (60, 1.0, None, [Limit(60, full)]), after(minutes=31)),
            (
                "the narrowest limit counts",
                (120, 1.0, None, [Limit(100), Limit(60)]),
                after(hours=1, minutes=2),
            ),
            ("hours and limit", (121, 1.0, office, [Limit(60)]), after(days=1, seconds=1)),
            ("more than a year", (10_000_000, 1.0, None, [Limit(1)]), None),
        ):
            with self.subTest(name):
                self.assertEqual(expected_end(NOON, *arguments), expected)

    def test_pace_counts_working_time_only(self):
        for name, batches, expected in (
            ("nothing yet", [], None),
            ("no message", [(NOON, after(seconds=9), 0)], None),
            ("no time", [(NOON, NOON, 9)], None),
            ("one sender", [(NOON, after(seconds=10), 100)], 10.0),
            (
                "a night between two batches",
                [(NOON, after(seconds=10), 100), (after(days=1), after(days=1, seconds=10), 100)],
                10.0,
            ),
            (
                "two senders at once",
                [(NOON, after(seconds=10), 100), (after(seconds=5), after(seconds=15), 50)],
                10.0,
            ),
        ):
            with self.subTest(name):
                self.assertEqual(measure_pace(batches), expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(forecast).failed, 0)
