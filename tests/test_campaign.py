# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date

import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestCampaign(CrmCampaignCase):
    def test_code_comes_from_the_sequence_whatever_is_typed(self):
        first = self._create_campaign(code="MINE")
        second = self._create_campaign()

        self.assertRegex(first.code, r"^CMG\d{5}$")
        self.assertEqual(int(second.code[3:]), int(first.code[3:]) + 1)

    def test_code_is_never_changed(self):
        campaign = self._create_campaign()

        with self.assertRaisesRegex(UserError, "A code never changes"):
            campaign.code = "CMG99999"

    def test_code_is_never_reused(self):
        campaign = self._create_campaign()
        code = campaign.code
        campaign.with_user(self.manager).unlink()

        self.assertGreater(self._create_campaign().code, code)

    def test_end_defaults_to_ninety_days_after_start(self):
        campaign = self._create_campaign(date_start="2026-03-01")

        self.assertEqual(campaign.date_end, date(2026, 5, 30))

    def test_end_that_was_given_is_kept(self):
        campaign = self._create_campaign(date_start="2026-03-01", date_end="2026-03-31")

        self.assertEqual(campaign.date_end, date(2026, 3, 31))

    def test_end_before_start_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "ends before it starts"):
            self._create_campaign(date_start="2026-03-01", date_end="2026-02-28")

    def test_budget_without_currency_is_refused_at_creation(self):
        with self.assertRaisesRegex(ValidationError, "no currency"):
            self._create_campaign(budget_planned=100, currency_id=False)

    def test_budget_without_currency_is_refused_at_modification(self):
        campaign = self._create_campaign(budget_planned=100)

        with self.assertRaisesRegex(ValidationError, "no currency"):
            campaign.currency_id = False

    def test_negative_budget_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "negative"):
            self._create_campaign(budget_planned=-1)

    def test_committed_budget_converts_each_operation_at_its_own_date(self):
        self.company.currency_id = self.env.ref("base.EUR")
        usd = self.env.ref("base.USD")
        usd.active = True
        (usd + self.env.ref("base.EUR")).rate_ids.unlink()
        self.env["res.currency.rate"].create(
            [
                {"currency_id": usd.id, "name": "2026-01-01", "rate": 2.0},
                {"currency_id": usd.id, "name": "2026-06-01", "rate": 4.0},
            ]
        )
        campaign = self._create_campaign(
            budget_planned=1000, currency_id=self.env.ref("base.EUR").id
        )
        for start, budget in (("2026-02-01 08:00:00", 200), ("2026-07-01 08:00:00", 200)):
            self._create_operation(
                campaign_id=campaign.id, date_start=start, budget=budget, currency_id=usd.id
            )

        self.assertEqual(campaign.budget_committed, 150)
        self.assertEqual(campaign.budget_remaining, 850)

    def test_committed_budget_opens_its_analysis(self):
        campaign = self._create_campaign(budget_planned=1000)
        self._create_operation(campaign_id=campaign.id, budget=300)
        self._create_operation(campaign_id=campaign.id, budget=100).action_cancel()

        action = campaign.action_view_budget()

        self.assertEqual(action["views"][0][1], "pivot")
        operations = self.env["crm.campaign.operation"].search(action["domain"])
        self.assertEqual(operations.mapped("budget"), [300])

    def test_archived_operation_keeps_what_it_committed(self):
        campaign = self._create_campaign(budget_planned=1000)
        archived = self._create_operation(campaign_id=campaign.id, budget=300)
        other = self._create_operation(campaign_id=campaign.id, budget=200)
        archived.active = False

        other.budget = 250

        self.assertEqual(campaign.budget_committed, 550)
        self.assertEqual(campaign.operation_count, 2)

    def test_company_is_fixed_once_there_are_operations(self):
        campaign = self._create_campaign()
        campaign.sudo().company_id = self.foreign_company
        campaign.sudo().company_id = self.company
        self._create_operation(campaign_id=campaign.id)

        with self.assertRaisesRegex(UserError, "has operations never changes"):
            campaign.sudo().company_id = self.foreign_company

    def test_cancelled_operation_commits_nothing(self):
        campaign = self._create_campaign(budget_planned=1000)
        operation = self._create_operation(campaign_id=campaign.id, budget=300)
        self.assertEqual(campaign.budget_committed, 300)

        operation.action_cancel()

        self.assertEqual(campaign.budget_committed, 0)

    def test_campaign_is_a_campaign_of_the_host_too(self):
        campaign = self._create_campaign(title="Autumn")
        self.env["crm.lead"].create(
            {"name": "Lead", "campaign_id": campaign.utm_campaign_id.id, "type": "lead"}
        )

        self.env["crm.campaign.total"]._rebuild_leads(campaign)

        self.assertEqual(campaign.utm_campaign_id.title, "Autumn")
        self.assertEqual(campaign.sudo().lead_count, 1)

    def test_deleting_a_campaign_deletes_the_hosts_campaign(self):
        campaign = self._create_campaign()
        utm_campaign = campaign.utm_campaign_id

        campaign.with_user(self.manager).unlink()

        self.assertFalse(utm_campaign.exists())

    def test_deleting_a_campaign_deletes_archived_operations(self):
        operation = self._create_operation(active=False, budget=10)
        self.env.flush_all()
        self.env.invalidate_all()

        operation.campaign_id.with_user(self.manager).unlink()

        self.assertFalse(operation.exists())

    def test_hosts_campaign_cannot_be_deleted_under_ours(self):
        campaign = self._create_campaign()

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.RestrictViolation):
            campaign.utm_campaign_id.sudo().unlink()

    def test_campaign_that_an_execution_used_is_not_deleted(self):
        self._create_partners(1)
        operation = self._create_operation()
        self._dispatch(operation)

        with self.assertRaisesRegex(UserError, "Archive it instead"):
            operation.campaign_id.with_user(self.manager).unlink()

    def test_copy_gets_a_code_of_its_own_and_no_operation(self):
        operation = self._create_operation()

        copy = operation.campaign_id.copy()

        self.assertNotEqual(copy.code, operation.campaign_id.code)
        self.assertFalse(copy.operation_ids)
