# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from .common import CrmCampaignMixin


class BudgetMixin(CrmCampaignMixin):
    """A company in euros, dollars with two rates, budget lines and unit costs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eur = cls.env.ref("base.EUR")
        cls.usd = cls.env.ref("base.USD")
        cls.company.currency_id = cls.eur
        cls.usd.active = True
        (cls.usd + cls.eur).rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": cls.usd.id, "name": "2026-01-01", "rate": 2.0},
                {"currency_id": cls.usd.id, "name": "2026-06-01", "rate": 4.0},
            ]
        )
        cls.budget_campaign = cls._create_campaign(budget_planned=1000, currency_id=cls.eur.id)

    @classmethod
    def _create_costly(cls, **values):
        """Create an operation of the campaign whose budget is planned."""
        values = {"campaign_id": cls.budget_campaign.id, "currency_id": cls.eur.id, **values}
        return cls._create_operation(**values)

    @classmethod
    def _create_line(cls, operation, **values):
        values = {"name": "Printing", "date": "2026-02-01", **values}
        Line = cls.env["crm.campaign.budget.line"].with_user(cls.marketer)
        return Line.create({"operation_id": operation.id, **values})

    @classmethod
    def _create_cost(cls, kind, amount, **values):
        values = {"name": kind, "kind": kind, "amount": amount, **values}
        values.setdefault("currency_id", cls.eur.id)
        return cls.env["crm.campaign.unit.cost"].create(values)

    def _refresh(self):
        """Run the job that counts."""
        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_refresh_counters").method_direct_trigger()
        self.env.invalidate_all()

    def assertLines(self, operation, expected):
        """Compare the budget lines with ``[(kind, actual quantity, actual cost), …]``."""
        lines = operation.budget_line_ids.sorted("id")
        actual = [(line.kind, line.quantity_actual, line.amount_actual) for line in lines]
        self.assertEqual(actual, expected)
