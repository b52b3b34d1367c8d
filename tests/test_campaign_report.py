# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_totals import ResultsCase


@tagged("post_install", "-at_install")
class TestReport(ResultsCase):
    def _read(self, *measures, groupby="operation_id", user=None):
        return (
            self.env["crm.campaign.report"]
            .with_user(user or self.marketer)
            ._read_group([("campaign_id", "=", self.campaign.id)], [groupby], measures)
        )

    def _set_counters(self, operation, started, **counters):
        """Have an operation have run, with such figures."""
        execution = self._dispatch(operation)
        self.env.flush_all()
        for name, value in {"started_at": started, **counters}.items():
            self.env.cr.execute(
                f"UPDATE crm_campaign_execution SET {name} = %s WHERE id = %s",
                (value, execution.id),
            )
        self.env.invalidate_all()

    def test_averages_are_ratios_of_sums(self):
        self._create_partners(1)
        other = self._create_operation(campaign_id=self.campaign.id)
        self._set_counters(
            self.operation, datetime(2026, 5, 1, 8), delivered_count=1000, opened_count=100
        )
        self._set_counters(other, datetime(2026, 5, 1, 8), delivered_count=10, opened_count=10)

        self.assertEqual(
            self._read("reached_count:sum", "opened_rate:avg", groupby="campaign_id"),
            [(self.campaign, 1010, 110 / 1010)],
        )

    def test_rows_are_on_the_day_of_the_company(self):
        self._create_partners(1)
        self._set_counters(self.operation, datetime(2026, 4, 30, 22, 30), delivered_count=7)

        groups = self._read("reached_count:sum", groupby="date:month")

        self.assertIn((date(2026, 5, 1), 7), groups)

    def test_nothing_to_divide_by(self):
        self._create_lead(100.0, self.operation)
        self._count()

        [(_operation, cost, rate)] = self._read("cost_per_lead:avg", "return_rate:avg")

        self.assertFalse(cost)
        self.assertFalse(rate)

    def test_everything_adds_up_to_the_results(self):
        self._create_partners(3)
        self._dispatch(self.operation)
        self._send()
        self._win(self._create_lead(1500.0, self.operation))
        self._create_lead(70.0)
        self._count()

        [(_campaign, *figures)] = self._read(
            *("targeted_count:sum", "reached_count:sum", "response_count:sum", "lead_count:sum"),
            *("won_count:sum", "revenue_won:sum", "revenue_expected:sum"),
            groupby="campaign_id",
        )

        tiles = self._get_tiles(self.campaign)
        names = ("targeted", "reached", "responses", "leads", "won")
        self.assertEqual(figures[:5], [tiles[name] for name in names])
        self.assertEqual(figures[:5], [3, 3, 2, 2, 1])
        self.assertEqual(figures[5:], [1500.0, 70.0])

    def test_rows_have_names_of_their_own(self):
        self._create_partners(2)
        self._dispatch(self.operation)
        self._create_lead(70.0)
        self._count()

        ids = [row["id"] for row in self.env["crm.campaign.report"].search([]).read(["date"])]

        self.assertEqual(len(ids), len(set(ids)))

    def test_others_see_nothing(self):
        self._create_lead(70.0)
        self._count()

        self.assertEqual(self._read("lead_count:sum", user=self.other_marketer), [])
        self.assertEqual(self._read("lead_count:sum", user=self.foreign_manager), [])
        with self.assertRaises(AccessError):
            self._read("lead_count:sum", user=self.caller)
