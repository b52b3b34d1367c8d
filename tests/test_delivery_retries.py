# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase, real_smtp, start_sink

GREYLISTED = "person1@test.example.com"


@tagged("post_install", "-at_install")
class TestDeliveryRetries(CrmCampaignCase):
    """What a mail server refuses for now is tried again later, and only that."""

    def setUp(self):
        super().setUp()
        self.sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": self.sink.host, "smtp_port": self.sink.port}
        )
        self.enterContext(real_smtp())
        self.people = self._create_partners(3)

    def _pass_minutes(self, minutes):
        self.env.cr.execute(
            "UPDATE crm_campaign_deferral SET retry_at = retry_at - %s * interval '1 minute'",
            (minutes,),
        )
        self.env.invalidate_all()

    def _read_states(self, execution):
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)], order="email"
        )
        return recipients.mapped("state")

    def test_a_greylisted_message_waits_while_the_others_go_on(self):
        self.sink.set_behaviour(greylist=[GREYLISTED])

        execution = self._sent_execution()

        self.assertEqual(self._read_states(execution), ["deferred", "sent", "sent"])
        self.assertFigures(execution, sent=2, failed=0, pending=1, deferred=1)
        self.assertEqual((execution.state, execution.operation_id.state), ("running", "running"))
        self.assertRegex(execution.deferral_message, r"^1 wait for another try, the next at ")

    def test_it_is_not_tried_again_before_its_moment(self):
        self.sink.set_behaviour(greylist=[GREYLISTED])
        execution = self._sent_execution()

        self._pass_minutes(4)
        self._send()

        self.assertEqual(self._read_states(execution), ["deferred", "sent", "sent"])

    def test_it_leaves_at_its_second_try(self):
        self.sink.set_behaviour(greylist=[GREYLISTED])
        execution = self._sent_execution()

        self._pass_minutes(6)
        self._send()

        self.assertEqual(self._read_states(execution), ["sent", "sent", "sent"])
        self.assertEqual(execution.state, "done")
        self.assertFalse(execution.deferral_message)
        self.assertEqual(self.sink.accepted().count(GREYLISTED), 1)

    def test_it_fails_after_the_last_try_with_the_words_of_the_server(self):
        self.sink.set_behaviour(answers_rcpt={GREYLISTED: "452 4.2.2 Mailbox full"})
        execution = self._sent_execution()
        tries = 1
        while execution.state == "running" and tries < 9:
            self._pass_minutes(241)
            self._send()
            tries += 1

        self.assertEqual(tries, 5)
        recipient = self._get_recipient(execution, self.people[0])
        self.assertEqual(recipient.state, "failed")
        self.assertEqual(recipient.failure_reason, "452 4.2.2 Mailbox full")
        self.assertEqual(execution.state, "done")

    def test_the_number_of_tries_is_a_setting(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.retry_minutes", "7")
        self.sink.set_behaviour(answers_rcpt={GREYLISTED: "450 4.2.0 Later"})
        execution = self._sent_execution()

        self._pass_minutes(8)
        self._send()

        self.assertEqual(self._read_states(execution), ["failed", "sent", "sent"])

    @mute_logger("odoo.addons.crm_campaign.models.crm_campaign_deferral")
    def test_minutes_of_the_setting_are_at_least_one_and_numbers(self):
        for text, expected in (
            ("7, 20", (7, 20)),
            ("0", (1,)),
            ("-5 10", (1, 10)),
            ("soon", (5, 15, 60, 240)),
            (" , ", (5, 15, 60, 240)),
            (False, (5, 15, 60, 240)),
        ):
            with self.subTest(text):
                self.env["ir.config_parameter"].set_param("crm_campaign.retry_minutes", text)
                self.assertEqual(self.env["crm.campaign.deferral"]._get_retry_minutes(), expected)

    def test_a_user_s_retry_begins_the_tries_anew(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.retry_minutes", "7")
        self.sink.set_behaviour(answers_rcpt={GREYLISTED: "450 4.2.0 Later"})
        execution = self._sent_execution()
        self._pass_minutes(8)
        self._send()

        execution.operation_id.action_retry()
        self._send()

        self.assertEqual(self._read_states(execution), ["deferred", "sent", "sent"])

    def test_a_refusal_for_good_is_not_tried_again(self):
        self.sink.set_behaviour(answers_rcpt={GREYLISTED: "550 5.1.1 No such user"})

        execution = self._sent_execution()

        self.assertEqual(self._read_states(execution), ["failed", "sent", "sent"])

    def test_a_refusal_after_the_data_is_told_apart_too(self):
        self.sink.set_behaviour(
            answers_data={
                GREYLISTED: "451 4.7.1 Try again later",
                "person2@test.example.com": "554 5.7.1 Spam",
            }
        )

        execution = self._sent_execution()

        self.assertEqual(self._read_states(execution), ["deferred", "failed", "sent"])

    def test_a_server_that_closes_the_session_over_one_message_gets_the_others(self):
        self.sink.set_behaviour(answers_rcpt={GREYLISTED: "421 4.7.0 Try again later"})

        execution = self._sent_execution()

        self.assertEqual(self._read_states(execution), ["deferred", "sent", "sent"])
        self.assertEqual(execution.state, "running")

    def test_many_of_them_do_not_suspend_the_operation(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.failures_in_a_row", "2")
        self.sink.set_behaviour(greylist=["*@test.example.com"])

        execution = self._sent_execution()

        self.assertEqual(self._read_states(execution), ["deferred", "deferred", "deferred"])
        self.assertEqual(execution.operation_id.state, "running")

    def test_last_tries_that_failed_in_a_row_suspend_the_operation(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.failures_in_a_row", "2")
        self.env["ir.config_parameter"].set_param("crm_campaign.retry_minutes", "7")
        self.sink.set_behaviour(
            answers_rcpt=dict.fromkeys(self.people.mapped("email"), "450 4.7.1 Not now")
        )
        execution = self._sent_execution()

        self._pass_minutes(8)
        self._send()

        self.assertEqual(self._read_states(execution), ["failed", "failed", "pending"])
        self.assertEqual(execution.operation_id.state, "suspended")
        self.assertRegex(execution.error_message, "^2 messages in a row failed .*450 4.7.1 Not now")

    def test_whoever_unsubscribed_meanwhile_is_not_tried_again(self):
        self.sink.set_behaviour(greylist=[GREYLISTED])
        execution = self._sent_execution()
        self.env["mail.blacklist"]._add(GREYLISTED)

        self._pass_minutes(6)
        self._send()

        self.assertEqual(self._read_states(execution), ["withdrawn", "sent", "sent"])
        self.assertEqual(execution.state, "done")

    def test_cancelling_gives_them_up(self):
        self.sink.set_behaviour(greylist=[GREYLISTED])
        execution = self._sent_execution()

        execution.operation_id.action_cancel()

        self.assertEqual(self._read_states(execution), ["withdrawn", "sent", "sent"])
        self.assertFalse(self.env["crm.campaign.deferral"].search([]))

    def test_a_down_server_is_an_error_and_no_reason_to_defer(self):
        self.sink.set_behaviour()
        execution = self._dispatch(self._create_operation())
        self.sink.stop()

        self._send()

        self.assertEqual(execution.state, "error")
        self.assertEqual(self._read_states(execution), ["pending", "pending", "pending"])

    def test_what_waits_for_a_try_is_in_the_list_behind_its_figure(self):
        self.sink.set_behaviour(greylist=[GREYLISTED])
        execution = self._sent_execution()

        action = execution.with_context(recipient_figure="deferred").action_view_recipients()

        found = self.env["crm.campaign.recipient"].search(action["domain"])
        self.assertEqual(found.partner_id, self.people[0])
