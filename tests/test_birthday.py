# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestBirthday(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, birth in (
            ("New Year", "1980-01-01"),
            ("Leap", "2004-02-29"),
            ("Eve", "1975-02-28"),
            ("March", "1990-03-01"),
            ("Christmas", "1960-12-25"),
            ("Unknown", False),
        ):
            cls._create_partner(name, birthdate_date=birth)

    def _names(self, *leaf, user=None):
        target = self._create_target(domain=repr([("category_id", "in", self.tag.ids), leaf]))
        people = target._get_query(user)
        return sorted(self.env["res.partner"].browse(people.get_result_ids()).mapped("name"))

    def test_birthday_in_some_days(self):
        for name, today, leaf, expected in (
            ("in 30 days", "2026-12-02", ("days_to_birthday", "=", 30), ["New Year"]),
            ("today", "2026-12-25", ("days_to_birthday", "=", 0), ["Christmas"]),
            ("29 February, common", "2027-02-28", ("days_to_birthday", "=", 0), ["Eve", "Leap"]),
            ("29 February, leap", "2028-02-29", ("days_to_birthday", "=", 0), ["Leap"]),
            ("28 February, leap", "2028-02-28", ("days_to_birthday", "=", 0), ["Eve"]),
            (
                "within, over New Year",
                "2026-12-20",
                ("days_to_birthday", "<=", 12),
                ["Christmas", "New Year"],
            ),
            ("less than", "2026-12-20", ("days_to_birthday", "<", 12), ["Christmas"]),
            ("at least", "2026-12-26", ("days_to_birthday", ">=", 364), ["Christmas"]),
            (
                "several",
                "2026-12-25",
                ("days_to_birthday", "in", [0, 7]),
                ["Christmas", "New Year"],
            ),
            (
                "neither",
                "2026-12-25",
                ("days_to_birthday", "not in", [0, 7]),
                ["Eve", "Leap", "March", "Unknown"],
            ),
            ("nonsense", "2026-12-25", ("days_to_birthday", "=", 400), []),
        ):
            with self.subTest(name), freeze_time(f"{today} 12:00:00"):
                self.assertEqual(self._names(*leaf), expected)

    def test_birthday_in_a_period(self):
        for period, today, expected in (
            ("today", "2026-12-25", ["Christmas"]),
            ("tomorrow", "2026-12-31", ["New Year"]),
            ("this_month", "2026-02-10", ["Eve", "Leap"]),
            ("next_month", "2026-12-10", ["New Year"]),
            # 25 December 2026 is a Friday.
            ("this_week", "2026-12-21", ["Christmas"]),
            ("this_week", "2026-12-28", ["New Year"]),
            ("next_week", "2026-12-20", ["Christmas"]),
        ):
            with self.subTest(period, today=today), freeze_time(f"{today} 12:00:00"):
                self.assertEqual(self._names("birthday_period", "=", period), expected)

    def test_today_is_the_day_of_the_user(self):
        self.marketer.tz = "Pacific/Auckland"
        # 12:30 UTC on the 24th is past midnight in New Zealand.
        with freeze_time("2026-12-24 12:30:00"):
            self.assertEqual(
                self._names("birthday_period", "=", "today", user=self.marketer), ["Christmas"]
            )

    def test_days_are_shown(self):
        partner = self.env["res.partner"].search([("name", "=", "Christmas")])
        with freeze_time("2026-12-20 12:00:00"):
            partner.invalidate_recordset()
            self.assertEqual(partner.days_to_birthday, 5)

    def test_birthday_is_found_through_a_lead(self):
        partner = self.env["res.partner"].search([("name", "=", "Christmas")])
        lead = self.env["crm.lead"].create({"name": "Gift", "partner_id": partner.id})
        with freeze_time("2026-12-20 12:00:00"):
            found = self.env["crm.lead"].search([("partner_id.days_to_birthday", "=", 5)])

        self.assertIn(lead, found)

    def test_search_uses_the_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env["res.partner"].sudo()._search([("days_to_birthday", "=", 30)])

        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))

        self.assertIn("crm_campaign_birthday_idx", "\n".join(row[0] for row in plan))
