# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools import anniversary


@tagged("post_install", "-at_install")
class TestAnniversary(BaseCase):
    def test_days_to_the_next_celebration(self):
        for name, birth, today, expected in (
            ("today", date(1980, 5, 10), date(2026, 5, 10), 0),
            ("tomorrow", date(1980, 5, 10), date(2026, 5, 9), 1),
            ("yesterday, common year ahead", date(1980, 5, 10), date(2026, 5, 11), 364),
            ("yesterday, leap year ahead", date(1980, 5, 10), date(2027, 5, 11), 365),
            ("over the end of the year", date(1980, 1, 2), date(2026, 12, 31), 2),
            ("29 February, common year", date(2004, 2, 29), date(2027, 2, 28), 0),
            ("29 February, the day after", date(2004, 2, 29), date(2027, 3, 1), 365),
            ("29 February, leap year", date(2004, 2, 29), date(2028, 2, 28), 1),
            ("born today", date(2026, 5, 10), date(2026, 5, 10), 0),
        ):
            with self.subTest(name):
                self.assertEqual(anniversary.count_days_to(birth, today), expected)

    def test_births_celebrated_on_a_day(self):
        for name, day, expected in (
            ("plain day", date(2026, 12, 3), {1203}),
            ("28 February, common year", date(2027, 2, 28), {228, 229}),
            ("28 February, leap year", date(2028, 2, 28), {228}),
            ("29 February", date(2028, 2, 29), {229}),
            ("1 March, common year", date(2027, 3, 1), {301}),
            ("century that is no leap year", date(2100, 2, 28), {228, 229}),
        ):
            with self.subTest(name):
                self.assertEqual(anniversary.get_codes([day]), expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(anniversary).failed, 0)
