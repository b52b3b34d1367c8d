# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import datetime

from odoo.tests import TransactionCase, tagged

from .common import fill

PEOPLE = 2000
TODAY = datetime.date(2026, 3, 1)
PARTNER_FIELDS = (
    "complete_name", "commercial_partner_id", "commercial_company_name", "email_normalized",
    "phone_sanitized", "lang", "user_id", "partner_share",
)  # fmt: skip
LEAD_FIELDS = (
    "email_from", "email_normalized", "email_domain_criterion", "email_state", "phone",
    "phone_sanitized", "phone_state", "contact_name", "partner_name", "function", "street", "zip",
    "city", "country_id", "lang_id", "team_id", "stage_id", "company_id", "prorated_revenue",
    "won_status", "date_open", "day_open", "day_close", "date_last_stage_update",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestFill(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Partner = cls.env["res.partner"].with_context(active_test=False)
        cls.last = cls.Partner.search([], order="id desc", limit=1).id
        cls.counts = cls._fill(PEOPLE)
        cls.partners = cls.Partner.search([("id", ">", cls.last)], order="id")

    @classmethod
    def _fill(cls, count):
        cls.env.flush_all()
        counts = fill(cls.env.cr, count, today=TODAY)
        cls.env.invalidate_all()
        return counts

    def _read_batch(self, after):
        partners = self.Partner.search([("id", ">", after)], order="id")
        names = ("name", "email", "phone", "city", "birthdate_date", "create_date", "category_id")
        return [tuple(partner[name] for name in names) for partner in partners]

    def assertHostAgrees(self, records, names):
        """Compare stored values with what the host computes of the same records."""
        stored = {name: [record[name] for record in records] for name in names}
        for name in names:
            self.env.add_to_compute(records._fields[name], records)

        for name in names:
            with self.subTest(name):
                self.assertEqual([record[name] for record in records], stored[name])

    def test_contacts_have_announced_shares(self):
        expected = {
            "companies": 8, "children": 61.3, "emails": 90, "shared_emails": 2, "phones": 60,
            "archived": 3, "users": 40, "with_company": 5, "birthdates": 27.6, "refs": 20,
            "blocked_emails": 1, "tag Newsletter": 50, "tag Loyalty Card": 30, "tag Sponsor": 1,
        }  # fmt: skip

        self.assertEqual(self.counts["partners"], PEOPLE)
        self.assertEqual(self.counts["leads"], PEOPLE / 10)
        for name, percent in expected.items():
            with self.subTest(name):
                share = 100 * self.counts[name] / PEOPLE
                self.assertAlmostEqual(share, percent, delta=max(1, percent / 10))

    def test_stored_values_of_contacts_are_those_of_the_host(self):
        self.assertHostAgrees(self.partners, PARTNER_FIELDS)

    def test_stored_values_of_leads_are_those_of_the_host(self):
        leads = self.env["crm.lead"].with_context(active_test=False)

        self.assertHostAgrees(leads.search([("partner_id", "in", self.partners.ids)]), LEAD_FIELDS)

    def test_people_are_adults_and_some_born_on_leap_day(self):
        dates = [date for date in self.partners.mapped("birthdate_date") if date]

        self.assertGreaterEqual(min(dates), datetime.date(1936, 1, 1))
        self.assertLess(max(dates), datetime.date(2008, 1, 1))
        self.assertTrue([date for date in dates if (date.month, date.day) == (2, 29)])

    def test_same_day_and_seed_give_same_rows(self):
        savepoint = self.env.cr.savepoint(flush=False)
        self._fill(100)
        first = self._read_batch(self.partners[-1].id)
        savepoint.rollback()
        self.env.invalidate_all()

        self._fill(100)

        self.assertEqual(len(first), 100)
        self.assertEqual(self._read_batch(self.partners[-1].id), first)

    def test_second_run_adds_other_people(self):
        self._fill(100)

        added = self.Partner.search([("id", ">", self.partners[-1].id)])
        known = set(self.partners.mapped("email_normalized")) - {False}
        self.assertEqual(len(added), 100)
        self.assertFalse(known & set(added.mapped("email_normalized")))
