# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..const import OPERATION_STATES
from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestOperation(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls._create_partners(3)

    def test_legal_transitions_are_exactly_these(self):
        legal = {
            ("draft", "to_test"),
            ("draft", "ready"),
            ("draft", "cancelled"),
            ("to_test", "draft"),
            ("to_test", "proofing"),
            ("to_test", "ready"),
            ("to_test", "cancelled"),
            ("proofing", "to_test"),
            ("proofing", "proof"),
            ("proofing", "cancelled"),
            ("proofing", "error"),
            ("proof", "to_test"),
            ("proof", "ready"),
            ("proof", "cancelled"),
            ("ready", "draft"),
            ("ready", "to_test"),
            ("ready", "running"),
            ("ready", "cancelled"),
            ("running", "suspended"),
            ("running", "done"),
            ("running", "cancelled"),
            ("running", "error"),
            ("suspended", "running"),
            ("suspended", "cancelled"),
            ("error", "running"),
            ("error", "done"),
            ("error", "cancelled"),
            ("done", "running"),
        }
        operation = self._create_operation()
        states = [code for code, _label in OPERATION_STATES]
        for start in states:
            for end in states:
                if start == end:
                    continue
                with self.subTest(f"{start} to {end}"):
                    operation.flush_recordset()
                    self.env.cr.execute(
                        "UPDATE crm_campaign_operation SET state = %s WHERE id = %s",
                        (start, operation.id),
                    )
                    operation.invalidate_recordset()
                    if (start, end) in legal:
                        operation._move(end)
                        self.assertEqual(operation.state, end)
                    else:
                        with self.assertRaisesRegex(UserError, "cannot go to"):
                            operation._move(end)

    def test_new_operation_cannot_be_born_finished(self):
        with self.assertRaisesRegex(UserError, "starts in state"):
            self._create_operation(state="done")

    def test_currency_comes_from_the_campaign(self):
        eur = self.env.ref("base.EUR")
        eur.active = True
        campaign = self._create_campaign(currency_id=eur.id)

        self.assertEqual(self._create_operation(campaign_id=campaign.id).currency_id, eur)

    def test_budget_without_currency_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no currency"):
            self._create_operation(budget=10, currency_id=False)

    def test_end_before_start_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "ends before it starts"):
            self._create_operation(date_start="2026-03-02 08:00:00", date_end="2026-03-01 08:00:00")

    def test_purpose_comes_from_the_template(self):
        self.assertEqual(self._create_operation().purpose_id, self.purpose)

    def test_incomplete_operation_says_what_is_missing(self):
        operation = self._create_operation()
        operation.write({"target_id": False, "template_id": False})

        with self.assertRaisesRegex(UserError, "Missing: Target, Template"):
            operation.action_ready()
        self.assertEqual(operation.state, "draft")

    def test_empty_target_is_refused_at_departure_and_nothing_is_done(self):
        target = self._create_target(domain="[('name', '=', 'Nobody at all')]")
        operation = self._create_operation(target_id=target.id)

        with self.assertRaisesRegex(UserError, "is empty: nobody would receive anything"):
            operation.action_dispatch()
        self.assertFalse(operation.execution_ids)

    def test_dispatch_freezes_at_once_and_opens_the_execution(self):
        operation = self._create_operation()

        action = operation.action_dispatch()

        self.assertEqual(operation.state, "running")
        self.assertEqual(action["res_model"], "crm.campaign.execution")
        execution = self.env["crm.campaign.execution"].browse(action["res_id"])
        self.assertEqual(execution.state, "running")
        self.assertEqual(execution.included_count, 3)

    def test_second_dispatch_while_the_first_runs_is_refused(self):
        operation = self._create_operation()
        operation.action_dispatch()

        with self.assertRaisesRegex(UserError, "is in state “Running”: it cannot go to"):
            operation.action_dispatch()
        self.assertEqual(len(operation.execution_ids), 1)

    def test_dispatch_in_the_future_freezes_nothing_yet(self):
        later = fields.Datetime.now() + timedelta(days=2)
        operation = self._create_operation(date_start=later)

        execution = self._dispatch(operation)

        self.assertEqual(execution.state, "scheduled")
        self.assertEqual(execution.scheduled_at, later.replace(microsecond=0))
        self.assertEqual(execution.targeted_count, 0)

    def test_content_cannot_change_once_it_left(self):
        operation = self._create_operation()
        self._dispatch(operation)

        with self.assertRaisesRegex(UserError, "already left"):
            operation.target_id = self._create_target()

    def test_operation_that_left_is_not_deleted(self):
        operation = self._create_operation()
        self._dispatch(operation)

        with self.assertRaisesRegex(UserError, "Archive it instead"):
            operation.unlink()

    def test_operation_that_never_left_is_deleted(self):
        operation = self._create_operation()

        operation.unlink()

        self.assertFalse(operation.exists())

    def test_finished_when_every_message_was_sent(self):
        operation = self._create_operation()
        execution = self._dispatch(operation)

        self._send()

        self.assertEqual(operation.state, "done")
        self.assertEqual(execution.state, "done")
        self.assertFigures(execution, targeted=3, included=3, sent=3, pending=0)

    def test_suspended_operation_sends_nothing(self):
        operation = self._create_operation()
        execution = self._dispatch(operation)
        operation.action_suspend()

        self._send()

        self.assertEqual(operation.state, "suspended")
        self.assertFigures(execution, pending=3, sent=0)

    def test_resumed_operation_goes_on(self):
        operation = self._create_operation()
        execution = self._dispatch(operation)
        operation.action_suspend()

        operation.action_resume()
        self._send()

        self.assertEqual(operation.state, "done")
        self.assertFigures(execution, sent=3)

    def test_suspended_before_departure_resumes_as_scheduled(self):
        later = fields.Datetime.now() + timedelta(days=2)
        operation = self._create_operation(date_start=later)
        execution = self._dispatch(operation)
        operation.action_suspend()

        operation.action_resume()

        self.assertEqual(execution.state, "scheduled")

    def test_cancelled_operation_withdraws_who_still_waits(self):
        operation = self._create_operation()
        execution = self._dispatch(operation)

        operation.action_cancel()
        self._send()

        self.assertEqual(execution.state, "cancelled")
        self.assertFigures(execution, withdrawn=3, sent=0, pending=0)
        self.assertRecipients(
            execution, [{"partner": partner, "state": "withdrawn"} for partner in self.partners]
        )

    def test_only_managers_make_somebody_else_responsible(self):
        operation = self._create_operation()

        with self.assertRaisesRegex(UserError, "Only a marketing manager"):
            operation.user_id = self.env.ref("base.user_admin")
        operation.with_user(self.manager).user_id = self.other_marketer
        self.assertEqual(operation.user_id, self.other_marketer)

    def test_template_of_another_channel_is_refused(self):
        operation = self._create_operation()
        self.env.cr.execute(
            "UPDATE crm_campaign_template SET channel = 'pigeon' WHERE id = %s",
            (operation.template_id.id,),
        )
        operation.template_id.invalidate_recordset()

        with self.assertRaisesRegex(ValidationError, "not made for this channel"):
            operation._check_template_channel()

    def test_retrying_with_nothing_failed_stays_finished(self):
        operation = self._create_operation()
        self._dispatch(operation)
        self._send()

        operation.action_retry()

        self.assertEqual(operation.state, "done")

    def test_what_was_announced_cannot_change_after_dispatch(self):
        operation = self._create_operation()
        self._dispatch(operation)
        for name, value in (
            ("date_start", "2099-01-01 08:00:00"),
            ("email_from", "else@test.example.com"),
            ("purpose_id", self.env.ref("crm_campaign.crm_campaign_purpose_service").id),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, "already left"):
                operation.write({name: value})
        operation.with_user(self.manager).user_id = self.other_marketer
        self.assertIn("campaign_marketer@", operation.email_from)

    def test_calendar_date_is_the_start_or_the_departure(self):
        operation = self._create_operation(date_start="2026-03-02 08:00:00")

        self.assertEqual(operation.date_calendar, datetime(2026, 3, 2, 8))

    def test_lists_say_in_few_words_what_came_of_each_type(self):
        mailing = self._create_operation()
        self._dispatch(mailing)
        self.assertFalse(mailing.result_words)
        mailing.execution_ids.sudo().write({"sent_count": 1200, "opened_count": 340})
        press = self.env["crm.campaign.operation"].create(
            {
                "name": "Advert",
                "operation_type": "press",
                "campaign_id": mailing.campaign_id.id,
                "press_medium": "The Building Monthly",
            }
        )
        self.assertFalse(press.result_words)
        press.sudo().response_count = 12
        (mailing | press).invalidate_recordset()
        self.assertEqual(mailing.result_words, "Sent: 1,200 · Opened: 340")
        self.assertEqual(press.result_words, "Responses: 12")

    def test_results_of_many_operations_take_as_many_queries_as_of_two(self):
        operations = self.env["crm.campaign.operation"].union(
            *(self._create_operation(name=f"Mailing {number}") for number in range(10))
        )
        counts = []
        for some in (operations[:1], operations[:2], operations):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("name")
            before = self.env.cr.sql_log_count
            some.mapped("result_words")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
