# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common_totals import ResultsCase


@tagged("post_install", "-at_install")
class TestResults(ResultsCase):
    def _send_to(self, count, **reactions):
        """Send the operation to some people, of whom so many reacted."""
        self._create_partners(count)
        execution = self._dispatch(self.operation)
        self._send()
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        for name, number in reactions.items():
            self.env.cr.execute(
                f"UPDATE crm_campaign_recipient SET {name}_at = '2026-05-04' WHERE id IN %s",
                (tuple(recipients[:number].ids),),
            )
        self.env.invalidate_all()
        self.env["crm.campaign.recount"]._request(execution)
        return execution

    def test_nothing_has_left_yet(self):
        tiles = self._get_tiles(self.campaign)

        self.assertEqual((tiles["targeted"], tiles["reached"], tiles["cost"]), (0, 0, 0.0))
        self.assertIsNone(tiles["cost_per_lead"])
        self.assertIsNone(tiles["return"])

    def test_figures_of_a_mailing(self):
        self._send_to(4, opened=3, clicked=2)
        self._win(self._create_lead(1500.0, self.operation))
        self._count()

        for record in (self.operation, self.campaign):
            tiles = self._get_tiles(record)
            self.assertEqual((tiles["targeted"], tiles["reached"]), (4, 4))
            # Two clicks, and the lead
            self.assertEqual((tiles["responses"], tiles["leads"], tiles["won"]), (3, 1, 1))
            self.assertEqual(tiles["revenue_won"], 1500.0)

    def test_the_funnel_of_emails_has_openings(self):
        self._send_to(4, opened=3, clicked=2)
        self._count()

        funnel = self.campaign.with_user(self.marketer).get_results()["funnel"]

        self.assertEqual(
            [(step["name"], step["value"], step["share"], step["step"]) for step in funnel],
            [
                ("targeted", 4, 1.0, None),
                ("included", 4, 1.0, 1.0),
                ("reached", 4, 1.0, 1.0),
                ("opened", 3, 0.75, 0.75),
                ("clicked", 2, 0.5, 2 / 3),
                ("responses", 2, 0.5, 1.0),
                ("leads", 0, 0.0, 0.0),
                ("won", 0, 0.0, None),
            ],
        )

    def test_a_trade_show_reaches_those_who_come(self):
        show = self.env["crm.campaign.operation"].create(
            {"campaign_id": self.campaign.id, "operation_type": "trade_show", "name": "Fair"}
        )
        for partner, state in zip(
            self._create_partners(3), ("invited", "declined", "present"), strict=True
        ):
            self.env["crm.campaign.attendee"].create(
                {"operation_id": show.id, "partner_id": partner.id, "state": state}
            )

        results = self.campaign.with_user(self.marketer).get_results()

        row = next(row for row in results["operations"] if row["name"] == "Fair")
        self.assertEqual((row["targeted"], row["reached"], row["type"]), (3, 1, "Trade Show"))
        self.assertNotIn("opened", [step["name"] for step in results["funnel"]])

    def test_months_begin_with_the_first_one_of_which_there_is_anything(self):
        with freeze_time("2026-08-10 10:00:00"):
            self._win(self._create_lead(1500.0, self.operation), "2026-07-15 08:00:00")
            self._count()
            months = self.campaign.with_user(self.marketer).get_results()["months"]

        self.assertEqual(
            [
                (m["month"], m["label"], m["responses"], m["leads"], m["revenue_won"])
                for m in months
            ],
            [
                ("2026-05", "May 2026", 1, 1, 0.0),
                ("2026-06", "Jun 2026", 0, 0, 0),
                ("2026-07", "Jul 2026", 0, 0, 1500.0),
            ],
        )

    def _get_months(self, record, **context):
        record = record.with_user(self.marketer).with_context(**context)
        return [(row["month"], row["sent"], row["cost"]) for row in record.get_results()["months"]]

    def test_months_are_those_of_the_company_whoever_reads(self):
        with freeze_time("2026-04-30 22:30:00"):
            self._send_to(2)
            self._count()
        with freeze_time("2026-08-10 10:00:00"):
            for zone in ("America/New_York", "Europe/Paris", "Pacific/Auckland"):
                with self.subTest(zone):
                    self.assertEqual(self._get_months(self.campaign, tz=zone), [("2026-05", 2, 0)])

    def test_what_is_planned_makes_no_month(self):
        self.env["crm.campaign.budget.line"].create(
            {
                "name": "Stand",
                "operation_id": self.operation.id,
                "date": "2027-03-01",
                "amount_budget": 10.0,
            }
        )
        with freeze_time("2026-08-10 10:00:00"):
            self.assertEqual(self._get_months(self.operation), [])

    def test_figures_count_what_left_under_a_former_responsible(self):
        execution = self._send_to(2)
        self._count()
        execution.operation_id.user_id = self.other_marketer

        tiles = self._get_tiles(execution.operation_id, self.other_marketer)

        self.assertEqual((tiles["targeted"], tiles["reached"]), (2, 2))

    def test_a_lead_without_campaign_is_in_no_list(self):
        lead = self._create_lead(100.0, self.operation)
        self._count()
        lead.campaign_id = False
        self._count()

        action = self.operation.action_view_result("leads")

        self.assertEqual(self._get_tiles(self.operation)["leads"], 0)
        self.assertFalse(self.env["crm.lead"].search(action["domain"]))

    def test_each_figure_opens_the_list_behind_it(self):
        execution = self._send_to(4, opened=3)
        self._create_lead(100.0, self.operation)
        self._win(self._create_lead(1500.0, self.operation))
        self._count()
        for record in (self.campaign, self.operation):
            record = record.with_user(self.manager)
            tiles = self._get_tiles(record, self.manager)
            for name in ("targeted", "reached", "responses", "leads", "won"):
                action = record.action_view_result(name)
                found = self.env[action["res_model"]].with_context(active_test=False)
                with self.subTest(f"{record._name} {name}"):
                    self.assertEqual(found.search_count(action["domain"]), tiles[name])
        opened = self.env["crm.campaign.recipient"].search(
            self.campaign.action_view_result("opened")["domain"]
        )
        self.assertEqual((len(opened), opened.execution_id), (3, execution))

    def _get_alerts(self):
        tiles = self.campaign.with_user(self.marketer).get_results()["tiles"]
        return {tile["name"] for tile in tiles if tile["alert"]}

    def test_what_is_exactly_spent_is_no_alert(self):
        for amount in (0.1, 0.2):
            operation = self._create_operation(campaign_id=self.campaign.id)
            line = {"name": "Stamps", "amount_actual": amount, "operation_id": operation.id}
            self.env["crm.campaign.budget.line"].create(line)
        self.operation.budget = 0.3
        self._win(self._create_lead(0.3, self.operation))
        self._count()
        self.assertEqual(self._get_alerts(), set())

        self.operation.budget = 0.29
        self.assertEqual(self._get_alerts(), {"cost"})

    def test_the_list_behind_a_revenue_shows_the_revenue(self):
        for record in (self.campaign, self.operation):
            view = record.action_view_result("revenue_won")["views"][0][0]
            with self.subTest(record._name):
                self.assertIn('sum="Expected Revenue"', self.env["ir.ui.view"].browse(view).arch)

    def test_a_ratio_opens_nothing(self):
        self.assertIs(self.campaign.action_view_result("cost_per_lead"), False)

    def test_results_cost_as_many_queries_for_many_operations(self):
        self._send_to(3)
        self._count()
        campaign = self.campaign.with_user(self.manager)
        campaign.get_results()
        counts = []
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaign.get_results()
            counts.append(self.env.cr.sql_log_count - before)
            for number in range(9):
                self._create_operation(campaign_id=self.campaign.id, name=f"N{number}")

        self.assertEqual(counts[0], counts[1])

    def test_figures_are_counted_and_never_typed(self):
        for record in (self.campaign, self.operation):
            for name in ("response_count", "lead_count", "revenue_won", "cost_actual"):
                with (
                    self.subTest(f"{record._name} {name}"),
                    self.assertRaisesRegex(AccessError, "is counted, not typed"),
                ):
                    record.with_user(self.manager).write({name: 999})
        with self.assertRaisesRegex(AccessError, "is counted, not typed"):
            self.campaign.with_user(self.marketer).copy({"budget_committed": 999.0})

    def test_results_are_for_whoever_may_read_the_campaign(self):
        for user in (self.caller, self.other_marketer, self.foreign_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.campaign.with_user(user).get_results()
