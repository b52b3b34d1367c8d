# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import CrmCampaignCase
from .test_response import ResponseMixin


class ResultsCase(ResponseMixin, CrmCampaignCase):
    """A campaign with leads and responses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Paris"
        cls.won = cls.env["crm.stage"].create({"name": "Signed", "is_won": True})
        cls.campaign = cls._create_campaign()
        cls.operation = cls._create_operation(campaign_id=cls.campaign.id)

    def _create_lead(self, revenue=0.0, operation=None, made="2026-05-04 09:30:00", **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "Kitchen",
                "type": "opportunity",
                "user_id": False,
                "team_id": False,
                "campaign_id": self.campaign.utm_campaign_id.id,
                "campaign_operation_id": operation and operation.id,
                "expected_revenue": revenue,
                **values,
            }
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", (made, lead.id))
        self.env.invalidate_all()
        return lead

    def _win(self, lead, moment="2026-06-15 08:00:00"):
        lead.write({"stage_id": self.won.id, "probability": 100})
        lead.date_closed = moment
        self.env.flush_all()

    def _get_totals(self):
        totals = self.env["crm.campaign.total"].search(
            [("campaign_id", "=", self.campaign.id)], order="date, operation_id, kind"
        )
        return [
            (total.date, total.kind, total.response_count, total.lead_count, total.won_count)
            for total in totals
        ]

    def _get_tiles(self, record, user=None):
        results = record.with_user(user or self.marketer).get_results()
        return {tile["name"]: tile["value"] for tile in results["tiles"]}


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

    def test_leads_of_no_campaign_ask_for_nothing(self):
        self._count()
        lead = self.env["crm.lead"].create({"name": "Garden"})
        lead.expected_revenue = 10.0
        lead.unlink()

        self.assertFalse(self.env["crm.campaign.recount"].search([]))


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

    def test_results_are_for_whoever_may_read_the_campaign(self):
        for user in (self.caller, self.other_marketer, self.foreign_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.campaign.with_user(user).get_results()


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
