# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import CrmCampaignCase

NOON_31_MARCH = "2026-03-31 12:00:00"
NOON_29_FEBRUARY = "2028-02-29 12:00:00"
DATE = "birthdate_date"
# A moment on partners that nothing computes; no matter what it is for.
MOMENT = "calendar_last_notif_ack"


@tagged("post_install", "-at_install")
class TestRelativeDates(CrmCampaignCase):
    """What the server makes of the bounds that the criteria editor stores (relative-dates.md)."""

    def _find(self, partners, field, bounds, path=None):
        """Store a range as the editor does, on a target of these people; give who is found."""
        left, right = bounds
        rule = f'["&", ("{field}", ">=", "{left}"), ("{field}", "<", "{right}")]'
        if path:
            rule = f'[("{path}", "any", {rule})]'
        target = self._create_target(domain=f'["&", ("id", "in", {partners.ids}), {rule[1:]}')
        query = target._get_query(user=self.marketer)
        return self.env["res.partner"].browse(query.get_result_ids())

    def assertDays(self, bounds, first, last):
        """Check that a range of dates begins and ends exactly there."""
        day = timedelta(days=1)
        first, last = date.fromisoformat(first), date.fromisoformat(last)
        days = sorted({first - day, first, last, last + day})
        partners = self._create_partners(len(days))
        for partner, birthdate in zip(partners, days, strict=True):
            partner[DATE] = birthdate

        found = self._find(partners, DATE, bounds)

        self.assertEqual(set(found.mapped(DATE)), {first, last})

    def assertMoments(self, bounds, first, last):
        """Check that a range of moments (UTC) begins and ends exactly there, to the second."""
        second = timedelta(seconds=1)
        first, last = (fields.Datetime.to_datetime(moment) for moment in (first, last))
        moments = [first - second, first, last, last + second]
        partners = self._create_partners(len(moments))
        for partner, moment in zip(partners, moments, strict=True):
            partner[MOMENT] = moment

        found = self._find(partners, MOMENT, bounds)

        self.assertEqual(set(found.mapped(MOMENT)), {first, last})

    @freeze_time(NOON_31_MARCH)
    def test_days(self):
        for name, bounds, first, last in (
            ("today", ("today", "today +1d"), "2026-03-31", "2026-03-31"),
            ("1 day ago", ("today -1d", "today -0d"), "2026-03-30", "2026-03-30"),
            ("5 days ago", ("today -5d", "today -4d"), "2026-03-26", "2026-03-26"),
            ("in 1 day", ("today +1d", "today +2d"), "2026-04-01", "2026-04-01"),
            ("in 5 days", ("today +5d", "today +6d"), "2026-04-05", "2026-04-05"),
            ("2 weeks ago", ("today -2w", "today -2w +1d"), "2026-03-17", "2026-03-17"),
            ("in 2 weeks", ("today +2w", "today +2w +1d"), "2026-04-14", "2026-04-14"),
        ):
            with self.subTest(name):
                self.assertDays(bounds, first, last)

    @freeze_time(NOON_31_MARCH)
    def test_ranges_of_days(self):
        for name, bounds, first, last in (
            ("30 to 60 days ago", ("today -60d", "today -29d"), "2026-01-30", "2026-03-01"),
            ("1 to 7 days ago", ("today -7d", "today -0d"), "2026-03-24", "2026-03-30"),
            ("0 to 7 days ago", ("today -7d", "today +1d"), "2026-03-24", "2026-03-31"),
            ("in 30 to 60 days", ("today +30d", "today +61d"), "2026-04-30", "2026-05-30"),
            ("in 0 to 7 days", ("today +0d", "today +8d"), "2026-03-31", "2026-04-07"),
            ("last 7 days", ("today -7d", "today"), "2026-03-24", "2026-03-30"),
            ("next 7 days", ("today", "today +7d"), "2026-03-31", "2026-04-06"),
        ):
            with self.subTest(name):
                self.assertDays(bounds, first, last)

    def test_months_ago_from_a_day_that_the_month_has_not(self):
        for name, now, bounds, day in (
            ("March", NOON_31_MARCH, ("today -1m", "today -1m +1d"), "2026-02-28"),
            ("leap", "2028-03-31 12:00:00", ("today -1m", "today -1m +1d"), "2028-02-29"),
            ("year", NOON_29_FEBRUARY, ("today -12m", "today -12m +1d"), "2027-02-28"),
            ("in 1", "2026-01-31 12:00:00", ("today +1m", "today +1m +1d"), "2026-02-28"),
            ("in 12", NOON_29_FEBRUARY, ("today +12m", "today +12m +1d"), "2029-02-28"),
        ):
            with self.subTest(name), freeze_time(now):
                self.assertDays(bounds, day, day)

    def test_calendar_months(self):
        last = ("today =1d -1m", "today =1d")
        this = ("today =1d", "today =1d +1m")
        following = ("today =1d +1m", "today =1d +2m")
        year = ("today =1d -12m", "today =1d")
        for name, now, bounds, first_day, last_day in (
            ("last", NOON_31_MARCH, last, "2026-02-01", "2026-02-28"),
            ("this", NOON_31_MARCH, this, "2026-03-01", "2026-03-31"),
            ("next", NOON_31_MARCH, following, "2026-04-01", "2026-04-30"),
            ("last 12", NOON_31_MARCH, year, "2025-03-01", "2026-02-28"),
            ("last of leap", NOON_29_FEBRUARY, last, "2028-01-01", "2028-01-31"),
            ("this of leap", NOON_29_FEBRUARY, this, "2028-02-01", "2028-02-29"),
            ("next of leap", NOON_29_FEBRUARY, following, "2028-03-01", "2028-03-31"),
            ("next of January", "2026-01-31 12:00:00", following, "2026-02-01", "2026-02-28"),
        ):
            with self.subTest(name), freeze_time(now):
                self.assertDays(bounds, first_day, last_day)

    def test_calendar_years(self):
        last = ("today =1m =1d -1y", "today =1m =1d")
        this = ("today =1m =1d", "today =1m =1d +1y")
        following = ("today =1m =1d +1y", "today =1m =1d +2y")
        for name, now, bounds, first_day, last_day in (
            ("last", NOON_31_MARCH, last, "2025-01-01", "2025-12-31"),
            ("this", NOON_31_MARCH, this, "2026-01-01", "2026-12-31"),
            ("next", NOON_31_MARCH, following, "2027-01-01", "2027-12-31"),
            ("last of leap", NOON_29_FEBRUARY, last, "2027-01-01", "2027-12-31"),
            ("this of leap", NOON_29_FEBRUARY, this, "2028-01-01", "2028-12-31"),
        ):
            with self.subTest(name), freeze_time(now):
                self.assertDays(bounds, first_day, last_day)

    @freeze_time(NOON_31_MARCH)
    def test_periods_to_date(self):
        self.assertDays(("today =1d", "today +1d"), "2026-03-01", "2026-03-31")
        self.assertDays(("today =1m =1d", "today +1d"), "2026-01-01", "2026-03-31")

    def test_weeks_begin_on_monday_whatever_the_language_says(self):
        language = self.env.ref("base.lang_en")
        for week_start in ("1", "6", "7"):
            language.week_start = week_start
            for day in range(16, 23):
                now = f"2026-03-{day} 12:00:00"
                with self.subTest(week_start=week_start, day=day), freeze_time(now):
                    self.assertDays(
                        ("today -monday -1w", "today -monday"), "2026-03-09", "2026-03-15"
                    )
                    self.assertDays(
                        ("today -monday", "today -monday +1w"), "2026-03-16", "2026-03-22"
                    )
                    self.assertDays(
                        ("today -monday +1w", "today -monday +2w"), "2026-03-23", "2026-03-29"
                    )

    @freeze_time("2026-06-15 22:30:00")
    def test_days_are_those_of_the_user(self):
        bounds = ("today -5d", "today -4d")

        self.marketer.tz = "Europe/Paris"  # half past midnight of the 16th
        self.assertDays(bounds, "2026-06-11", "2026-06-11")
        self.assertMoments(bounds, "2026-06-10 22:00:00", "2026-06-11 21:59:59")

        self.marketer.tz = "UTC"
        self.assertDays(bounds, "2026-06-10", "2026-06-10")
        self.assertMoments(bounds, "2026-06-10 00:00:00", "2026-06-10 23:59:59")

    def test_days_on_which_the_hour_changes(self):
        self.marketer.tz = "Europe/Paris"
        spring = ("2026-03-28 23:00:00", "2026-03-29 21:59:59")  # 23 hours
        autumn = ("2026-10-24 22:00:00", "2026-10-25 22:59:59")  # 25 hours
        for name, now, bounds, moments in (
            ("on the day in spring", "2026-03-29 12:00:00", ("today", "today +1d"), spring),
            ("just after its midnight", "2026-03-28 23:00:00", ("today", "today +1d"), spring),
            ("before", "2026-03-24 12:00:00", ("today +5d", "today +6d"), spring),
            ("after", "2026-03-30 12:00:00", ("today -1d", "today -0d"), spring),
            ("on the day in autumn", "2026-10-25 12:00:00", ("today", "today +1d"), autumn),
            ("at its last second", "2026-10-25 22:59:59", ("today", "today +1d"), autumn),
            ("months before", "2026-07-25 12:00:00", ("today +3m", "today +3m +1d"), autumn),
            ("weeks after", "2026-11-08 12:00:00", ("today -2w", "today -2w +1d"), autumn),
        ):
            with self.subTest(name), freeze_time(now):
                self.assertMoments(bounds, *moments)

    @freeze_time("2026-04-15 12:00:00")
    def test_month_in_which_the_hour_changed(self):
        self.marketer.tz = "Europe/Paris"

        self.assertMoments(
            ("today =1d -1m", "today =1d"), "2026-02-28 23:00:00", "2026-03-31 21:59:59"
        )

    @freeze_time(NOON_31_MARCH)
    def test_moment_reached_through_relations(self):
        self.marketer.tz = "Europe/Paris"
        grandparent, parent, child = self._create_partners(3)
        child.parent_id, parent.parent_id = parent, grandparent
        bounds = ("today -5d", "today -4d")

        grandparent[MOMENT] = "2026-03-26 22:59:59"
        self.assertEqual(self._find(child, MOMENT, bounds, path="parent_id.parent_id"), child)

        grandparent[MOMENT] = "2026-03-26 23:00:00"
        self.assertFalse(self._find(child, MOMENT, bounds, path="parent_id.parent_id"))

    @freeze_time(NOON_31_MARCH)
    def test_one_and_the_same_related_record_is_within_both_bounds(self):
        firm, before, after = self._create_partners(3)
        (before + after).parent_id = firm
        before[DATE], after[DATE] = "2026-03-01", "2026-03-30"
        bounds = ("today -5d", "today -4d")
        self.assertFalse(self._find(firm, DATE, bounds, path="child_ids"))

        after[DATE] = "2026-03-26"

        self.assertEqual(self._find(firm, DATE, bounds, path="child_ids"), firm)

    @freeze_time(NOON_31_MARCH)
    def test_nobody_without_a_date_is_found(self):
        partners = self._create_partners(1)

        self.assertFalse(self._find(partners, DATE, ("today -36500d", "today +36501d")))

    @freeze_time(NOON_31_MARCH)
    def test_greatest_numbers_of_the_editor_are_dates(self):
        for bounds in (
            ("today +36500d", "today +36501d"),
            ("today +5200w", "today +5200w +1d"),
            ("today +1200m", "today +1200m +1d"),
        ):
            with self.subTest(bounds):
                self.assertFalse(self._find(self._create_partners(1), MOMENT, bounds))
