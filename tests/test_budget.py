# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase
from .common_budget import BudgetMixin


@tagged("post_install", "-at_install")
class TestBudget(BudgetMixin, CrmCampaignCase):
    """What operations may cost, what they cost by hand, and what their campaign makes of it."""

    # === LINES === #

    def test_a_line_is_converted_at_its_own_date(self):
        operation = self._create_costly()
        early = self._create_line(operation, amount_budget=200, currency_id=self.usd.id)
        late = self._create_line(
            operation, amount_budget=200, currency_id=self.usd.id, date="2026-07-01"
        )

        self.assertEqual((early.amount_budget_operation, late.amount_budget_operation), (100, 50))
        self.assertEqual((early.amount_budget_company, late.amount_budget_company), (100, 50))
        self.assertEqual(operation.budget, 150)
        self.assertEqual(self.budget_campaign.budget_committed, 150)
        self.assertEqual(self.budget_campaign.budget_remaining, 850)

    def test_a_line_follows_its_date_and_its_amount(self):
        operation = self._create_costly()
        line = self._create_line(operation, amount_actual=400, currency_id=self.usd.id)
        self.assertEqual(self.budget_campaign.cost_actual, 200)

        line.date = "2026-06-01"
        self.assertEqual(self.budget_campaign.cost_actual, 100)
        line.amount_actual = 800
        self.assertEqual((operation.cost_actual, operation.cost_company), (200, 200))
        line.unlink()
        self.assertEqual((operation.cost_actual, self.budget_campaign.cost_actual), (0, 0))

    def test_three_currencies_are_each_converted_once(self):
        chf = self.env.ref("base.CHF")
        chf.active = True
        chf.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": chf.id, "name": "2026-01-01", "rate": 0.5}
        )
        campaign = self._create_campaign(budget_planned=1000, currency_id=self.usd.id)
        operation = self._create_costly(campaign_id=campaign.id, currency_id=chf.id)

        line = self._create_line(operation, amount_budget=100, currency_id=self.eur.id)

        self.assertEqual(line.amount_budget_operation, 50)
        self.assertEqual(line.amount_budget_campaign, 200)
        self.assertEqual(line.amount_budget_company, 100)
        self.assertEqual((operation.budget, campaign.budget_committed), (50, 200))
        self.assertEqual(operation.budget_company, 100)

    def test_the_budget_is_typed_until_a_line_has_one(self):
        operation = self._create_costly(budget=300)
        self._create_line(operation, amount_actual=20)
        self.assertEqual((operation.budget, operation.budget_left), (300, 280))

        line = self._create_line(operation, amount_budget=120)
        self.assertEqual((operation.budget, operation.budget_left), (120, 100))
        with self.assertRaisesRegex(ValidationError, "is the sum of its lines"):
            operation.budget = 500

        line.unlink()
        operation.budget = 500
        self.assertEqual(self.budget_campaign.budget_committed, 500)

    def test_a_budget_without_lines_is_converted_on_the_day_where_the_operation_is(self):
        operation = self._create_costly(
            budget=100,
            currency_id=self.usd.id,
            date_start="2026-05-31 22:30:00",
            tz="Europe/Paris",
        )
        self.assertEqual((operation.budget_campaign, operation.budget_company), (25, 25))

        operation.tz = "UTC"
        self.assertEqual((operation.budget_campaign, operation.budget_company), (50, 50))

    def test_a_campaign_without_currency_adds_up_in_that_of_its_company(self):
        bare = self._create_campaign(currency_id=False)
        self._create_costly(campaign_id=bare.id, budget=30)
        dollars = {"campaign_id": bare.id, "currency_id": self.usd.id}
        self._create_costly(**dollars, budget=100, date_start="2026-02-01 10:00:00")
        self._create_line(self._create_costly(**dollars), amount_budget=10, amount_actual=8)

        self.assertEqual((bare.budget_committed, bare.cost_actual), (85, 4))

    def test_a_line_takes_day_and_currency_of_its_operation(self):
        operation = self._create_costly(
            date_start="2026-02-28 23:30:00", tz="Europe/Paris", currency_id=self.usd.id
        )

        line = self.env["crm.campaign.budget.line"].create(
            {"name": "Travel", "operation_id": operation.id}
        )

        self.assertEqual(line.date, date(2026, 3, 1))
        self.assertEqual(line.currency_id, self.usd)

    def test_a_quantity_is_multiplied_by_the_unit_cost(self):
        cost = self._create_cost("letter", 0.8125, name="Letter, stamped")
        operation = self._create_costly()
        with Form(operation) as form, form.budget_line_ids.new() as line:
            line.unit_cost_id = cost
            line.quantity = 1001

        line = operation.budget_line_ids
        self.assertEqual((line.name, line.kind), ("Letter, stamped", "letter"))
        self.assertEqual((line.price_unit, line.amount_budget), (0.8125, 813.31))
        self.assertTrue(line.is_automatic)
        cost.amount = 1
        self.assertEqual(line.amount_budget, 813.31, "what was agreed upon stays")

    def test_wrong_lines_are_refused_with_clear_words(self):
        operation = self._create_costly()
        bare = self._create_campaign(currency_id=False)
        cases = (
            ("negative", operation, {"amount_budget": -1}),
            ("negative", operation, {"amount_actual": -0.01}),
            ("Say what the budget line is for", operation, {"name": False}),
            ("no exchange rate of XAF", operation, {"currency_id": self.env.ref("base.XAF").id}),
            ("choose a unit cost", operation, {"is_automatic": True}),
            ("has no currency", self._create_costly(campaign_id=bare.id, currency_id=False), {}),
        )
        self.env.ref("base.XAF").rate_ids.unlink()
        for words, where, values in cases:
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self._create_line(where, **{"currency_id": self.eur.id, **values})

    def test_a_unit_cost_of_another_company_is_refused(self):
        cost = self._create_cost("letter", 1, company_id=self.foreign_company.id)

        with mute_logger("odoo.models"), self.assertRaises(UserError):
            self._create_line(self._create_costly(), unit_cost_id=cost.sudo().id)

    def test_a_currency_without_rate_is_refused_where_it_would_be_converted(self):
        xaf = self.env.ref("base.XAF")
        xaf.active = True
        xaf.rate_ids.unlink()
        operation = self._create_costly()
        line = self._create_line(operation, amount_budget=10)

        for record in (line, operation, self.budget_campaign):
            with self.assertRaises(ValidationError) as caught:
                record.currency_id = xaf
            self.assertIn("no exchange rate of XAF", str(caught.exception))
        with self.assertRaises(ValidationError):
            self._create_costly(budget=10, currency_id=xaf.id)
        self.assertTrue(self._create_costly(currency_id=xaf.id), "nothing to convert")

    # === OVER BUDGET === #

    def _flush_tracking(self):
        self.env(context={}).flush_all()
        self.env.cr.precommit.run()

    def test_an_operation_says_by_how_much_it_is_over_budget(self):
        operation = self._create_costly(budget=100)
        line = self._create_line(operation, amount_actual=100)
        self.assertFalse(operation.is_over_budget)
        self.assertFalse(operation.budget_warning)

        line.amount_actual = 130.5

        self.assertTrue(operation.is_over_budget)
        self.assertEqual(
            operation.budget_warning, "The actual cost exceeds the budget by 30.50\xa0€."
        )
        found = operation.search([("is_over_budget", "=", True)])
        self.assertIn(operation, found)

    def test_without_a_budget_nothing_is_exceeded(self):
        operation = self._create_costly()
        campaign = self._create_campaign()
        self._create_line(operation, amount_actual=50)
        self._create_costly(campaign_id=campaign.id, budget=99)

        self.assertFalse(operation.is_over_budget)
        self.assertFalse(campaign.is_over_budget)

    def test_a_campaign_says_what_exceeds_its_plan(self):
        operation = self._create_costly(budget=1200)
        self.assertTrue(self.budget_campaign.is_over_budget)
        self.assertEqual(
            self.budget_campaign.budget_warning,
            "Operations have committed 200.00\xa0€ more than planned.",
        )

        self._create_line(operation, amount_actual=1300)
        self.assertEqual(
            self.budget_campaign.budget_warning,
            "Operations have committed 200.00\xa0€ more than planned. "
            "Operations have cost 300.00\xa0€ more than planned.",
        )
        self.budget_campaign.budget_planned = 2000
        self.assertFalse(self.budget_campaign.is_over_budget)
        self.assertFalse(self.budget_campaign.budget_warning)

    def test_the_chatter_says_once_that_the_budget_is_exceeded(self):
        operation = self._create_costly(budget=100)
        line = self._create_line(operation, amount_actual=99)
        self._flush_tracking()
        for amount in (150, 170):
            line.with_context(tracking_disable=False).amount_actual = amount
            self._flush_tracking()

        tracked = operation.sudo().message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "is_over_budget"
        )
        self.assertEqual(tracked.mapped("new_value_integer"), [1])

    def test_a_cancelled_operation_commits_nothing_but_cost_what_it_cost(self):
        operation = self._create_costly(budget=400)
        self._create_line(operation, amount_actual=70)
        operation.action_cancel()

        self.assertEqual(self.budget_campaign.budget_committed, 0)
        self.assertEqual(self.budget_campaign.cost_actual, 70)
        self.assertEqual(
            operation.search(self.budget_campaign.action_view_budget()["domain"]), operation
        )

    # === COPIES, CLOSING, RIGHTS === #

    def test_a_copy_has_the_budget_and_not_the_cost(self):
        operation = self._create_costly()
        self._create_line(operation, amount_budget=80, amount_actual=90, reference="B-1")
        self._create_line(operation, name="Counted", amount_actual=5)

        copy = operation.copy()

        line = copy.budget_line_ids
        self.assertEqual((line.name, line.amount_budget, line.amount_actual), ("Printing", 80, 0))
        self.assertFalse(line.reference)
        self.assertEqual((copy.budget, copy.cost_actual, copy.is_over_budget), (80, 0, False))
        self.assertEqual(self._create_costly(budget=12).copy().budget, 12)

    def test_a_duplicated_campaign_shifts_the_dates_of_its_lines(self):
        self.budget_campaign.date_start = "2026-01-15"
        operation = self._create_costly(date_start="2026-03-01 09:00:00")
        self._create_line(operation, amount_budget=80, amount_actual=90)
        wizard = self.env["crm.campaign.duplicate"].with_user(self.marketer)
        action = wizard.create(
            {
                "campaign_id": self.budget_campaign.id,
                "title": "Again",
                "date_start": "2027-01-15",
            }
        ).action_duplicate()

        copy = self.env["crm.campaign"].browse(action["res_id"])
        self.assertEqual(copy.operation_ids.budget_line_ids.date, date(2027, 2, 1))
        self.assertEqual((copy.budget_committed, copy.cost_actual), (80, 0))

    def test_closing_keeps_the_costs_and_bills_may_come_later(self):
        operation = self._create_costly(budget=100)
        line = self._create_line(operation, amount_actual=60)
        self.budget_campaign.with_user(self.marketer).action_close()

        self.assertEqual(self.budget_campaign.cost_actual, 60)
        line.amount_actual = 75
        self.assertEqual(self.budget_campaign.cost_actual, 75)

    def test_who_sees_and_writes_the_lines(self):
        line = self._create_line(self._create_costly(), amount_budget=5)
        for user, may in (
            (self.marketer, True),
            (self.manager, True),
            (self.other_marketer, False),
            (self.foreign_manager, False),
            (self.caller, False),
        ):
            with self.subTest(user.login):
                mine = line.with_user(user)
                self.assertEqual(mine.has_access("read"), may)
                self.assertEqual(mine.has_access("write"), may)
        self.budget_campaign.member_ids = self.other_marketer
        self.assertTrue(line.with_user(self.other_marketer).has_access("write"))

    def test_whoever_may_not_write_on_an_operation_adds_nothing_to_it(self):
        operation = self._create_costly()
        Line = self.env["crm.campaign.budget.line"].with_user(self.other_marketer)

        with self.assertRaises(AccessError):
            Line.create({"name": "Mine", "operation_id": operation.id, "amount_budget": 5000})
        self.assertEqual(operation.budget, 0)

    def test_only_managers_set_unit_costs_each_for_their_companies(self):
        cost = self._create_cost("letter", 1, company_id=self.company.id)

        self.assertTrue(cost.with_user(self.marketer).has_access("read"))
        self.assertFalse(cost.with_user(self.marketer).has_access("write"))
        self.assertTrue(cost.with_user(self.manager).has_access("write"))
        self.assertFalse(cost.with_user(self.foreign_manager).has_access("read"))

    def test_the_responsible_of_an_operation_commits_the_budget_of_a_campaign_of_others(self):
        operation = self._create_costly()
        operation.with_user(self.manager).user_id = self.other_marketer

        operation.with_user(self.other_marketer).budget_line_ids = [
            Command.create({"name": "Stamps", "amount_budget": 40})
        ]

        self.assertEqual(self.budget_campaign.budget_committed, 40)

    # === ASSISTANT === #

    def test_the_assistant_warns_and_goes_on(self):
        self._create_costly(budget=900)
        Assistant = self.env["crm.campaign.operation.assistant"].with_user(self.marketer)
        assistant = Assistant.create(
            {
                "campaign_id": self.budget_campaign.id,
                "name": "Too much",
                "currency_id": self.usd.id,
                "date_start": "2026-02-01 08:00:00",
                "budget": 200,
                "step": "characteristics",
            }
        )
        self.assertFalse(assistant.budget_warning)

        assistant.budget = 260

        self.assertEqual(
            assistant.budget_warning,
            "100.00\xa0€ are left of the budget of “Spring”: this operation exceeds it by "
            "30.00\xa0€.",
        )
        assistant.action_next()
        self.assertEqual(assistant.step, "companies")
