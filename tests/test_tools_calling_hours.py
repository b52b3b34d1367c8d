# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..tools import calling_hours
from ..tools.calling_hours import (
    Profile,
    check,
    get_easter,
    get_next_moment,
    get_next_opening,
    is_open,
    is_open_day,
)

FRANCE = Profile(
    weekdays=frozenset(range(5)),
    slots=((600, 780), (840, 1200)),
    zone="Europe/Paris",
    fixed_days=frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}),
    easter_days=frozenset({1, 39, 50}),
    max_attempts=4,
    window_days=30,
    refusal_days=60,
)
EVERY_DAY = frozenset(range(7))


def at(text):
    return datetime.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestCallingHours(BaseCase):
    def _assert_openings(self, profile, cases):
        for name, now, opening in cases:
            with self.subTest(name):
                self.assertEqual(get_next_opening(at(now), profile), at(opening))
                self.assertEqual(is_open(at(now), profile), now == opening)

    def test_several_slots_a_day_the_end_of_one_is_not_part_of_it(self):
        self._assert_openings(
            FRANCE,
            [
                # 2026-11-25 is a Wednesday; Paris is one hour ahead.
                ("before", "2026-11-25T08:59:59", "2026-11-25T09:00"),
                ("as it opens", "2026-11-25T09:00", "2026-11-25T09:00"),
                ("last second", "2026-11-25T11:59:59", "2026-11-25T11:59:59"),
                ("at 13:00", "2026-11-25T12:00", "2026-11-25T13:00"),
                ("at lunch", "2026-11-25T12:59:59", "2026-11-25T13:00"),
                ("afternoon", "2026-11-25T13:00", "2026-11-25T13:00"),
                ("at 20:00", "2026-11-25T19:00", "2026-11-26T09:00"),
                ("Friday evening", "2026-11-27T19:00", "2026-11-30T09:00"),
                ("Saturday", "2026-11-28T10:00", "2026-11-30T09:00"),
            ],
        )

    def test_slots_may_come_in_any_order_and_touch_each_other(self):
        profile = Profile(EVERY_DAY, ((720, 1440), (0, 600), (600, 660)), "UTC")

        check(profile)
        self._assert_openings(
            profile,
            [
                ("midnight", "2026-11-25T00:00", "2026-11-25T00:00"),
                ("where two touch", "2026-11-25T10:00", "2026-11-25T10:00"),
                ("between two", "2026-11-25T11:00", "2026-11-25T12:00"),
                ("last minute", "2026-11-25T23:59", "2026-11-25T23:59"),
            ],
        )

    def test_hours_follow_the_clock_changes(self):
        self._assert_openings(
            FRANCE,
            [
                # 2026-03-29, a Sunday: two hours ahead from then on.
                ("winter", "2026-03-27T19:00", "2026-03-30T08:00"),
                ("summer", "2026-03-30T07:59", "2026-03-30T08:00"),
                # 2026-10-25, a Sunday: one hour again.
                ("summer ends", "2026-10-23T18:00", "2026-10-26T09:00"),
                ("winter again", "2026-10-26T08:30", "2026-10-26T09:00"),
            ],
        )

    def test_on_the_days_of_the_clock_changes(self):
        night = Profile(EVERY_DAY, ((60, 150), (170, 300)), "Europe/Paris")
        self._assert_openings(
            night,
            [
                ("2:30 is 3:00", "2026-03-29T00:59:59", "2026-03-29T00:59:59"),
                ("2:50 is 3:00 too", "2026-03-29T01:00", "2026-03-29T01:00"),
                ("closes at 5:00", "2026-03-29T03:00", "2026-03-29T23:00"),
                ("the first 2:30", "2026-10-25T00:29", "2026-10-25T00:29"),
                ("after the first 2:30", "2026-10-25T00:30", "2026-10-25T00:50"),
                ("the second 2:30", "2026-10-25T01:30", "2026-10-25T01:30"),
            ],
        )

    def test_a_slot_that_a_clock_change_swallows_is_skipped(self):
        self._assert_openings(
            Profile(EVERY_DAY, ((130, 170),), "Europe/Paris"),
            [("2:10 to 2:50", "2026-03-28T23:00", "2026-03-30T00:10")],
        )

    def test_the_day_is_the_one_of_the_time_zone(self):
        auckland = Profile(frozenset({0}), ((0, 600),), "Pacific/Auckland")
        self._assert_openings(
            auckland,
            [
                # Monday 2026-11-23 in Auckland (+13) begins on Sunday in UTC.
                ("still Sunday", "2026-11-22T10:59", "2026-11-22T11:00"),
                ("Monday", "2026-11-22T11:00", "2026-11-22T11:00"),
                ("Monday at ten", "2026-11-22T21:00", "2026-11-29T11:00"),
            ],
        )

    def test_nobody_is_called_on_holidays(self):
        for name, day in (
            ("New Year's Day", date(2027, 1, 1)),
            ("Easter Monday", date(2026, 4, 6)),
            ("Easter Monday of a year before", date(2025, 4, 21)),
            ("Labour Day", date(2026, 5, 1)),
            ("Victory Day", date(2026, 5, 8)),
            ("Ascension Day", date(2026, 5, 14)),
            ("Whit Monday", date(2026, 5, 25)),
            ("National Day", date(2026, 7, 14)),
            ("Assumption Day", date(2025, 8, 15)),
            ("All Saints' Day", date(2027, 11, 1)),
            ("Armistice Day", date(2026, 11, 11)),
            ("Christmas Day", date(2026, 12, 25)),
        ):
            with self.subTest(name):
                self.assertLess(day.weekday(), 5)
                self.assertFalse(is_open_day(day, FRANCE))

    def test_days_beside_holidays_are_open(self):
        for name, day in (
            ("Good Friday", date(2026, 4, 3)),
            ("Easter Tuesday", date(2026, 4, 7)),
            ("Friday after Ascension", date(2026, 5, 15)),
            ("Easter Monday's date a year later", date(2027, 4, 6)),
            ("Christmas Eve", date(2026, 12, 24)),
        ):
            with self.subTest(name):
                self.assertTrue(is_open_day(day, FRANCE))

    def test_openings_after_holidays(self):
        self._assert_openings(
            FRANCE,
            [
                ("over Easter", "2026-04-03T18:00", "2026-04-07T08:00"),
                ("over Ascension", "2026-05-13T18:00", "2026-05-15T08:00"),
                # 25 December 2026 and 1 January 2027 are Fridays.
                ("over Christmas", "2026-12-24T19:00", "2026-12-28T09:00"),
                ("over the year's end", "2026-12-31T19:00", "2027-01-04T09:00"),
                # 1 January begins at 23:00 in UTC.
                ("New Year in Paris", "2026-12-31T23:30", "2027-01-04T09:00"),
            ],
        )

    def test_easter_sundays(self):
        for day in (
            date(1818, 3, 22),  # the earliest
            date(1943, 4, 25),  # the latest
            date(1954, 4, 18),  # of those that other formulas need exceptions for
            date(1981, 4, 19),
            date(2000, 4, 23),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2049, 4, 18),
            date(2076, 4, 19),
            date(2285, 3, 22),
        ):
            with self.subTest(day.year):
                self.assertEqual(get_easter(day.year), day)

    def test_attempts_count_on_the_days_of_the_window_and_no_longer(self):
        first = "2026-06-01T08:00"  # a Monday, 10:00 in Paris
        three = ["2026-06-02T08:00", "2026-06-03T08:00", "2026-06-04T08:00"]
        late = [first.replace("08:00", "17:59"), *three]
        many = "too_many_attempts"
        for name, now, attempts, expected in (
            ("none", "2026-06-30T08:00", [], None),
            ("three", "2026-06-30T08:00", three, None),
            ("four, the 30th day", "2026-06-30T17:59", [first, *three], (many, "2026-07-01T08:00")),
            ("in any order", "2026-06-30T08:00", [*three, first], (many, "2026-07-01T08:00")),
            ("four, the 31st day", "2026-07-01T08:00", [first, *three], None),
            ("whatever the hour", "2026-07-01T08:00", late, None),
            ("four today", "2026-06-01T09:00", [first] * 4, (many, "2026-07-01T08:00")),
            # The fifth one was too many: the second of five must have left.
            ("five", "2026-07-01T08:00", [first, *three, three[0]], (many, "2026-07-02T08:00")),
            (
                "not before an opening",
                "2026-06-05T08:00",
                [three[2]] * 4,
                (many, "2026-07-06T08:00"),
            ),
        ):
            with self.subTest(name):
                self._assert_next(now, FRANCE, attempts, [], expected)

    def test_days_of_attempts_are_those_of_the_time_zone(self):
        one = FRANCE._replace(max_attempts=1)
        # 23:30 in UTC on 31 May is 1 June in Paris.
        for now, expected in (
            ("2026-06-30T08:00", ("too_many_attempts", "2026-07-01T08:00")),
            ("2026-07-01T08:00", None),
        ):
            with self.subTest(now):
                self._assert_next(now, one, ["2026-05-31T23:30"], [], expected)

    def test_a_window_of_one_day_is_the_day_of_the_call(self):
        daily = FRANCE._replace(max_attempts=1, window_days=1)
        for now, expected in (
            ("2026-06-02T08:30", ("too_many_attempts", "2026-06-03T08:00")),
            ("2026-06-03T08:00", None),
        ):
            with self.subTest(now):
                self._assert_next(now, daily, ["2026-06-02T08:00"], [], expected)

    def test_whole_days_without_a_call_follow_a_refusal(self):
        refused = "refused_recently"
        for name, now, refusals, expected in (
            # 1 June and 60 days: 31 July, a Friday, is the last one; 1 August is a Saturday.
            (
                "the same day",
                "2026-06-01T09:00",
                ["2026-06-01T08:00"],
                (refused, "2026-08-03T08:00"),
            ),
            (
                "the 60th day",
                "2026-07-31T17:00",
                ["2026-06-01T08:00"],
                (refused, "2026-08-03T08:00"),
            ),
            ("after it", "2026-08-03T08:00", ["2026-06-01T08:00"], None),
            # 2 June: 1 August is the last one, on 3 August calls are allowed in any case.
            (
                "the last refusal counts",
                "2026-08-04T08:00",
                ["2026-06-05T08:00", "2026-06-01T08:00"],
                (refused, "2026-08-05T08:00"),
            ),
        ):
            with self.subTest(name):
                self._assert_next(now, FRANCE, [], refusals, expected)

    def test_the_reason_that_lasts_longest_is_told(self):
        four = ["2026-06-01T08:00"] * 4
        for name, now, attempts, refusals, expected in (
            ("hours", "2026-06-01T18:00", [], [], ("closed_now", "2026-06-02T08:00")),
            (
                "hours, and attempts that are over",
                "2026-07-01T18:00",
                four,
                [],
                ("closed_now", "2026-07-02T08:00"),
            ),
            (
                "attempts at night",
                "2026-06-30T21:59",
                four,
                [],
                ("too_many_attempts", "2026-07-01T08:00"),
            ),
            (
                "refused after attempts",
                "2026-06-02T08:00",
                four,
                ["2026-06-01T08:00"],
                ("refused_recently", "2026-08-03T08:00"),
            ),
            (
                "attempts outlast a refusal",
                "2026-07-30T08:00",
                ["2026-07-29T08:00"] * 4,
                ["2026-06-01T08:00"],
                ("too_many_attempts", "2026-08-28T08:00"),
            ),
            (
                "as long as each other",
                "2026-07-03T08:00",
                ["2026-07-02T08:00"] * 4,
                ["2026-06-01T08:00"],
                ("refused_recently", "2026-08-03T08:00"),
            ),
        ):
            with self.subTest(name):
                self._assert_next(now, FRANCE, attempts, refusals, expected)

    def test_no_limit_is_none(self):
        free = FRANCE._replace(max_attempts=0, refusal_days=0)
        moments = ["2026-06-01T08:00"] * 50

        self._assert_next("2026-06-01T08:30", free, moments, moments, None)

    def test_profiles_that_cannot_be_followed_are_refused(self):
        for code, values in (
            ("no_day", {"weekdays": frozenset()}),
            ("no_slot", {"slots": ()}),
            ("bad_slot", {"slots": ((600, 600),)}),
            ("bad_slot", {"slots": ((780, 600),)}),
            ("bad_slot", {"slots": ((-1, 600),)}),
            ("bad_slot", {"slots": ((600, 1441),)}),
            ("overlap", {"slots": ((600, 780), (779, 800))}),
            ("overlap", {"slots": ((840, 900), (600, 1200))}),
            ("bad_holiday", {"fixed_days": frozenset({(2, 30)})}),
            ("bad_holiday", {"fixed_days": frozenset({(13, 1)})}),
            ("bad_holiday", {"easter_days": frozenset({251})}),
            ("too_many_holidays", {"easter_days": frozenset(range(48))}),
            ("bad_limit", {"max_attempts": -1}),
            ("bad_limit", {"window_days": 0}),
            ("bad_limit", {"refusal_days": -1}),
        ):
            with self.subTest(f"{code} {values}"), self.assertRaisesRegex(ValueError, f"^{code}$"):
                check(FRANCE._replace(**values))

    def test_limits_that_are_just_allowed(self):
        for values in (
            {},
            {"slots": ((0, 1440),)},
            {"fixed_days": frozenset({(2, 29)})},
            {"easter_days": frozenset(range(42))},  # 50 in all
            {"max_attempts": 0, "window_days": 0},
        ):
            with self.subTest(values):
                self.assertIsNone(check(FRANCE._replace(**values)))

    def test_a_profile_whose_every_day_is_a_holiday_never_opens(self):
        days = {date(2024, 1, 1).fromordinal(ordinal) for ordinal in range(738886, 739252)}
        closed = FRANCE._replace(fixed_days=frozenset((day.month, day.day) for day in days))

        with self.assertRaisesRegex(ValueError, "never_open"):
            get_next_opening(at("2026-06-01T08:00"), closed)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(calling_hours).failed, 0)

    def _assert_next(self, now, profile, attempts, refusals, expected):
        found = get_next_moment(
            at(now), profile, [at(moment) for moment in attempts], [at(day) for day in refusals]
        )
        self.assertEqual(found, expected and (expected[0], at(expected[1])))
