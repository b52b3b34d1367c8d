# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common_call import CallCase


@tagged("post_install", "-at_install")
class TestCall(CallCase):
    """Calls from the departure of an operation to their end."""

    def _record(self, call, outcome, user=None, **values):
        outcome = self._get_outcome(outcome)
        return call.with_user(user or self.caller).record_outcome(outcome.id, values)

    # === BORN === #
    def test_a_departure_makes_a_call_of_everybody_who_is_in(self):
        self._create_partner("Without Phone")
        calls = self._create_calls(3)
        self.assertEqual(calls.mapped("phone"), ["+33199000001", "+33199000002", "+33199000003"])
        self.assertEqual(set(calls.mapped("state")), {"todo"})
        self.assertEqual(calls.user_id, self.caller)
        self.assertEqual(set(calls.mapped("date_planned")), {self.today})
        execution = calls.operation_id.execution_ids
        self.assertEqual(execution.channel, "phone")
        self.assertEqual((execution.included_count, execution.excluded_count), (3, 1))
        self.assertEqual(execution.exclusion_counts, {"no_address": 1})
        self.assertEqual(set(calls.recipient_id.mapped("state")), {"to_call"})
        self._send()
        self.assertEqual(execution.state, "running", "no sender touches people to be called")

    def test_calls_are_not_distributed_twice_nor_undistributed(self):
        self._create_callees(1)
        operation = self._create_call_operation()
        operation.sudo().call_plan = False
        with self.assertRaisesRegex(UserError, "Distribute the calls of “Spring Calls” first"):
            operation.action_dispatch()

    def test_a_list_that_changed_since_the_simulation_is_refused(self):
        self._create_callees(2)
        operation = self._create_call_operation()
        self._create_partner("Late", phone="+33199000077")
        with self.assertRaisesRegex(UserError, "3 people to call instead of 2. Simulate again"):
            operation.action_dispatch()
        self.assertFalse(operation.call_ids)

    def test_channel_and_type_belong_together(self):
        with self.assertRaisesRegex(ValidationError, "call campaigns go by phone"):
            self._create_operation(channel="phone")

    # === WHAT THEY POINT AT === #
    def test_foreign_keys_are_checked_that_no_other_row_stands_for(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.attname FROM pg_constraint c
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
                 WHERE c.conrelid = 'crm_campaign_call'::regclass AND c.contype = 'f'
              ORDER BY 1
                """
            )
        )
        kept = ["calling_hours_id", "lead_id", "recipient_id", "taken_by_id"]
        self.assertEqual([name for (name,) in rows], kept)

    def test_nothing_that_a_call_points_at_can_be_deleted_before_it(self):
        call = self._create_calls(1)
        ended_by = self._create_user("campaign_caller_2", "caller")
        call.operation_id.caller_ids += ended_by
        call.user_id = ended_by
        self._record(call, "interested", user=ended_by)
        call.sudo().user_id = self.caller
        self.env.flush_all()
        self.assertEqual(call.done_by_id, ended_by)
        for record in (call.operation_id, call.outcome_id, call.recipient_id, ended_by):
            query = SQL("DELETE FROM %s WHERE id = %s", SQL.identifier(record._table), record.id)
            with (
                self.subTest(record._name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_whoever_has_calls_is_archived_and_never_deleted(self):
        call = self._create_calls(1)
        owner = self._create_user("campaign_caller_2", "caller")
        nobody = self._create_user("campaign_caller_3", "caller")
        call.sudo().user_id = owner
        with self.assertRaisesRegex(UserError, "Caller 2.*archive this user"):
            (nobody | owner).unlink()
        nobody.unlink()
        self.assertEqual((nobody.exists(), owner.exists()), (nobody.browse(), owner))

    def test_the_contact_is_the_one_of_the_recipient_wherever_it_is_asked_for(self):
        calls = self._create_calls(2)
        Call = self.env["crm.campaign.call"].with_user(self.caller)
        partner = calls[1].partner_id
        self.assertEqual(Call.search([("partner_id", "=", partner.id)]), calls[1])
        self.assertEqual(Call.search([("partner_id", "ilike", partner.name)]), calls[1])
        self.assertEqual(Call.search([], order="partner_id desc")[:1], calls[1])
        groups = dict(Call._read_group([], ["partner_id"], ["__count"]))
        self.assertEqual(groups, {calls[0].partner_id: 1, partner: 1})
        calls[1].recipient_id.partner_id = calls[0].partner_id
        self.assertEqual(calls[1].partner_id, calls[0].partner_id)

    # === TAKEN === #
    def test_take_next_gives_ones_own_calls_in_order_and_the_one_under_way_again(self):
        calls = self._create_calls(2)
        Call = self.env["crm.campaign.call"].with_user(self.caller)
        self.assertEqual(Call.take_next(), {"id": calls[0].id, "phone": "+33199000001"})
        self.assertEqual(Call.take_next()["id"], calls[0].id)
        self._record(calls[0], "interested")
        self.assertEqual(Call.take_next()["id"], calls[1].id)
        self._record(calls[1], "no_answer")
        self.assertFalse(Call.take_next())

    def test_what_was_promised_comes_first_and_nothing_comes_early(self):
        calls = self._create_calls(3)
        now = fields.Datetime.now()
        calls[1].write({"date_planned": self.today + timedelta(days=1)})
        calls[2].write({"is_promised": True, "state": "callback", "due_at": now})
        Call = self.env["crm.campaign.call"].with_user(self.caller)
        self.assertEqual(Call.take_next()["id"], calls[2].id)
        self._record(calls[2], "interested")
        self.assertEqual(Call.take_next()["id"], calls[0].id)
        self._record(calls[0], "interested")
        self.assertFalse(Call.take_next(), "tomorrow's call is tomorrow's")

    def test_a_call_of_anybody_goes_to_one_caller(self):
        second = self._create_user("campaign_caller_2", "caller")
        calls = self._create_calls(2, callers=self.caller | second)
        calls.write({"user_id": False})
        Call = self.env["crm.campaign.call"]
        first_id = Call.with_user(self.caller).take_next()["id"]
        second_id = Call.with_user(second).take_next()["id"]
        self.assertEqual({first_id, second_id}, set(calls.ids))
        self.assertFalse(Call.with_user(self.other_marketer).take_next(), "no caller of it")

    def test_suspending_offers_nothing_and_resuming_offers_again(self):
        calls = self._create_calls(1)
        operation = calls.operation_id
        Call = self.env["crm.campaign.call"].with_user(self.caller)
        operation.with_user(self.marketer).action_suspend()
        self.assertFalse(Call.take_next())
        operation.with_user(self.marketer).action_ask_resume()
        self.assertEqual(Call.take_next()["id"], calls.id)

    def test_who_was_blacklisted_since_is_not_offered(self):
        calls = self._create_calls(2)
        self.env["phone.blacklist"]._add([calls[0].phone])
        self.env.flush_all()
        taken = self.env["crm.campaign.call"].with_user(self.caller).take_next()
        self.assertEqual(taken["id"], calls[1].id)
        self.assertEqual(calls[0].state, "cancelled")
        recipient = calls[0].recipient_id
        self.assertEqual((recipient.state, recipient.failure_reason), ("withdrawn", "Blacklisted"))

    # === ENDED === #
    def test_a_success_ends_the_call_and_the_recipient_was_reached(self):
        call = self._create_calls(1)
        self.assertEqual(self._record(call, "interested", note=" Wants a quote ")["state"], "done")
        self.assertEqual((call.note, call.attempt_count), ("Wants a quote", 1))
        self.assertEqual((call.done_by_id, call.is_success), (self.caller, True))
        self.assertEqual(call.recipient_id.state, "delivered")
        self.assertEqual(call.attempt_ids.note, "Wants a quote")
        operation = call.operation_id
        self.assertEqual((operation.call_count, operation.call_open_count), (1, 0))
        self.assertEqual((operation.call_reached_count, operation.call_success_count), (1, 1))
        self._send()
        self.assertEqual((operation.execution_ids.state, operation.state), ("done", "done"))

    def test_nobody_answers_three_times_and_the_call_is_closed(self):
        call = self._create_calls(1)
        before = fields.Datetime.now()
        self.assertEqual(self._record(call, "no_answer")["state"], "no_answer")
        self.assertAlmostEqual(
            call.due_at, before + timedelta(hours=4), delta=timedelta(seconds=30)
        )
        self.assertEqual(self._record(call, "no_answer")["state"], "no_answer")
        self.assertEqual(self._record(call, "no_answer")["state"], "done")
        recipient = call.recipient_id
        self.assertEqual((recipient.state, recipient.failure_reason), ("failed", "No Answer"))
        self._send()
        self.assertEqual(call.operation_id.state, "done", "nobody reached is no error")
        call.operation_id.with_user(self.marketer).action_retry()
        self.assertEqual((call.state, call.attempt_count), ("todo", 0))
        self.assertEqual((recipient.state, call.operation_id.state), ("to_call", "running"))

    def test_call_back_by_me_or_by_anyone(self):
        calls = self._create_calls(2)
        at = fields.Datetime.now() + timedelta(days=2)
        self._record(calls[0], "callback", callback_at=fields.Datetime.to_string(at))
        self._record(calls[1], "callback", callback_at=at, callback_by="anyone")
        self.assertEqual(calls.mapped("state"), ["callback", "callback"])
        self.assertEqual(calls[0].due_at, at)
        self.assertEqual(calls.mapped("user_id"), self.caller)
        self.assertFalse(calls[1].user_id)
        cases = (
            ({}, "Say when to call back"),
            ({"callback_at": at - timedelta(days=3)}, "is in the past"),
            ({"callback_at": at, "callback_by": "nobody"}, "me or anyone"),
        )
        for values, message in cases:
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._record(calls[0], "callback", **values)

    def test_do_not_call_blacklists_and_cancels_the_other_calls_to_the_number(self):
        call = self._create_calls(1)
        other = self._dispatch(self._create_call_operation(name="Other")).operation_id.call_ids
        self._record(call, "do_not_call")
        blocked = self.env["phone.blacklist"].search([("number", "=", call.phone)])
        self.assertTrue(blocked.active)
        self.assertEqual((call.state, other.state), ("done", "cancelled"))

    def test_a_wrong_number_is_said_in_the_history_of_the_contact(self):
        call = self._create_calls(1)
        self._record(call, "wrong_number")
        self.assertIn("Wrong number: +33199000001", call.partner_id.message_ids[:1].body)
        self.assertEqual((call.state, call.recipient_id.state), ("done", "failed"))

    def test_what_the_screen_sends_twice_counts_once(self):
        call = self._create_calls(1)
        self._record(call, "no_answer", token="abc")
        self._record(call, "no_answer", token="abc")
        self.assertEqual((call.attempt_count, len(call.attempt_ids)), (1, 1))

    def test_a_call_that_is_over_is_not_ended_again(self):
        call = self._create_calls(1)
        self._record(call, "interested")
        with self.assertRaisesRegex(UserError, "was ended by Campaign Caller on .*: Interested"):
            self._record(call, "no_answer")

    def test_passing_over_needs_a_reason_and_lasts_an_hour(self):
        call = self._create_calls(1).with_user(self.caller)
        with self.assertRaisesRegex(UserError, "Say why"):
            call.skip(" ")
        call.skip("Lunch time there")
        self.assertFalse(call.take_next())
        self.assertEqual((call.state, call.attempt_count), ("todo", 0))
        self.assertEqual(call.attempt_ids.note, "Lunch time there")

    def test_history_line_where_the_operation_says_so(self):
        call = self._create_calls(1, writes_history=True)
        self._record(call, "interested", note="Send a quote")
        body = call.partner_id.message_ids[:1].body
        self.assertIn("Call “Call”: Interested", body)
        self.assertIn("Send a quote", body)

    def test_cancelling_the_operation_cancels_its_calls(self):
        calls = self._create_calls(2)
        calls.operation_id.with_user(self.marketer).action_cancel()
        self.assertEqual(set(calls.mapped("state")), {"cancelled"})
        self.assertEqual(set(calls.recipient_id.mapped("state")), {"withdrawn"})

    # === RIGHTS AND PLAN === #
    def test_callers_see_and_make_their_own_calls_only(self):
        calls = self._create_calls(2)
        second = self._create_user("campaign_caller_2", "caller")
        calls[1].user_id = second
        Call = self.env["crm.campaign.call"]
        self.assertEqual(Call.with_user(self.caller).search([]), calls[0])
        self.assertEqual(Call.with_user(self.other_marketer).search([]), Call)
        self.assertEqual(Call.with_user(self.manager).search([]), calls)
        self.assertFalse(Call.with_user(self.foreign_manager).search([]))
        with self.assertRaises(AccessError):
            self._record(calls[1], "interested")

    def test_what_may_be_changed_by_hand(self):
        calls = self._create_calls(2)
        mine = calls[0].with_user(self.caller)
        mine.date_planned = self.today + timedelta(days=3)
        self.assertEqual(
            fields.Datetime.context_timestamp(
                mine.with_context(tz=self.caller.tz or "UTC"), calls[0].due_at
            ).date(),
            self.today + timedelta(days=3),
        )
        with self.assertRaisesRegex(AccessError, "Only marketing users"):
            mine.user_id = self.marketer
        with self.assertRaisesRegex(UserError, "follows from the calls themselves"):
            calls[0].with_user(self.marketer).state = "done"
        calls[0].with_user(self.marketer).user_id = self.marketer
        self._record(calls[1], "interested")
        with self.assertRaisesRegex(UserError, "is over"):
            calls[1].with_user(self.marketer).date_planned = self.today

    def test_overdue(self):
        calls = self._create_calls(3)
        calls[:2].write({"date_planned": self.today - timedelta(days=1)})
        self._record(calls[1], "interested")
        self.assertEqual(calls.mapped("is_overdue"), [True, False, False])
        Call = self.env["crm.campaign.call"]
        self.assertEqual(Call.search([("is_overdue", "=", True)]), calls[0])
        self.assertEqual(Call.search([("is_overdue", "=", False)]), calls[1:])
