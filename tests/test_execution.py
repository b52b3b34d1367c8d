# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import ChannelUnavailable
from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestExecution(CrmCampaignCase):
    def test_everybody_targeted_ends_in_a_row_with_one_reason(self):
        firm = self._create_partner("Firm", "contact@test.example.com", is_company=True)
        same = self._create_partner("Same", "Contact@TEST.example.com", parent_id=firm.id)
        mute = self._create_partner("No Email")
        odd = self._create_partner("Malformed", "jean.dupont@")
        gone = self._create_partner("Gone", "gone@test.example.com", active=False)
        gone_and_mute = self._create_partner("Gone and Mute", active=False)
        blocked = self._create_partner("Blocked", "blocked@test.example.com")
        self.env["mail.blacklist"]._add("blocked@test.example.com")

        execution = self._dispatch(self._create_operation())

        self.assertRecipients(
            execution,
            [
                {
                    "partner": firm,
                    "exclusion": False,
                    "state": "pending",
                    "email": "contact@test.example.com",
                    "company_partner_id": firm,
                },
                {"partner": same, "exclusion": "duplicate", "state": "excluded"},
                {"partner": mute, "exclusion": "no_address", "state": "excluded"},
                {"partner": odd, "exclusion": "no_address", "state": "excluded"},
                {"partner": gone, "exclusion": "archived", "state": "excluded"},
                {"partner": gone_and_mute, "exclusion": "archived", "state": "excluded"},
                {"partner": blocked, "exclusion": "blacklisted", "state": "excluded"},
            ],
        )
        self.assertFigures(execution, targeted=7, included=1, excluded=6, duplicate=1)

    def test_archived_person_leaves_the_address_to_somebody_else(self):
        self._create_partner("Old", "shared@test.example.com", active=False)
        new = self._create_partner("New", "shared@test.example.com")

        execution = self._dispatch(self._create_operation())

        self.assertEqual(self._get_recipient(execution, new).state, "pending")

    def test_waterfall_adds_up_and_each_figure_opens_its_list(self):
        self._create_partners(2)
        self._create_partner("No Email")
        self._create_partner("Gone", "gone@test.example.com", active=False)
        execution = self._dispatch(self._create_operation()).with_user(self.marketer)

        summary = execution.exclusion_summary

        self.assertEqual(
            [(line["reason"], line["count"]) for line in summary],
            [("archived", 1), ("no_address", 1)],
        )
        for figure, count in (
            ("targeted", 4),
            ("included", 2),
            ("excluded", 2),
            ("archived", 1),
            ("no_address", 1),
            ("pending", 2),
            ("sent", 0),
        ):
            with self.subTest(figure):
                action = execution.with_context(recipient_figure=figure).action_view_recipients()
                found = self.env["crm.campaign.recipient"].search_count(action["domain"])
                self.assertEqual(found, count)

    def test_every_counter_equals_the_list_it_opens(self):
        partners = self._create_partners(6)
        execution = self._sent_execution()
        rows = [self._get_recipient(execution, partner) for partner in partners]
        rows[0]._mark("opened")
        rows[1]._mark("clicked")
        rows[2]._mark("replied")
        rows[3]._mark_bounced("550 unknown user")
        rows[4]._mark_unsubscribed()
        execution._refresh_counters()

        for name in execution._get_counter_conditions():
            if name == "duplicate_count":
                continue
            figure = name.removesuffix("_count")
            with self.subTest(figure):
                domain = execution._get_figure_domain(figure)
                found = self.env["crm.campaign.recipient"].search_count(
                    [("execution_id", "=", execution.id), *domain]
                )
                self.assertEqual(execution[name], found)
        self.assertFigures(
            execution,
            sent=6,
            delivered=5,
            opened=3,
            clicked=1,
            replied=1,
            bounced=1,
            unsubscribed=1,
        )

    def test_rates_are_on_delivered_messages(self):
        partners = self._create_partners(5)
        execution = self._sent_execution()
        self._get_recipient(execution, partners[0])._mark_bounced("550")
        self._get_recipient(execution, partners[1])._mark("clicked")
        self._get_recipient(execution, partners[2])._mark("opened")

        execution._refresh_counters()

        self.assertEqual(execution.opened_rate, 0.5)
        self.assertEqual(execution.clicked_rate, 0.25)

    def test_what_was_frozen_does_not_follow_the_contact(self):
        partner = self._create_partner("Zoé", "zoe@test.example.com")
        execution = self._dispatch(self._create_operation())

        partner.write({"email": "new@test.example.com", "category_id": [(5,)]})
        self._send()

        self.assertRecipients(
            execution,
            [{"partner": partner, "email": "zoe@test.example.com", "state": "sent"}],
        )

    def test_what_was_sent_does_not_follow_the_template(self):
        self._create_partners(1)
        operation = self._create_operation()
        execution = self._dispatch(operation)

        operation.template_id.write({"subject": "Changed", "body_html": "<p>Changed</p>"})

        self.assertEqual(execution.subject, "Hello {{ object.partner_id.name}}")
        self.assertNotIn("Changed", execution.body_html)

    def test_block_after_freezing_withdraws_before_sending(self):
        partner = self._create_partner("Zoé", "zoe@test.example.com")
        other = self._create_partner("Loïc", "loic@test.example.com")
        archived = self._create_partner("Anne", "anne@test.example.com")
        execution = self._dispatch(self._create_operation())
        self.env["mail.blacklist"]._add("zoe@test.example.com")
        archived.active = False

        self._send()

        self.assertRecipients(
            execution,
            [
                {"partner": partner, "state": "withdrawn", "failure_reason": "Blacklisted"},
                {"partner": other, "state": "sent"},
                {"partner": archived, "state": "withdrawn", "failure_reason": "Archived"},
            ],
        )
        self.assertEqual(execution.state, "done")
        self.assertFigures(execution, included=3, sent=1, withdrawn=2)

    def test_batch_of_which_nobody_may_be_written_to_any_more_ends_the_execution(self):
        partner = self._create_partner("Zoé", "zoe@test.example.com")
        execution = self._dispatch(self._create_operation())
        partner.active = False

        self._send()

        self.assertRecipients(execution, [{"partner": partner, "state": "withdrawn"}])
        self.assertRecordValues(execution, [{"state": "done", "error_message": False}])

    def test_who_was_deleted_after_freezing_gets_nothing(self):
        first, second = self._create_partners(2)
        execution = self._dispatch(self._create_operation())
        second.unlink()

        self._send()

        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        self.assertEqual(
            [(row.email, row.state, row.failure_reason) for row in recipients],
            [
                ("person1@test.example.com", "sent", False),
                ("person2@test.example.com", "withdrawn", "Deleted"),
            ],
        )
        self.assertEqual(recipients[0].partner_id, first)

    def test_an_opening_before_a_bounce_does_not_count(self):
        first, second = self._create_partners(2)
        execution = self._sent_execution()
        for partner in (first, second):
            self._get_recipient(execution, partner)._mark("opened")
        self._get_recipient(execution, second)._mark_bounced("550")

        execution._refresh_counters()

        self.assertEqual((execution.opened_count, execution.delivered_count), (1, 1))
        self.assertEqual(execution.opened_rate, 1.0)

    def test_one_execution_that_breaks_never_holds_up_the_others(self):
        self._create_partners(2)
        broken = self._dispatch(self._create_operation())
        sound = self._dispatch(self._create_operation())
        prepare_batch = type(broken._get_channel())._prepare_batch

        def break_first(channel, execution, recipients):
            if execution == broken:
                self.env.cr.execute("SELECT 1 / 0")
            return prepare_batch(channel, execution, recipients)

        with (
            patch.object(type(broken._get_channel()), "_prepare_batch", break_first),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.crm_campaign", "ERROR"),
        ):
            self._send()
            self._send()

        self.assertEqual((broken.state, sound.state), ("error", "done"))
        self.assertIn("division by zero", broken.error_message)

    def test_suspended_during_the_last_batch_then_resumed_is_finished(self):
        self._create_partners(2)
        operation = self._create_operation()
        execution = self._dispatch(operation)
        deliver = type(execution._get_channel())._deliver

        def suspend_and_deliver(channel, execution, payloads):
            operation.action_suspend()
            return deliver(channel, execution, payloads)

        with patch.object(type(execution._get_channel()), "_deliver", suspend_and_deliver):
            self._send()
        self.assertEqual(operation.state, "suspended")

        operation.action_resume()
        self._send()

        self.assertEqual(operation.state, "done")
        self.assertEqual(execution.sent_count, 2)

    def test_cancelled_during_a_batch_leaves_nobody_waiting(self):
        self._create_partners(4)
        operation = self._create_operation()
        execution = self._dispatch(operation)

        def cancel_and_hang_up(channel, execution, payloads):
            first_id = next(iter(payloads))
            yield first_id, "sent", None
            operation.action_cancel()
            raise ChannelUnavailable("hung up")

        with patch.object(type(execution._get_channel()), "_deliver", cancel_and_hang_up):
            self._send()
        self._send()

        self.assertEqual((operation.state, execution.state), ("cancelled", "cancelled"))
        self.assertFigures(execution, sent=1, withdrawn=3, pending=0)

    def test_a_batch_stops_when_the_job_has_no_time_left(self):
        self._create_partners(3)
        execution = self._dispatch(self._create_operation())

        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            hurried = execution.with_env(self.env(cr=cr, context={"cron_end_time": 0}))
            self.assertEqual(hurried._send_batch(), 1)
        self.env.invalidate_all()

        self.assertFigures(execution, sent=1, pending=2, unknown=0)

    def test_scheduled_execution_departs_when_its_moment_has_come(self):
        self._create_partners(2)
        later = fields.Datetime.now() + timedelta(days=1)
        execution = self._dispatch(self._create_operation(date_start=later))
        self._send()
        self.assertEqual(execution.state, "scheduled")

        execution.scheduled_at = fields.Datetime.now() - timedelta(minutes=1)
        self._send()

        self.assertEqual(execution.state, "done")
        self.assertEqual(execution.sent_count, 2)

    def test_departure_that_breaks_stops_only_itself_and_can_be_retried(self):
        self._create_partners(1)
        later = fields.Datetime.now() + timedelta(days=1)
        broken_target = self._create_target()
        broken = self._create_operation(date_start=later, target_id=broken_target.id)
        sound = self._create_operation(date_start=later)
        executions = self._dispatch(broken) + self._dispatch(sound)
        executions.scheduled_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_target SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s",
            (broken_target.id,),
        )
        self.env.invalidate_all()

        with self.assertLogs("odoo.addons.crm_campaign", "WARNING"):
            self._send()

        self.assertEqual(broken.state, "error")
        self.assertIn("cannot be used", broken.error_message)
        self.assertEqual(sound.state, "done")
        broken_target.domain = f"[('category_id', '=', {self.tag.id})]"
        broken.action_retry()
        self._send()
        self.assertEqual(broken.state, "done")
        self.assertEqual(broken.execution_ids.sent_count, 1)

    def test_departure_in_conflict_with_another_transaction_waits_for_the_next_run(self):
        self._create_partners(1)
        later = fields.Datetime.now() + timedelta(days=1)
        execution = self._dispatch(self._create_operation(date_start=later))
        execution.scheduled_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()

        conflict = psycopg2.errors.SerializationFailure
        with (
            patch.object(type(execution), "_depart", side_effect=conflict),
            self.assertRaises(conflict),
        ):
            execution._depart_due()
        self.env.invalidate_all()
        self.assertEqual(execution.state, "scheduled")

        self._send()
        self.assertEqual(execution.state, "done")

    def test_execution_is_never_deleted(self):
        self._create_partners(1)
        execution = self._dispatch(self._create_operation())

        with self.assertRaisesRegex(UserError, "record of what was done"):
            execution.unlink()
        with self.assertRaisesRegex(UserError, "record of what was done"):
            self.env["crm.campaign.recipient"].search(
                [("execution_id", "=", execution.id)]
            ).unlink()

    def test_criteria_are_kept_in_words(self):
        self._create_partners(1)
        target = self._create_target(
            record_kind="contact", domain=f"[('category_id', '=', {self.tag.id})]"
        )

        execution = self._dispatch(self._create_operation(target_id=target.id))
        target.domain = "[]"

        self.assertEqual(execution.criteria, "Contacts · Tags is Campaign Test")

    def test_criteria_are_those_of_the_departure(self):
        self._create_partners(1)
        target = self._create_target()
        later = fields.Datetime.now() + timedelta(days=1)
        execution = self._dispatch(self._create_operation(target_id=target.id, date_start=later))
        target.record_kind = "contact"
        execution.scheduled_at = fields.Datetime.now() - timedelta(minutes=1)

        self._send()

        self.assertIn("Contacts · ", execution.criteria)

    def test_mailing_of_the_host_is_left_alone_by_its_own_queue(self):
        self._create_partners(1)
        execution = self._dispatch(self._create_operation())

        mailing = execution.mailing_id

        self.assertEqual(mailing.state, "done")
        self.assertEqual(mailing.mailing_model_real, "crm.campaign.recipient")
        self.assertEqual(mailing.campaign_id, execution.campaign_id.utm_campaign_id)
        self.assertFalse(mailing.kpi_mail_required)
