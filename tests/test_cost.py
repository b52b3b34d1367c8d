# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
import psycopg2.errors
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..claim import Claim
from .common import CrmCampaignCase
from .common_budget import BudgetMixin
from .common_call import CallCase
from .common_post import PostCase
from .common_sms import SmsFileCase


@tagged("post_install", "-at_install")
class TestUnitCost(BudgetMixin, CrmCampaignCase):
    """Which unit cost holds."""

    def test_a_companys_own_comes_before_the_shared_and_then_the_latest(self):
        always = self._create_cost("letter", 0.7)
        spring = self._create_cost("letter", 0.8, date_from="2026-03-01")
        own = self._create_cost("letter", 0.6, company_id=self.company.id, date_from="2026-05-01")
        self._create_cost("letter", 9, company_id=self.foreign_company.id)
        self._create_cost("letter", 8, active=False)
        self._create_cost("fax", 7)
        costs = self.env["crm.campaign.unit.cost"]._get_candidates(self.company)

        for day, expected in (
            (date(2026, 2, 28), always),
            (date(2026, 3, 1), spring),
            (date(2026, 4, 30), spring),
            (date(2026, 5, 1), own),
        ):
            with self.subTest(str(day)):
                self.assertEqual(costs._get_in_force("letter", self.company, day), expected)
        self.assertFalse(costs._get_in_force("stand", self.company, date(2026, 5, 1)))

    def test_a_cost_in_use_is_not_deleted_and_its_unit_never_changes(self):
        cost = self._create_cost("letter", 0.7)
        cost.kind = "fax"
        self._create_line(self._create_costly(), unit_cost_id=cost.id)

        with self.assertRaisesRegex(UserError, "archive it and make another one"):
            cost.kind = "letter"
        with self.assertRaisesRegex(UserError, "archive it and make another one"):
            cost.unlink()


@tagged("post_install", "-at_install")
class TestCost(BudgetMixin, CrmCampaignCase):
    """Lines that fill themselves, and those that are left alone."""

    def _create_presence(self, kind, **values):
        values = {"operation_type": kind, "channel": False, "target_id": False, **values}
        operation = self._create_costly(template_id=False, **values)
        operation.write({"target_id": False, "template_id": False})
        return operation

    def test_a_stand_and_an_insertion_cost_once_they_run(self):
        self._create_cost("stand", 900)
        self._create_cost("insertion", 350)
        show = self._create_presence("trade_show")
        press = self._create_presence("press")
        (show + press).action_refresh_costs()
        self.assertFalse((show + press).budget_line_ids)

        (show + press).action_open()
        self.assertLines(show, [("stand", 1, 900)])
        self.assertLines(press, [("insertion", 1, 350)])
        self.assertEqual(self.budget_campaign.cost_actual, 1250)

        (show + press).action_finish()
        show.action_open()
        self.assertLines(show, [("stand", 1, 900)])

    def test_a_cancelled_show_keeps_what_it_cost(self):
        self._create_cost("stand", 900)
        show = self._create_presence("trade_show")
        show.action_open()
        show.action_cancel()
        show.action_refresh_costs()

        self.assertLines(show, [("stand", 1, 900)])
        self.assertEqual(self.budget_campaign.cost_actual, 900)

    def test_the_price_of_the_operations_day_holds_and_stays(self):
        self._create_cost("stand", 900, currency_id=self.usd.id)
        self._create_cost("stand", 1000, date_from="2026-06-01", currency_id=self.usd.id)
        show = self._create_presence(
            "trade_show", date_start="2026-05-30 08:00:00", date_end="2026-06-02 18:00:00"
        )
        show.action_open()

        line = show.budget_line_ids
        self.assertEqual((line.date, line.currency_id), (date(2026, 5, 30), self.usd))
        self.assertEqual((line.amount_actual, show.cost_actual), (900, 450))
        self.assertEqual(line.name, "stand")

    def test_a_price_that_a_user_changed_stays(self):
        self._create_cost("stand", 900)
        show = self._create_presence("trade_show")
        show.action_open()
        show.budget_line_ids.price_unit = 850
        show.action_refresh_costs()

        self.assertLines(show, [("stand", 1, 850)])

    def test_a_line_filled_by_hand_is_left_alone(self):
        cost = self._create_cost("stand", 900)
        show = self._create_presence("trade_show")
        self._create_line(show, unit_cost_id=cost.id, is_automatic=False, amount_actual=777)
        show.action_open()

        self.assertLines(show, [("stand", 0, 777)])

    def test_a_planned_line_is_the_one_that_fills_itself(self):
        cost = self._create_cost("stand", 900)
        show = self._create_presence("trade_show")
        line = self._create_line(show, unit_cost_id=cost.id, quantity=2)
        show.action_open()

        self.assertLines(show, [("stand", 1, 900)])
        self.assertEqual((line.amount_budget, show.budget_left), (1800, 900))
        with self.assertRaisesRegex(Exception, "fills itself: untick"):
            line.amount_actual = 5

    def test_nothing_is_made_without_unit_cost_currency_or_rate(self):
        xaf = self.env.ref("base.XAF")
        xaf.active = True
        xaf.rate_ids.unlink()
        self._create_cost("insertion", 5, currency_id=xaf.id)
        show = self._create_presence("trade_show")
        press = self._create_presence("press")
        bare = self._create_presence("trade_show")
        bare.currency_id = False
        self._create_cost("stand", 1, company_id=self.foreign_company.id)
        (show + press + bare).action_open()

        self.assertFalse((show + press + bare).budget_line_ids)

    def test_emails_cost_where_they_have_a_unit_cost(self):
        self._create_cost("email", 0.002)
        self._create_partners(3)
        operation = self._create_costly()
        self._dispatch(operation)
        self._send()
        self._refresh()

        self.assertLines(operation, [("email", 3, 0.01)])

    def _break_costs(self, method, error, operation=None):
        """Have a method of operations break, for one of them or all."""
        Operation = self.env.registry["crm.campaign.operation"]
        original = getattr(Operation, method)

        def broken(records, *args):
            if operation is None or operation in records:
                raise error
            return original(records, *args)

        return patch.object(Operation, method, broken)

    def _send_costly(self, number):
        self._create_cost("email", 0.5)
        self._create_partners(2)
        operations = self.env["crm.campaign.operation"]
        for _index in range(number):
            operations += self._create_costly()
            self._dispatch(operations[-1])
        self._send()
        return operations

    def test_costs_that_conflict_are_counted_in_the_next_run(self):
        operation = self._send_costly(1)
        with self._break_costs("_refresh_costs", psycopg2.errors.SerializationFailure("Busy")):
            self._refresh()
        self.assertFalse(operation.budget_line_ids)

        self._refresh()
        self.assertLines(operation, [("email", 2, 1)])

    def test_costs_that_somebody_counts_at_the_same_moment_are_counted_again(self):
        operations = self._send_costly(2)
        taken = psycopg2.errors.UniqueViolation("Counted")
        with self._break_costs("_prepare_cost_lines", taken, operations[0]):
            self._refresh()
        self.assertFalse(operations[0].budget_line_ids)
        self.assertLines(operations[1], [("email", 2, 1)])

        self._refresh()
        self.assertLines(operations[0], [("email", 2, 1)])

    def test_an_operation_that_breaks_holds_up_no_other(self):
        operations = self._send_costly(2)
        with (
            self._break_costs("_get_budget_day", ValueError("Broken"), operations[0]),
            self.assertLogs("odoo.addons.crm_campaign.models", "ERROR"),
        ):
            self._refresh()

        self.assertFalse(operations[0].budget_line_ids)
        self.assertLines(operations[1], [("email", 2, 1)])

    def test_as_many_queries_for_2_and_for_20_operations(self):
        self._create_cost("stand", 900)
        self._create_cost("email", 0.01)
        counts = []
        for number in (2, 20):
            operations = self.env["crm.campaign.operation"]
            for _index in range(number):
                operations += self._create_presence("trade_show")
            operations.sudo().write({"state": "ready"})
            operations.sudo().write({"state": "running"})
            counts.append((self._count(operations), self._count(operations)))
            self.assertEqual(sum(operations.mapped("cost_actual")), 900 * number)

        self.assertEqual(counts[0][0], counts[1][0], counts)
        self.assertEqual(counts[0][1], counts[1][1], counts)

    def _count(self, operations):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        operations.sudo()._refresh_costs()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestCostOfLetters(BudgetMixin, PostCase):
    def test_letters_cost_what_was_sent_once(self):
        self._create_cost("letter", 0.85)
        self._create_resident("Zoé", "1 rue de la Paix")
        self._create_resident("Ana", "2 rue de la Paix")
        self._create_partner("Nowhere")
        execution = self._sent_letters(
            campaign_id=self.budget_campaign.id, currency_id=self.eur.id, budget=1.5
        )
        operation = execution.operation_id
        self._refresh()

        self.assertLines(operation, [("letter", 2, 1.7)])
        self.assertTrue(operation.is_over_budget)
        self._refresh()
        self.env["crm.campaign.recount"]._request(execution)
        self._refresh()
        self.assertLines(operation, [("letter", 2, 1.7)])
        self.assertEqual(self.budget_campaign.cost_actual, 1.7)


@tagged("post_install", "-at_install")
class TestCostOfTexts(BudgetMixin, SmsFileCase):
    def _refuse(self, numbers):
        """Have the carrier refuse the numbers that are in a set, at any moment."""
        provider = type(self.env["crm.campaign.sms.provider.file"])
        send = provider._send

        def refuse(model, company, message):
            if message["to"] in numbers:
                return "failed", "Refused"
            return send(model, company, message)

        self.patch(provider, "_send", refuse)

    def _text(self, **values):
        text = "{{ object.partner_id.name }} " + "x" * 150 + " STOP 36111"
        operation = self._create_sms(
            text, campaign_id=self.budget_campaign.id, currency_id=self.eur.id, **values
        )
        return self._dispatch(operation)

    def test_each_part_that_was_sent_costs(self):
        self._create_cost("sms_part", 0.05)
        ana = self._create_person("Ana", "06 12 00 00 01")
        zoe = self._create_person("Łucja", "06 12 00 00 02")
        execution = self._text()
        self._send()
        self._refresh()

        self.assertEqual(self._get_recipient(execution, ana).sms_part_count, 2)
        self.assertEqual(self._get_recipient(execution, zoe).sms_part_count, 3)
        self.assertEqual(execution.sms_part_count, 5)
        self.assertLines(execution.operation_id, [("sms_part", 5, 0.25)])

    def test_what_is_refused_costs_nothing_and_what_is_sent_again_costs_once(self):
        self._create_cost("sms_part", 0.05)
        self._create_person("Ana", "06 12 00 00 01")
        self._create_person("Zoe", "06 12 00 00 02")
        execution = self._text()
        refused = {"+33612000002"}
        self._refuse(refused)
        self._send()
        self._refresh()
        self.assertLines(execution.operation_id, [("sms_part", 2, 0.1)])

        refused.clear()
        execution.operation_id.action_retry()
        self._send()
        self._refresh()
        self.assertLines(execution.operation_id, [("sms_part", 4, 0.2)])

    def test_a_message_of_unknown_fate_costs_once_somebody_says_that_it_was_sent(self):
        self._create_cost("sms_part", 0.05)
        self._create_person("Ana", "06 12 00 00 01")
        execution = self._text()
        provider = type(self.env["crm.campaign.sms.provider.file"])
        self.patch(provider, "_send", lambda *args: ("unknown", "Lost"))
        self._send()
        self._refresh()
        self.assertFalse(execution.operation_id.budget_line_ids)

        recipient = self.env["crm.campaign.recipient"].search([("execution_id", "=", execution.id)])
        recipient.with_user(self.marketer).action_mark_sent()
        execution.operation_id.action_refresh_costs()
        self.assertLines(execution.operation_id, [("sms_part", 2, 0.1)])

    def test_parts_of_the_message_in_hand_are_known_whatever_breaks(self):
        for number in (1, 2, 3):
            self._create_person("Ana", f"06 12 00 00 0{number}")
        execution = self._text()

        def deliver(ids):
            yield ids[0], "sent", None
            raise RuntimeError("Broken")

        with (
            self.assertRaisesRegex(RuntimeError, "Broken"),
            Claim(self.env, execution.id, limit=3) as claim,
        ):
            ids = list(claim.ids)
            claim.parts = dict.fromkeys(ids, 2)
            claim.deliver(deliver(ids), ids)
        recipients = self.env["crm.campaign.recipient"].browse(ids)
        self.assertEqual(recipients.mapped("state"), ["sent", "unknown", "pending"])
        self.assertEqual(recipients.mapped("sms_part_count"), [2, 2, 0])
        execution._refresh_counters()
        self.assertEqual(execution.sms_part_count, 2)


@tagged("post_install", "-at_install")
class TestCostOfCalls(BudgetMixin, CallCase):
    def _call(self, call, minutes, outcome="interested"):
        """Take a call, and say how it ended so many minutes later."""
        call = call.with_user(self.caller)
        now = fields.Datetime.now()
        with freeze_time(now):
            call.take()
        with freeze_time(now + timedelta(minutes=minutes)):
            call.record_outcome(self._get_outcome(outcome).id)

    def test_a_callers_time_costs_from_taking_a_call_to_its_outcome(self):
        self._create_cost("caller_hour", 30)
        calls = self._create_calls(4, campaign_id=self.budget_campaign.id, currency_id=self.eur.id)
        operation = calls.operation_id
        self._call(calls[1], 3, "no_answer")
        self._refresh()
        self.assertLines(operation, [("caller_hour", 0.05, 1.5)])
        self._call(calls[0], 6)
        self._call(calls[2], 500)
        calls[3].with_user(self.caller).record_outcome(self._get_outcome("interested").id)
        self._refresh()

        attempts = self.env["crm.campaign.call.attempt"].search(
            [("call_id", "in", calls.ids)], order="id"
        )
        self.assertEqual(attempts.mapped("duration"), [180, 360, 1800, 0])
        self.assertLines(operation, [("caller_hour", 0.65, 19.5)])
        self._refresh()
        operation.action_refresh_costs()
        self.assertLines(operation, [("caller_hour", 0.65, 19.5)])
