# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sms.tools.sms_api import SmsApiBase

from .. import sms_http
from .common_sms import SmsCase


@tagged("post_install", "-at_install")
class TestSmsHttp(SmsCase):
    """A real web service on this machine."""

    def setUp(self):
        super().setUp()
        self.service = self._start_service()

    def _get_states(self, execution):
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        return recipients.mapped("state")

    def test_one_request_a_number(self):
        self._create_people(2)

        execution = self._sent_sms("Hi {{ object.partner_id.name }} STOP")

        self.assertEqual(self._get_states(execution), ["sent", "sent"])
        self.assertEqual(
            [(message["to"], message["text"]) for message in self.service.accepted],
            [("+33612000001", "Hi Person 1 STOP"), ("+33612000002", "Hi Person 2 STOP")],
        )
        self.assertEqual({len(message["key"]) for message in self.service.accepted}, {32})

    def test_refused_number_fails_alone_and_is_retried_alone(self):
        self._create_people(2)
        self.service.behaviour["+33612000001"] = 422

        execution = self._sent_sms()

        self.assertEqual(self._get_states(execution), ["failed", "sent"])
        self.assertEqual(
            self.env["crm.campaign.recipient"]
            .search([("execution_id", "=", execution.id)])[0]
            .failure_reason,
            "422 because",
        )
        self.service.behaviour.clear()
        execution.operation_id.with_user(self.marketer).action_retry()
        self._send()
        self.assertEqual(self.service.get_numbers(), ["+33612000002", "+33612000001"])
        self.assertEqual(execution.operation_id.state, "done")

    def test_lost_answers_leave_unknown_fates_and_the_others_go_on(self):
        self._create_people(4)
        self.service.behaviour["+33612000001"] = "hang up"
        self.service.behaviour["+33612000002"] = 500

        execution = self._sent_sms()

        self.assertEqual(self._get_states(execution), ["unknown", "unknown", "sent", "sent"])
        self.assertEqual(execution.operation_id.state, "error")
        self.assertEqual(
            self.service.get_numbers(), ["+33612000001", "+33612000003", "+33612000004"]
        )

    def test_service_that_says_nothing_is_given_up(self):
        self._create_people(2)
        self.service.behaviour["+33612000001"] = "silent"

        with patch.object(sms_http.post, "__defaults__", (0.2,)):
            execution = self._sent_sms()

        self.assertEqual(self._get_states(execution), ["unknown", "sent"])

    def test_unknown_fate_that_is_sent_again_keeps_its_key(self):
        self._create_people(1)
        self.service.behaviour["+33612000001"] = "hang up"
        execution = self._sent_sms()
        self.service.behaviour.clear()

        recipient = self.env["crm.campaign.recipient"].search([("execution_id", "=", execution.id)])
        recipient.with_user(self.marketer).action_send_again()
        self._send()

        first, second = self.service.accepted
        self.assertEqual(first["key"], second["key"])
        self.assertEqual(recipient.state, "sent")

    def test_service_that_confirms_nothing_is_left_alone(self):
        people = self._create_people(5)
        for person in people:
            self.service.behaviour[person.phone_sanitized] = "hang up"

        execution = self._sent_sms()

        self.assertEqual(self._get_states(execution), ["unknown"] * 3 + ["pending"] * 2)
        self.assertIn("3 answers in a row", execution.error_message)

    def test_service_that_is_down_keeps_everybody_waiting(self):
        self._create_people(2)
        execution = self._dispatch(self._create_sms())
        self.service.stop()

        self._send()

        self.assertEqual(self._get_states(execution), ["pending", "pending"])
        self.assertIn("takes no messages", execution.error_message)
        self.service.start()
        execution.operation_id.action_retry()
        self._send()
        self.assertEqual(self.service.get_numbers(), ["+33612000001", "+33612000002"])

    def test_service_that_is_busy_keeps_the_others_waiting(self):
        for status in (401, 429, 503, 302):
            with self.subTest(status):
                people = self._create_people(3)
                self.service.accepted.clear()
                self.service.behaviour["+33612000002"] = status

                execution = self._sent_sms()

                self.assertEqual(self._get_states(execution), ["sent", "pending", "pending"])
                self.assertEqual(execution.operation_id.state, "error")
                for person in people:
                    person.category_id = False

    def test_wrong_token_is_said(self):
        self._create_people(1)
        self.company.campaign_sms_token = "wrong"

        execution = self._sent_sms()

        self.assertIn("401", execution.error_message)
        self.assertEqual(self._get_states(execution), ["pending"])

    def test_unfit_settings_send_nothing(self):
        for name, values in (
            ("no address", {"campaign_sms_url": False}),
            ("another protocol", {"campaign_sms_url": "ftp://127.0.0.1/x"}),
            ("a space", {"campaign_sms_url": f"{self.service.url} x"}),
            ("no port", {"campaign_sms_url": "http://127.0.0.1:99999/"}),
            ("a token of two lines", {"campaign_sms_token": "a\nb: c"}),
        ):
            with self.subTest(name), self.cr.savepoint() as savepoint:
                self._create_people(1)
                execution = self._dispatch(self._create_sms())
                self.company.write(values)
                self._send()
                self.assertEqual(self._get_states(execution), ["pending"])
                self.assertEqual(self.service.accepted, [])
                self.env.invalidate_all()
                savepoint.rollback()

    def test_service_that_is_down_is_said_before_anything_is_frozen(self):
        self._create_people(1)
        operation = self._create_sms()
        self.service.stop()

        with self.assertRaisesRegex(UserError, "takes no messages"):
            operation.action_dispatch()
        self.assertFalse(operation.execution_ids)


class HostService(SmsApiBase):
    """A service of the host as its addons write them; ``answers``: number -> state or error."""

    answers = {}
    calls = []

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        number = messages[0]["numbers"][0]
        self.calls.append((number["number"], messages[0]["content"], self.company))
        answer = self.answers.get(number["number"], "success")
        if isinstance(answer, Exception):
            raise answer
        return [{"uuid": number["uuid"], "state": answer}]

    def _get_sms_api_error_messages(self):
        return {"wrong_number_format": "Not a number: <a href='/x'>help</a>"}


@tagged("post_install", "-at_install")
class TestSmsHost(SmsCase):
    """The service of the host: the class that a company names."""

    def setUp(self):
        super().setUp()
        HostService.answers, HostService.calls = {}, []
        self.company.campaign_sms_provider = "host"

    def _send_through(self, answers):
        HostService.answers = answers
        Company = self.registry["res.company"]
        with patch.object(Company, "_get_sms_api_class", lambda company: HostService):
            execution = self._sent_sms("Hello STOP")
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        return execution, recipients

    def test_what_the_host_answers(self):
        self._create_people(4)

        _execution, recipients = self._send_through(
            {
                "+33612000001": "wrong_number_format",
                "+33612000002": "server_error",
                "+33612000003": AssertionError("connection reset"),
            }
        )

        self.assertEqual(recipients.mapped("state"), ["failed", "unknown", "unknown", "sent"])
        self.assertEqual(
            recipients.mapped("failure_reason"),
            ["Not a number: help", "server_error", "connection reset", False],
        )
        self.assertEqual(HostService.calls[3], ("+33612000004", "Hello STOP", self.company))

    def test_account_without_credit_keeps_everybody_waiting(self):
        self._create_people(2)

        execution, recipients = self._send_through({"+33612000001": "insufficient_credit"})

        self.assertEqual(recipients.mapped("state"), ["pending", "pending"])
        self.assertIn("insufficient_credit", execution.error_message)

    def test_service_of_odoo_is_not_reached_by_tests(self):
        self._create_people(2)

        execution = self._sent_sms("Hello STOP")

        self.assertFigures(execution, pending=2, unknown=0, sent=0)
        self.assertEqual(execution.operation_id.state, "error")
