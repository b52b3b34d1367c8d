# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..tools import send_window
from ..tools.send_window import Window, next_moment, next_opening

EVERY_DAY = frozenset(range(7))
PARIS = "Europe/Paris"
NEW_YORK = "America/New_York"


def at(text):
    return datetime.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestSendWindow(BaseCase):
    def _assert_cases(self, cases):
        for name, window, now, start, end in cases:
            with self.subTest(name):
                self.assertEqual(next_opening(at(now), window), (at(start), at(end)))
                self.assertEqual(next_moment(at(now), window), at(start))

    def test_ordinary_days(self):
        office = Window(frozenset(range(5)), 9 * 60, 18 * 60, PARIS)
        self._assert_cases(
            [
                # 2026-11-25 is a Wednesday; Paris is one hour ahead.
                ("before", office, "2026-11-25T07:59", "2026-11-25T08:00", "2026-11-25T17:00"),
                ("inside", office, "2026-11-25T12:34", "2026-11-25T12:34", "2026-11-25T17:00"),
                ("at its end", office, "2026-11-25T17:00", "2026-11-26T08:00", "2026-11-26T17:00"),
                ("on Friday", office, "2026-11-27T20:00", "2026-11-30T08:00", "2026-11-30T17:00"),
            ]
        )

    def test_the_day_is_the_one_of_the_time_zone(self):
        monday = Window(frozenset({0}), 0, 24 * 60, "Pacific/Auckland")
        self._assert_cases(
            [
                # Monday 2026-11-23 in Auckland (+13) begins on Sunday in UTC.
                ("sunday", monday, "2026-11-22T10:00", "2026-11-22T11:00", "2026-11-23T11:00"),
                ("over", monday, "2026-11-23T11:00", "2026-11-29T11:00", "2026-11-30T11:00"),
            ]
        )

    def test_windows_that_cross_midnight(self):
        night = Window(frozenset({4}), 22 * 60, 6 * 60, PARIS)
        self._assert_cases(
            [
                ("evening", night, "2026-11-27T20:00", "2026-11-27T21:00", "2026-11-28T05:00"),
                ("after it", night, "2026-11-28T04:59", "2026-11-28T04:59", "2026-11-28T05:00"),
                ("week after", night, "2026-11-28T05:00", "2026-12-04T21:00", "2026-12-05T05:00"),
            ]
        )

    def test_hours_that_a_clock_change_swallows(self):
        self._assert_cases(
            [
                (
                    "Paris opens at 2:30, which is 3:00",
                    Window(EVERY_DAY, 150, 300, PARIS),
                    "2026-03-28T23:00",
                    "2026-03-29T01:00",
                    "2026-03-29T03:00",
                ),
                (
                    "Paris closes at 2:30, which is 3:00",
                    Window(EVERY_DAY, 60, 150, PARIS),
                    "2026-03-28T23:00",
                    "2026-03-29T00:00",
                    "2026-03-29T01:00",
                ),
                (
                    "New York opens at 2:15, which is 3:00",
                    Window(EVERY_DAY, 135, 600, NEW_YORK),
                    "2026-03-08T06:00",
                    "2026-03-08T07:00",
                    "2026-03-08T14:00",
                ),
                (
                    "a window that is swallowed whole opens the day after",
                    Window(EVERY_DAY, 130, 170, NEW_YORK),
                    "2026-03-08T06:30",
                    "2026-03-09T06:10",
                    "2026-03-09T06:50",
                ),
                (
                    "a night over the change is an hour shorter",
                    Window(EVERY_DAY, 22 * 60, 6 * 60, PARIS),
                    "2026-03-28T20:00",
                    "2026-03-28T21:00",
                    "2026-03-29T04:00",
                ),
            ]
        )

    def test_hours_that_come_twice_count_when_they_come_first(self):
        self._assert_cases(
            [
                (
                    "Paris opens at the first 2:30",
                    Window(EVERY_DAY, 150, 300, PARIS),
                    "2026-10-24T22:00",
                    "2026-10-25T00:30",
                    "2026-10-25T04:00",
                ),
                (
                    "Paris closes at the first 2:30",
                    Window(EVERY_DAY, 60, 150, PARIS),
                    "2026-10-24T22:00",
                    "2026-10-24T23:00",
                    "2026-10-25T00:30",
                ),
                (
                    "New York opens at the first 1:30",
                    Window(EVERY_DAY, 90, 600, NEW_YORK),
                    "2026-11-01T04:00",
                    "2026-11-01T05:30",
                    "2026-11-01T15:00",
                ),
                (
                    "a day with its 25th hour",
                    Window(EVERY_DAY, 0, 24 * 60, NEW_YORK),
                    "2026-11-01T04:00",
                    "2026-11-01T04:00",
                    "2026-11-02T05:00",
                ),
            ]
        )

    def test_a_window_that_never_opens_is_refused(self):
        for name, window in (
            ("no day", Window(frozenset(), 540, 1080, PARIS)),
            ("no hour", Window(EVERY_DAY, 540, 540, PARIS)),
            ("an eighth day", Window(frozenset({7}), 540, 1080, PARIS)),
            ("25 o'clock", Window(EVERY_DAY, 540, 1500, PARIS)),
        ):
            with self.subTest(name), self.assertRaises(ValueError):
                next_moment(at("2026-11-25T12:00"), window)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(send_window).failed, 0)
