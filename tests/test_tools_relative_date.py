# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import BaseCase, tagged

from ..tools.relative_date import When, recognise, recognise_range


@tagged("post_install", "-at_install")
class TestToolsRelativeDate(BaseCase):
    def test_a_smart_date_alone(self):
        for text, expected in (
            ("now", When("now")),
            ("today", When("day", 0)),
            ("today -1d", When("day", -1)),
            ("today -5d", When("day", -5)),
            ("today +3w", When("day", 3, unit="week")),
            ("-2m", When("day", -2, unit="month")),
            ("now -1H", When("day", -1, unit="hour")),
            ("today +2d -2d", When("day", 0)),
            ("today =1d", When("start", 0, unit="month")),
            ("today =1d -1m", When("start", -1, unit="month")),
            ("today =week_start +1w", When("start", 1, unit="week")),
            ("today =1m =1d -1y", When("start", -1, unit="year")),
            # What has no words
            ("today -1m +3d", None),
            ("today =1d -3d", None),
            ("today =6m", None),
            ("today -1week", None),
            ("yesterday", None),
            ("2030-01-01", None),
            ("", None),
        ):
            with self.subTest(text):
                self.assertEqual(recognise(text), expected)

    def test_a_range(self):
        for name, low, high, expected in (
            ("today", "today", "today +1d", When("day", 0)),
            ("yesterday", "today -1d", "today", When("day", -1)),
            ("one day ago", "today -1d", "today -0d", When("day", -1)),
            ("days ago", "today -5d", "today -4d", When("day", -5)),
            ("in days", "today +5d", "today +6d", When("day", 5)),
            ("tomorrow", "today +1d", "today +2d", When("day", 1)),
            ("weeks ago", "today -2w", "today -2w +1d", When("day", -2, unit="week")),
            ("in months", "today +3m", "today +3m +1d", When("day", 3, unit="month")),
            ("last days", "today -30d", "today", When("last", 30)),
            ("last weeks", "today -2w", "today", When("last", 2, unit="week")),
            ("next days", "today", "today +30d", When("next", 30)),
            ("next months", "today", "today +2m", When("next", 2, unit="month")),
            ("between days ago", "today -60d", "today -29d", When("days", -60, -30)),
            ("between days to come", "today +30d", "today +61d", When("days", 30, 60)),
            ("between 1 and some days ago", "today -60d", "today -0d", When("days", -60, -1)),
            ("between today and days ago", "today -60d", "today +1d", When("days", -60, 0)),
            ("between today and days to come", "today +0d", "today +61d", When("days", 0, 60)),
            ("between tomorrow and days to come", "today +1d", "today +61d", When("days", 1, 60)),
            ("around today", "today -3d", "today +4d", When("days", -3, 3)),
            ("between months", "today -6m", "today -2m +1d", When("days", -6, -2, "month")),
            ("last month", "today =1d -1m", "today =1d", When("whole", -1, unit="month")),
            ("this month", "today =1d", "today =1d +1m", When("whole", 0, unit="month")),
            ("last year", "today =1m =1d -1y", "today =1m =1d", When("whole", -1, unit="year")),
            ("last week", "today -monday -1w", "today -monday", When("whole", -1, unit="week")),
            ("this week", "today -monday", "today -monday +1w", When("whole", 0, unit="week")),
            ("next year", "today =1m =1d +1y", "today =1m =1d +2y", When("whole", 1, unit="year")),
            ("last 12 months", "today =1d -12m", "today =1d", When("wholes", -12, -1, "month")),
            ("month to date", "today =1d", "today +1d", When("to_date", unit="month")),
            ("year to date", "today =1m =1d", "today +1d", When("to_date", unit="year")),
        ):
            with self.subTest(name):
                self.assertEqual(recognise_range(low, high), expected)

    def test_a_range_without_words(self):
        for name, low, high in (
            ("fixed", "2030-01-01", "2030-02-01"),
            ("half fixed", "today", "2030-02-01"),
            ("moments", "now -1H", "now"),
            ("units that do not compare", "today -2m", "today -3d"),
            ("two shifts", "today -2m -3d", "today -2m -2d"),
            ("from the month to the year", "today =1d", "today =1m =1d +1y"),
            ("the wrong way round", "today", "today -5d"),
            ("months the wrong way round", "today =1d", "today =1d -1m"),
            ("hours", "today -3H", "today"),
            ("nothing", "today", "today"),
        ):
            with self.subTest(name):
                self.assertIsNone(recognise_range(low, high))
