# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .common import CrmCampaignCase

DEADLINE = "opportunity_ids.date_deadline"


@tagged("post_install", "-at_install")
class TestTargetWordsDates(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.target = cls._create_target()

    def assertWords(self, *table):
        """Compare ``(domain, words)`` pairs."""
        for domain, expected in table:
            with self.subTest(expected):
                self.assertEqual(self.target._describe_domain(domain), expected)

    def test_fixed_dates(self):
        self.marketer.tz = "Europe/Paris"
        self.target = self.target.with_context(tz="Europe/Paris")
        self.assertWords(
            ([(DEADLINE, "=", "2030-01-31")], "Opportunities › Expected Closing is 01/31/2030"),
            ([("create_date", "<", "2030-01-31")], "Created on is before 01/31/2030"),
            (
                [("create_date", ">=", "2030-01-31 09:30:00")],
                "Created on is since 01/31/2030 10:30:00 AM",
            ),
            (
                [("create_date", ">=", "2030-01-01"), ("create_date", "<=", "2030-01-31")],
                "Created on is between 01/01/2030 and 01/31/2030",
            ),
            ([("create_date.month_number", "=", 3)], "Created on › month is 3"),
        )

    def test_dates_in_relation_to_today(self):
        for low, high, expected in (
            ("today", "today +1d", "today"),
            ("today -1d", "today -0d", "yesterday"),
            ("today -5d", "today -4d", "5 days ago"),
            ("today -1w", "today -1w +1d", "1 week ago"),
            ("today -2m", "today -2m +1d", "2 months ago"),
            ("today +1d", "today +2d", "tomorrow"),
            ("today +5d", "today +6d", "in 5 days"),
            ("today +3w", "today +3w +1d", "in 3 weeks"),
            ("today +1m", "today +1m +1d", "in 1 month"),
            ("today -60d", "today -29d", "between 30 and 60 days ago"),
            ("today -60d", "today -0d", "between 1 and 60 days ago"),
            ("today -60d", "today +1d", "between 60 days ago and today"),
            ("today +30d", "today +61d", "in 30 to 60 days"),
            ("today +0d", "today +61d", "between today and in 60 days"),
            ("today -30d", "today", "in the last 30 days"),
            ("today", "today +30d", "in the next 30 days"),
            ("today -monday -1w", "today -monday", "last week"),
            ("today -monday", "today -monday +1w", "this week"),
            ("today -monday +1w", "today -monday +2w", "next week"),
            ("today =1d -1m", "today =1d", "last month"),
            ("today =1d", "today =1d +1m", "this month"),
            ("today =1d +1m", "today =1d +2m", "next month"),
            ("today =1m =1d -1y", "today =1m =1d", "last year"),
            ("today =1m =1d", "today =1m =1d +1y", "this year"),
            ("today =1m =1d +1y", "today =1m =1d +2y", "next year"),
            ("today =1d", "today +1d", "this month, up to today"),
            ("today =1m =1d", "today +1d", "this year, up to today"),
            ("today =1d -12m", "today =1d", "in the last 12 whole months"),
        ):
            self.assertWords(
                (
                    [("create_date", ">=", low), ("create_date", "<", high)],
                    f"Created on is {expected}",
                )
            )

    def test_a_range_keeps_its_place_among_other_conditions(self):
        low, high = ("create_date", ">=", "today -5d"), ("create_date", "<", "today -4d")
        gold = ("ref", "=", "gold")
        self.assertWords(
            ([gold, low, high], "Reference is “gold” and Created on is 5 days ago"),
            (["|", gold, "&", low, high], "Reference is “gold” or Created on is 5 days ago"),
            (
                ["|", gold, "!", "&", low, high],
                "Reference is “gold” or not (Created on is 5 days ago)",
            ),
            (["!", "&", low, high], "not (Created on is 5 days ago)"),
            ([("user_id", "any", [low, high])], "Salesperson › Created on is 5 days ago"),
        )

    def test_bounds_that_different_records_may_meet_are_no_range(self):
        self.assertWords(
            (
                [(DEADLINE, ">=", "today -5d"), (DEADLINE, "<", "today -4d")],
                "Opportunities › Expected Closing is since 5 days ago and "
                "Opportunities › Expected Closing is before 4 days ago",
            ),
            (
                [
                    (
                        "opportunity_ids",
                        "any",
                        [("date_deadline", ">=", "today -5d"), ("date_deadline", "<", "today -4d")],
                    )
                ],
                "Opportunities › Expected Closing is 5 days ago",
            ),
        )

    def test_one_bound_in_relation_to_today(self):
        self.assertWords(
            ([("create_date", ">=", "today -7d")], "Created on is since 7 days ago"),
            ([("create_date", "<", "-1H")], "Created on is before 1 hour ago"),
            ([(DEADLINE, "<=", "today")], "Opportunities › Expected Closing is until today"),
            ([(DEADLINE, ">", "today +1d")], "Opportunities › Expected Closing is after tomorrow"),
            ([("create_date", ">=", "today =1d")], "Created on is since the start of this month"),
            (
                [("create_date", "<", "today =1d -3m")],
                "Created on is before the start of the month, 3 months ago",
            ),
        )

    def test_the_beginning_of_a_day_belongs_to_what_comes_after(self):
        self.assertWords(
            ([("create_date", ">", "today")], "Created on is since today"),
            ([("create_date", "<=", "2030-01-31")], "Created on is before 01/31/2030"),
        )
