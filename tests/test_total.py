# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo.tests import tagged

from .common_totals import ResultsCase


@tagged("post_install", "-at_install")
class TestTotals(ResultsCase):
    def test_responses_are_counted_by_the_day_of_the_company(self):
        responses = self.env["crm.campaign.response"].with_user(self.marketer)
        for name, moment in (
            ("late@test.example.com", "2026-05-31 21:59:00"),
            ("later@test.example.com", "2026-05-31 22:00:00"),
            ("winter@test.example.com", "2026-12-31 22:59:00"),
        ):
            responses.create({"operation_id": self.operation.id, "address": name, "date": moment})

        self.assertEqual(
            self._get_totals(),
            [
                (date(2026, 5, 31), "manual", 1, 0, 0),
                (date(2026, 6, 1), "manual", 1, 0, 0),
                (date(2026, 12, 31), "manual", 1, 0, 0),
            ],
        )

    def test_a_response_that_is_moved_or_deleted_takes_its_count_along(self):
        responses = self.env["crm.campaign.response"].with_user(self.marketer)
        response = responses.create(
            {
                "operation_id": self.operation.id,
                "address": "zoe@test.example.com",
                "date": "2026-05-04 09:30:00",
            }
        )

        response.date = "2026-05-06 09:30:00"
        self.assertEqual(self._get_totals(), [(date(2026, 5, 6), "manual", 1, 0, 0)])

        response.unlink()
        self.assertEqual(self._get_totals(), [])

    def test_leads_count_when_made_and_what_is_won_when_it_is(self):
        self._create_lead(500.0, self.operation)
        self._win(self._create_lead(1200.0, self.operation, made="2026-05-04 22:30:00"))

        self._count()

        self.assertEqual(
            self._get_totals(),
            [
                (date(2026, 5, 4), "lead", 1, 1, 0),
                (date(2026, 5, 5), "lead", 1, 1, 0),
                (date(2026, 6, 15), "lead", 0, 0, 1),
            ],
        )
        self.assertRecordValues(
            self.operation | self.operation.campaign_id.operation_ids,
            [
                {
                    "lead_count": 2,
                    "won_count": 1,
                    "revenue_expected": 500.0,
                    "revenue_won": 1200.0,
                }
            ],
        )

    def _create_answered(self):
        """Create another operation that has a response and a lead."""
        other = self._create_operation(campaign_id=self.campaign.id)
        self.env["crm.campaign.response"].with_user(self.marketer).create(
            {"operation_id": other.id, "address": "zoe@test.example.com", "date": "2026-05-03"}
        )
        self._create_lead(70.0, other)
        self._count()
        return other

    def test_a_deleted_operation_leaves_its_leads_to_the_campaign(self):
        self._create_answered().with_user(self.marketer).unlink()
        self._count()

        self.assertEqual((self.campaign.response_count, self.campaign.lead_count), (0, 1))
        self.assertEqual(self._get_totals(), [(date(2026, 5, 4), "lead", 0, 1, 0)])

    def test_responses_follow_their_operation_and_leads_stay_with_the_campaign(self):
        operation, other = self._create_answered(), self._create_campaign()
        operation.with_user(self.marketer).campaign_id = other
        self._count()

        self.assertRecordValues(
            self.campaign | other,
            [{"response_count": 0, "lead_count": 1}, {"response_count": 2, "lead_count": 0}],
        )
        self.assertEqual((operation.response_count, operation.lead_count), (2, 0))
        self.assertEqual(self._get_totals(), [(date(2026, 5, 4), "lead", 0, 1, 0)])

    def test_a_lead_of_two_operations_counts_once(self):
        other = self._create_operation(campaign_id=self.campaign.id)
        self._win(self._create_lead(900.0, other))
        self._win(self._create_lead(100.0))

        self._count()

        self.assertEqual((self.operation.revenue_won, other.revenue_won), (0.0, 900.0))
        self.assertEqual((self.campaign.lead_count, self.campaign.revenue_won), (2, 1000.0))

    def test_a_lead_that_is_lost_reopened_or_deleted_changes_the_figures(self):
        lead = self._create_lead(700.0, self.operation)
        self._count()
        figures = []
        for change in (
            lambda: lead.action_set_lost(),
            lambda: lead.action_unarchive(),
            lambda: lead.write({"expected_revenue": 300.0}),
            lambda: lead.write({"campaign_id": False}),
        ):
            change()
            self._count()
            figures.append((self.campaign.lead_count, self.campaign.revenue_expected))

        self.assertEqual(figures, [(1, 0.0), (1, 700.0), (1, 300.0), (0, 0.0)])

    def test_a_deleted_lead_counts_no_more(self):
        lead = self._create_lead(700.0, self.operation)
        self._count()

        lead.unlink()
        self._count()

        self.assertEqual(self.operation.lead_count, 0)
        self.assertEqual([row[3] for row in self._get_totals()], [0])

    def test_a_lead_goes_to_another_campaign(self):
        lead = self._create_lead(700.0, self.operation)
        self._count()
        other = self._create_campaign(title="Autumn")

        lead.campaign_id = other.utm_campaign_id
        self._count()

        self.assertEqual((self.campaign.lead_count, other.lead_count), (0, 1))
        self.assertEqual((self.operation.lead_count, other.revenue_expected), (0, 700.0))

    def test_revenue_of_another_company_is_converted_at_the_rate_of_its_day(self):
        dollar, euro = self.env.ref("base.USD"), self.env.ref("base.EUR")
        foreign = dollar if self.company.currency_id == euro else euro
        foreign.active = True
        self.foreign_company.currency_id = foreign
        foreign.rate_ids.unlink()
        for day, rate in (("2026-01-01", 2.0), ("2026-06-01", 4.0)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": foreign.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
            )
        lead = self._create_lead(1000.0, company_id=self.foreign_company.id)

        self._count()
        self.assertEqual(self.campaign.revenue_expected, 500.0)
        self._win(lead, "2026-06-15 08:00:00")
        self._count()
        self.assertEqual((self.campaign.revenue_expected, self.campaign.revenue_won), (0.0, 250.0))

        # The first of June in Paris
        lead.date_closed = "2026-05-31 22:30:00"
        self._count()
        self.assertEqual(self.campaign.revenue_won, 250.0)
        lead.date_closed = "2026-05-31 21:30:00"
        self._count()
        self.assertEqual(self.campaign.revenue_won, 500.0)

    def test_a_campaign_of_another_company_counts_on_its_days_and_in_its_currency(self):
        dollar, euro = self.env.ref("base.USD"), self.env.ref("base.EUR")
        foreign = dollar if self.company.currency_id == euro else euro
        foreign.active = True
        (dollar | euro).rate_ids.unlink()
        self.foreign_company.currency_id = foreign
        self.foreign_company.partner_id.tz = "America/New_York"
        rate = {"currency_id": foreign.id, "name": "2026-01-01", "rate": 2.0}
        self.env["res.currency.rate"].create({"company_id": self.foreign_company.id, **rate})
        self.operation.unlink()
        self._create_lead(100.0, made="2026-05-04 02:00:00", company_id=self.company.id)
        self._count()
        campaign = self.env["crm.campaign"].browse(self.campaign.id)
        self.assertEqual(campaign.revenue_expected, 100.0)
        campaign.company_id = self.foreign_company
        self._count()

        self.assertEqual(self._get_totals(), [(date(2026, 5, 3), "lead", 1, 1, 0)])
        self.assertEqual(campaign.revenue_expected, 200.0)

    def test_leads_of_no_campaign_ask_for_nothing(self):
        self._count()
        lead = self.env["crm.lead"].create({"name": "Garden"})
        lead.expected_revenue = 10.0
        lead.unlink()

        self.assertFalse(self.env["crm.campaign.recount"].search([]))
