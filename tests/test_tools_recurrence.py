# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from bisect import bisect_left
from datetime import date, datetime, time, timedelta, timezone
from itertools import accumulate, pairwise, product
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ..tools import recurrence
from ..tools.recurrence import Period, Plan, Rule, Skipped, check, next_due, plan, upcoming

PARIS = "Europe/Paris"
NEW_YORK = "America/New_York"
KOLKATA = "Asia/Kolkata"
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def at(text):
    return datetime.fromisoformat(text) if text else None


def on(text):
    return date.fromisoformat(text)


def rule(start, unit="days", interval=1, weekdays="", **values):
    """Make a rule, at midnight in UTC; weekdays are digits, 0 = Monday."""
    made = Rule(on(start), None, interval, unit, frozenset(map(int, weekdays)), 0, "UTC")
    return made._replace(**values)


def period(start, end=None):
    return Period(on(start), end and on(end))


@tagged("post_install", "-at_install")
class TestRecurrence(BaseCase):
    # === DAYS === #
    def _assert_cases(self, cases):
        """Compare moments with those of texts.

        A text reads ``due due``, or ``after > due due`` to ask for those after a moment; it closes
        with ``end`` where no other one follows.
        """
        for name, tested, text in cases:
            after, _sign, expected = text.rpartition(">")
            moments = [at(word) for word in expected.split() if word != "end"]
            count = len(moments) + expected.endswith("end")
            with self.subTest(name):
                self.assertEqual(upcoming(tested, at(after.strip()), count), moments)
                first = moments[0] if moments else None
                self.assertEqual(next_due(tested, at(after.strip())), first)

    def test_days(self):
        # 2026-09-01 is a Tuesday.
        daily, third = rule("2026-09-01"), rule("2026-09-01", interval=3)
        some = "2026-09-01 2026-09-04 2026-09-07 2026-09-10 2026-09-16 2026-09-22"
        self._assert_cases(
            [
                ("every day", daily, "2026-09-01 2026-09-02 2026-09-03"),
                ("long before the start", daily, "2020-01-01 > 2026-09-01 2026-09-02"),
                ("at a due moment", daily, "2026-09-02 > 2026-09-03"),
                ("just before it", daily, "2026-09-01T23:59:59 > 2026-09-02"),
                ("over the end of a year", daily, "2026-12-30 > 2026-12-31 2027-01-01"),
                ("every 3 days", third, "2026-09-01 2026-09-04 2026-09-07"),
                ("between two", third, "2026-09-02T08:00 > 2026-09-04"),
                ("weekdays", rule("2026-09-05", weekdays="01234"), "2026-09-07 2026-09-08"),
                ("both", rule("2026-09-01", interval=3, weekdays="01234"), some),
                ("for 30 years", rule("1996-01-01", interval=3), "2026-09-01 > 2026-09-02"),
            ]
        )

    def test_weeks(self):
        # 2026-09-02 is a Wednesday, 2026-12-31 a Thursday of week 53.
        fortnight = rule("2026-09-02", "weeks", 2, "03")
        sunday = rule("2026-09-06", "weeks", 2, "06")
        mondays_and_thursdays = "2026-09-03 2026-09-14 2026-09-17 2026-09-28"
        self._assert_cases(
            [
                ("every week", rule("2026-09-02", "weeks"), "2026-09-02 2026-09-09"),
                ("none before the start", fortnight, mondays_and_thursdays),
                ("in the week between", fortnight, "2026-09-07 > 2026-09-14 2026-09-17"),
                ("amid a week", fortnight, "2026-09-16T12:00 > 2026-09-17 2026-09-28"),
                ("Sunday ends a week", sunday, "2026-09-06 2026-09-14 2026-09-20"),
                ("over week 53", rule("2026-12-31", "weeks", 2), "2026-12-31 2027-01-14"),
                ("for 30 years", rule("1996-09-02", "weeks", 2), "2026-09-01 > 2026-09-07"),
            ]
        )

    def test_months(self):
        last, quarter = rule("2027-01-31", "months"), rule("2027-11-30", "months", 3)
        leap = "2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29"
        self._assert_cases(
            [
                ("on the 15th", rule("2026-09-15", "months"), "2026-09-15 2026-10-15"),
                ("on the 31st", last, "2027-01-31 2027-02-28 2027-03-31 2027-04-30"),
                ("asked in a short month", last, "2027-02-28 > 2027-03-31 2027-04-30"),
                ("in a leap year", last, "2028-01-31 > 2028-02-29 2028-03-31"),
                ("on the 30th", quarter, "2027-11-30 2028-02-29 2028-05-30"),
                ("on 29 February", rule("2028-02-29", "months", 12), leap),
                ("over a year's end", rule("2026-11-05", "months", 2), "2026-11-05 2027-01-05"),
                ("weekdays say nothing", rule("2026-09-15", "months", 1, "6"), "2026-09-15"),
                ("for 30 years", rule("1996-01-31", "months"), "2026-02-27 > 2026-02-28"),
            ]
        )

    def test_the_end_is_included(self):
        noon = rule("2026-09-01", end=on("2026-09-03"), minutes=720)
        months = rule("2026-08-31", "months", end=on("2026-09-30"))
        single = rule("2026-09-01", end=on("2026-09-01"))
        ages = rule("2026-09-01", end=date.max, zone=NEW_YORK, minutes=1439)
        # At 10:00 in Auckland (+12), it is 22:00 on the day before in UTC.
        auckland = single._replace(end=on("2026-09-02"), zone="Pacific/Auckland", minutes=600)
        self._assert_cases(
            [
                ("days", noon, "2026-09-01T12:00 > 2026-09-02T12:00 2026-09-03T12:00 end"),
                ("over", noon, "2026-09-03T12:00 > end"),
                ("a single day", single, "2026-09-01 end"),
                ("months", months, "2026-08-31 2026-09-30 end"),
                ("of the calendar", ages, "9999-12-30 > 9999-12-30T04:59 9999-12-31T04:59 end"),
                ("of the time zone", auckland, "2026-08-31T22:00 2026-09-01T22:00 end"),
            ]
        )

    def test_three_months_on_and_three_off(self):
        seasons = (period("2026-07-01", "2026-09-30"), period("2026-01-01", "2026-03-31"))
        monthly = rule("2026-01-15", "months", periods=seasons)
        first, second = "2026-01-15 2026-02-15 2026-03-15", "2026-07-15 2026-08-15 2026-09-15"
        self._assert_cases(
            [
                ("all", monthly, f"{first} {second} end"),
                ("asked in between", monthly, f"2026-05-01 > {second} end"),
                ("over", monthly, "2026-09-15 > end"),
            ]
        )

    def test_periods(self):
        in_common = (
            period("2026-09-05", "2026-09-06"),
            period("2026-09-01", "2026-09-02"),
            period("2026-09-06", "2026-09-07"),
        )
        within = (period("2026-09-01", "2026-09-10"), period("2026-09-02", "2026-09-03"))
        third = rule("2026-09-01", interval=3, periods=within)
        mixed = rule("2026-09-01", periods=in_common)
        late = rule("2026-09-07", "weeks", 2, periods=(period("2026-09-14"),))
        wide = rule("2026-09-01", end=on("2026-09-02"), periods=(period("2020-01-01"),))
        self._assert_cases(
            [
                (
                    "a day in common",
                    mixed,
                    "2026-09-01 2026-09-02 2026-09-05 2026-09-06 2026-09-07 end",
                ),
                ("one within another", third, "2026-09-01 2026-09-04 2026-09-07 2026-09-10 end"),
                ("counted from the start of the rule", late, "2026-09-21 2026-10-05"),
                ("without an end, wider than the rule", wide, "2026-09-01 2026-09-02 end"),
            ]
        )

    # === TIME OF THE DAY === #
    def test_time_zones(self):
        monday = rule("2026-09-07", "weeks", zone=KOLKATA, minutes=15)
        evening = rule("2026-09-30", "months", zone=NEW_YORK, minutes=21 * 60)
        self._assert_cases(
            [
                ("Sunday in UTC", monday, "2026-09-06T18:45 2026-09-13T18:45"),
                ("Monday in UTC", monday, "2026-09-07T00:00 > 2026-09-13T18:45"),
                ("next month in UTC", evening, "2026-10-01T01:00 2026-10-31T01:00"),
                ("winter", evening, "2026-10-31T01:00 > 2026-12-01T02:00 2026-12-31T02:00"),
            ]
        )

    def test_times_that_a_clock_change_swallows(self):
        paris = rule("2027-03-27", zone=PARIS, minutes=150)
        new_york = rule("2027-03-13", zone=NEW_YORK, minutes=150)
        beirut = rule("2027-03-27", zone="Asia/Beirut", minutes=15)
        self._assert_cases(
            [
                ("2:30 is 3:00", paris, "2027-03-27T01:30 2027-03-28T01:00 2027-03-29T00:30"),
                ("2:30 is 3:00", new_york, "2027-03-13T07:30 2027-03-14T07:00 2027-03-15T06:30"),
                ("0:15 is 1:00", beirut, "2027-03-26T22:15 2027-03-27T22:00 2027-03-28T21:15"),
            ]
        )

    def test_a_day_that_a_zone_left_out_has_no_moment(self):
        # Samoa went from 29 to 31 December 2011.
        samoa = rule("2011-12-29", zone="Pacific/Apia")
        self._assert_cases(
            [
                ("midnight", samoa, "2011-12-29T10:00 2011-12-30T10:00 2011-12-31T10:00"),
                ("noon", samoa._replace(minutes=720), "2011-12-29T22:00 2011-12-30T22:00"),
            ]
        )

    def test_times_that_come_twice_count_when_they_come_first(self):
        paris = rule("2026-10-24", zone=PARIS, minutes=150)
        new_york = rule("2026-10-31", zone=NEW_YORK, minutes=90)
        self._assert_cases(
            [
                ("Paris", paris, "2026-10-24T00:30 2026-10-25T00:30 2026-10-26T01:30"),
                ("between both", paris, "2026-10-25T01:00 > 2026-10-26T01:30"),
                ("at the second", paris, "2026-10-25T01:30 > 2026-10-26T01:30"),
                ("New York", new_york, "2026-10-31T05:30 2026-11-01T05:30 2026-11-02T06:30"),
            ]
        )

    # === RULES === #
    def test_rules_that_are_refused(self):
        daily = rule("2026-09-01")
        tuesday, monday = rule("2026-09-01", interval=7), frozenset({0})
        past, backwards = period("2026-08-01", "2026-08-31"), period("2026-09-02", "2026-09-01")
        for code, refused in (
            ("no interval", daily._replace(interval=0)),
            ("no such unit", daily._replace(unit="years")),
            ("no such day", daily._replace(weekdays=frozenset({7}))),
            ("no such hour", daily._replace(minutes=1440)),
            ("no such hour", daily._replace(minutes=-1)),
            ("ends before it starts", daily._replace(end=on("2026-08-31"))),
            ("period ends before it starts", daily._replace(periods=(past, backwards))),
            ("never due", daily._replace(periods=(past,))),
            ("never due", tuesday._replace(weekdays=monday)),
            ("never due", rule("2026-09-01", "weeks", 1, "0", end=on("2026-09-06"))),
            ("never due", rule("2011-12-30", end=on("2011-12-30"), zone="Pacific/Apia")),
        ):
            with self.subTest(code), self.assertRaises(ValueError) as refusal:
                check(refused)
            self.assertEqual(str(refusal.exception), code)

    def test_rules_that_are_never_due_have_no_moment(self):
        never = rule("2026-09-01", interval=7, weekdays="0")

        self.assertIsNone(next_due(never, None))
        self.assertIsNone(next_due(never, at("2030-01-01")))
        self.assertEqual(upcoming(never, None, 3), [])

    def test_rules_that_make_sense(self):
        for name, accepted in (
            ("a single moment", rule("2026-09-01", end=on("2026-09-01"))),
            ("weekdays that meet at last", rule("2026-09-01", interval=8, weekdays="0")),
            ("last minute of the day", rule("2026-09-01", minutes=1439, zone=NEW_YORK)),
            ("the first days", rule("0001-01-01", zone=KOLKATA)),
            ("out of reach of a second moment", rule("2026-09-01", "months", 100000)),
        ):
            with self.subTest(name):
                self.assertIsNone(check(accepted))

    # === CATCHING UP === #
    def _assert_plans(self, tested, cases):
        """Compare what happens to moments that may be two hours late."""
        for name, due, now, run, skipped, coming in cases:
            with self.subTest(name):
                skipped = skipped and Skipped(at(skipped[0]), at(skipped[1]), skipped[2])
                self.assertEqual(
                    plan(tested, at(due), at(now), timedelta(hours=2)),
                    Plan(at(run), skipped, at(coming)),
                )

    def test_a_moment_runs_once_unless_it_is_too_old(self):
        daily = rule("2026-09-01", minutes=480)
        first, second, third = "2026-09-01T08:00", "2026-09-02T08:00", "2026-09-03T08:00"
        old = "2026-09-01T07:00"
        self._assert_plans(
            daily,
            [
                ("not due yet", second, "2026-09-01T07:00", None, None, second),
                ("on time", first, "2026-09-01T08:00", first, None, second),
                ("seconds late", first, "2026-09-01T08:00:07", first, None, second),
                ("late", first, "2026-09-01T09:30", first, None, second),
                ("exactly at the delay", first, "2026-09-01T10:00", first, None, second),
                ("too late", first, "2026-09-01T10:00:01", None, (first, first, 1), second),
                ("two, one runs", first, "2026-09-02T09:00", second, (first, first, 1), third),
                ("two, none runs", first, "2026-09-02T11:00", None, (first, second, 2), third),
                ("no longer in the rule", old, "2026-09-01T07:30", old, None, first),
            ],
        )

    def test_moments_that_were_missed_at_the_end(self):
        daily = rule("2026-09-01", end=on("2026-09-05"), minutes=480)
        first, fourth, last = "2026-09-01T08:00", "2026-09-04T08:00", "2026-09-05T08:00"
        self._assert_plans(
            daily,
            [
                ("on time", last, "2026-09-05T08:00", last, None, None),
                ("the last one runs", first, "2026-09-05T08:30", last, (first, fourth, 4), None),
                ("it is too late", last, "2026-09-30T08:00", None, (last, last, 1), None),
                ("all are too late", first, "2026-09-30T08:00", None, (first, last, 5), None),
            ],
        )

    def test_plan_after_a_year(self):
        daily = rule("1996-09-01", minutes=480, zone=PARIS)

        year = plan(daily, at("2025-09-02T06:00"), at("2026-09-02T06:30"), timedelta(hours=1))

        self.assertEqual(year.run, at("2026-09-02T06:00"))
        skipped = Skipped(at("2025-09-02T06:00"), at("2026-09-01T06:00"), 365)
        self.assertEqual(year.skipped, skipped)
        self.assertEqual(year.next_due, at("2026-09-03T06:00"))

    # === GUARANTEES === #
    def test_moments_increase_and_do_not_depend_on_where_one_asks_from(self):
        for tested in _iterate_rules():
            with self.subTest(tested):
                moments = upcoming(tested, None, 30)
                steps = [next_due(tested, moment) for moment in moments]
                just_before = [next_due(tested, moment - SECOND) for moment in moments]

                self.assertTrue(all(one < two for one, two in pairwise(moments)))
                self.assertEqual(steps[:-1], moments[1:])
                self.assertEqual(just_before, moments)

    def test_two_years_day_by_day(self):
        clocks = {zone: _read_clock(zone) for zone in ("UTC", PARIS, NEW_YORK)}
        start, end = on("2027-01-01"), on("2028-12-31")
        days = [start + DAY * number for number in range((end - start).days + 1)]
        for tested in _iterate_rules():
            tested = tested._replace(end=min(tested.end or end, end))
            with self.subTest(tested):
                expected = [
                    _wait_for(clocks[tested.zone], day, tested.minutes)
                    for day in days
                    if _is_due(tested, day)
                ]
                self.assertEqual(upcoming(tested, None, 1000), expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(recurrence).failed, 0)


# === A CALENDAR LEAFED THROUGH === #
def _iterate_rules():
    """Give rules of all kinds, from 2027 on."""
    quarters = (
        period("2027-10-01", "2028-02-29"),
        period("2027-02-01", "2027-04-30"),
        period("2027-04-15", "2027-05-05"),
        period("2028-07-15"),
    )
    starts = (on("2027-01-01"), on("2027-01-31"), on("2027-03-24"))
    clocks = (("UTC", 0), (PARIS, 150), (NEW_YORK, 90), (NEW_YORK, 1425))
    grid = product(
        ("days", "weeks", "months"), (1, 2, 3, 7), ("", "0", "135"), starts, ((), quarters)
    )
    for number, (unit, interval, weekdays, start, parts) in enumerate(grid):
        zone, minutes = clocks[number // 2 % len(clocks)]
        end = on("2028-09-30") if number % 3 else None
        made = rule(str(start), unit, interval, weekdays, end=end)
        yield made._replace(zone=zone, minutes=minutes, periods=parts)


def _is_due(tested, day):
    """Tell whether a day is due, from the words of the rule."""
    if not (tested.start <= day <= tested.end):
        return False
    inside = [part.start <= day <= (part.end or day) for part in tested.periods]
    return (any(inside) or not inside) and {
        "days": _is_due_by_days,
        "weeks": _is_due_by_weeks,
        "months": _is_due_by_months,
    }[tested.unit](tested, day)


def _is_due_by_days(tested, day):
    wanted = tested.weekdays or range(7)
    return (day - tested.start).days % tested.interval == 0 and day.weekday() in wanted


def _is_due_by_weeks(tested, day):
    wanted = tested.weekdays or {tested.start.weekday()}
    mondays = [one - DAY * one.weekday() for one in (tested.start, day)]
    return (mondays[1] - mondays[0]).days // 7 % tested.interval == 0 and day.weekday() in wanted


def _is_due_by_months(tested, day):
    months = 12 * (day.year - tested.start.year) + day.month - tested.start.month
    last_of_short_month = day.day < tested.start.day and (day + DAY).day == 1
    return months % tested.interval == 0 and (day.day == tested.start.day or last_of_short_month)


def _read_clock(zone):
    """Read a clock on the wall every quarter of an hour: moments, and the latest time shown."""
    quarters = range(4 * 24 * 735)
    moments = [at("2026-12-30") + timedelta(minutes=15) * number for number in quarters]
    aware = (moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)) for moment in moments)
    return moments, list(accumulate((moment.replace(tzinfo=None) for moment in aware), max))


def _wait_for(clock, day, minutes):
    """Give the moment of a clock that first shows a time of a day, or a later one."""
    moments, shown = clock
    return moments[bisect_left(shown, datetime.combine(day, time.min) + timedelta(minutes=minutes))]
