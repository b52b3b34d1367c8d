# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
import tempfile
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sms.tools.sms_api import SmsApiBase

from .. import sms_http
from .common import CrmCampaignCase
from .sms_service import TOKEN, SmsService


class SmsCase(CrmCampaignCase):
    """People with numbers, and a template of text messages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.fr")
        # Marketing by SMS needs a consent by default: see the test of consent.
        cls.purpose.unknown_sms = True
        cls.text = "Hi {{ object.partner_id.name ||| you}}, -20%. STOP 36111"

    @classmethod
    def _create_person(cls, name, phone, **values):
        country = cls.env.ref("base.fr").id
        return cls._create_partner(name, phone=phone, country_id=country, **values)

    @classmethod
    def _create_people(cls, count):
        """Create people with distinct numbers +33612000001, …"""
        return [
            cls._create_person(f"Person {number}", f"06 12 00 00 {number:02}")
            for number in range(1, count + 1)
        ]

    @classmethod
    def _create_text(cls, text=None, **values):
        values = {"channel": "sms", "subject": False, "body_html": False, **values}
        return cls._create_template(body_text=cls.text if text is None else text, **values)

    @classmethod
    def _create_sms(cls, text=None, **values):
        values.setdefault("template_id", cls._create_text(text).id)
        return cls._create_operation(channel="sms", **values)

    def _sent_sms(self, text=None, **values):
        execution = self._dispatch(self._create_sms(text, **values))
        self._send()
        return execution


class SmsFileCase(SmsCase):
    """Files as carrier."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.env["ir.config_parameter"].set_param("crm_campaign.sms_folder", folder.name)
        self.company.campaign_sms_provider = "file"

    def _read(self):
        """Return number -> text of what was written."""
        lines = [
            json.loads(line)
            for path in self.folder.glob("sms-*.jsonl")
            for line in path.read_text().splitlines()
        ]
        self.assertEqual(len({line["to"] for line in lines}), len(lines))
        return {line["to"]: line["text"] for line in lines}


@tagged("post_install", "-at_install")
class TestChannelSms(SmsFileCase):
    """Who gets what."""

    def test_from_the_operation_to_the_file(self):
        zoe = self._create_person("Zoé", "06 12 34 56 78")
        nobody = self._create_person("Nobody", False)

        execution = self._sent_sms()

        self.assertRecipients(
            execution,
            [
                {"partner": zoe, "state": "sent", "phone": "+33612345678", "email": False},
                {"partner": nobody, "exclusion": "no_address", "phone": False},
            ],
        )
        self.assertEqual(self._read(), {"+33612345678": "Hi Zoé, -20%. STOP 36111"})
        self.assertEqual((execution.state, execution.operation_id.state), ("done", "done"))
        self.assertFigures(execution, targeted=2, included=1, sent=1, pending=0)

    def test_numbers_are_written_to_once_however_they_are_typed(self):
        first = self._create_person("First", "06 12 34 56 78")
        second = self._create_person("Second", "+33 6.12.34.56.78")

        execution = self._sent_sms()

        self.assertRecipients(
            execution,
            [
                {"partner": first, "state": "sent"},
                {"partner": second, "exclusion": "duplicate"},
            ],
        )
        self.assertEqual(len(self._read()), 1)

    def test_database_refuses_a_number_twice(self):
        self._create_person("First", "06 12 34 56 78")
        execution = self._dispatch(self._create_sms())

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self.env.cr.execute(
                "INSERT INTO crm_campaign_recipient (execution_id, res_id, state, phone)"
                " VALUES (%s, 0, 'pending', '+33612345678')",
                (execution.id,),
            )

    def test_blacklisted_number_is_left_out(self):
        person = self._create_person("Blocked", "06 12 34 56 78")
        self.env["phone.blacklist"].add("+33612345678")

        execution = self._sent_sms()

        self.assertRecipients(execution, [{"partner": person, "exclusion": "blacklisted"}])

    def test_number_blacklisted_after_freezing_is_withdrawn(self):
        person = self._create_person("Blocked", "06 12 34 56 78")
        execution = self._dispatch(self._create_sms())
        self.env["phone.blacklist"].add("+33612345678")

        self._send()

        self.assertRecipients(execution, [{"partner": person, "state": "withdrawn"}])
        self.assertEqual(self._read(), {})

    def test_consent_is_asked_for_text_messages_and_not_for_emails(self):
        no_sms = self._create_person("No SMS", "06 12 00 00 01")
        no_email = self._create_person("No Email", "06 12 00 00 02")
        consents = self.env["crm.campaign.consent"]
        consents._record(no_sms, self.purpose, "sms", "refused", source="manual")
        consents._record(no_email, self.purpose, "email", "refused", source="manual")

        execution = self._sent_sms()

        self.assertRecipients(
            execution,
            [
                {"partner": no_sms, "exclusion": "no_consent"},
                {"partner": no_email, "state": "sent"},
            ],
        )

    def test_who_never_agreed_receives_no_marketing_when_the_purpose_says_so(self):
        self.purpose.unknown_sms = False
        agreed, silent = self._create_people(2)
        consents = self.env["crm.campaign.consent"]
        consents._record(agreed, self.purpose, "sms", "given", source="manual")

        execution = self._sent_sms()

        self.assertRecipients(
            execution,
            [
                {"partner": agreed, "state": "sent"},
                {"partner": silent, "exclusion": "no_consent"},
            ],
        )

    def test_leads_have_their_own_number(self):
        team = self.env["crm.team"].create({"name": "SMS"})
        self.env["crm.lead"].create(
            {
                "name": "Lead",
                "phone": "06 99 00 00 01",
                "country_id": self.env.ref("base.fr").id,
                "team_id": team.id,
                "user_id": self.marketer.id,
            }
        )
        target = self._create_target(record_kind="lead", domain=f"[('team_id', '=', {team.id})]")

        execution = self._sent_sms("Hello", target_id=target.id)

        self.assertFigures(execution, included=1, sent=1)
        self.assertEqual(list(self._read()), ["+33699000001"])

    def test_text_is_frozen_at_departure(self):
        self._create_person("Zoé", "06 12 34 56 78")
        execution = self._dispatch(self._create_sms("Before STOP"))
        execution.template_id.body_text = "After STOP"

        self._send()

        self.assertEqual(self._read(), {"+33612345678": "Before STOP"})
        self.assertEqual(execution.body_text, "Before STOP")

    def test_one_text_that_cannot_be_written_fails_alone(self):
        good, bad = self._create_people(2)
        bad.ref = "bad"
        template = self._create_text()
        template.with_user(
            self.env.ref("base.user_admin")
        ).body_text = "{{ 1 / (0 if object.partner_id.ref == 'bad' else 1) }}"

        execution = self._sent_sms(template_id=template.id)

        self.assertRecipients(
            execution, [{"partner": good, "state": "sent"}, {"partner": bad, "state": "failed"}]
        )
        self.assertIn("division by zero", self._get_recipient(execution, bad).failure_reason)

    def test_messages_are_handed_over_only_when_their_outcome_is_asked_for(self):
        self._create_people(2)
        execution = self._dispatch(self._create_sms())
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        channel = execution._get_channel()
        outcomes = channel._deliver(execution, channel._prepare_batch(execution, recipients))

        self.assertEqual(self._read(), {})
        self.assertEqual(next(outcomes), (recipients[0].id, "sent", None))
        self.assertEqual(list(self._read()), ["+33612000001"])
        outcomes.close()

    def test_folder_that_is_gone_keeps_everybody_waiting(self):
        self._create_people(2)
        execution = self._dispatch(self._create_sms())
        self.env["ir.config_parameter"].set_param("crm_campaign.sms_folder", "/nowhere")

        self._send()

        self.assertEqual(execution.operation_id.state, "error")
        self.assertFigures(execution, pending=2, unknown=0)
        self.env["ir.config_parameter"].set_param("crm_campaign.sms_folder", str(self.folder))
        execution.operation_id.action_retry()
        self._send()
        self.assertEqual(execution.operation_id.state, "done")
        self.assertEqual(set(self._read()), {"+33612000001", "+33612000002"})

    def test_missing_folder_is_said_before_anything_is_frozen(self):
        self._create_people(1)
        self.env["ir.config_parameter"].set_param("crm_campaign.sms_folder", False)
        operation = self._create_sms()

        with self.assertRaisesRegex(UserError, "folder of the SMS files"):
            operation.action_dispatch()
        self.assertFalse(operation.execution_ids)

    def test_no_sender_address_is_needed(self):
        self._create_people(1)

        execution = self._sent_sms(email_from=False)

        self.assertEqual(execution.state, "done")


@tagged("post_install", "-at_install")
class TestSmsStop(SmsFileCase):
    """The way out of text messages."""

    def test_forgotten_mention_is_added_with_a_link_of_ones_own(self):
        person = self._create_person("Zoé", "06 12 34 56 78")

        execution = self._sent_sms("Non-stop sale! ")

        recipient = self._get_recipient(execution, person)
        base = recipient.get_base_url()
        text = self._read()["+33612345678"]
        self.assertRegex(text, rf"^Non-stop sale!\nSTOP {base}/cs/[0-9a-z]{{13,18}}$")
        token = text.rpartition("/")[2]
        self.assertEqual(self.env["crm.campaign.recipient"]._read_stop_token(token), recipient)
        self.assertEqual(execution.body_text, "Non-stop sale!\nSTOP {stop}")

    def test_mention_of_the_company_is_added(self):
        self._create_person("Zoé", "06 12 34 56 78")
        self.company.campaign_sms_stop = "STOP 36111"

        self._sent_sms("Sale!")

        self.assertEqual(self._read(), {"+33612345678": "Sale!\nSTOP 36111"})

    def test_text_that_says_how_to_stop_stays_as_it_is(self):
        self._create_person("Zoé", "06 12 34 56 78")

        self._sent_sms("Sale! Answer STOP")

        self.assertEqual(self._read(), {"+33612345678": "Sale! Answer STOP"})

    def test_author_puts_the_link_where_it_pleases(self):
        self._create_person("Zoé", "06 12 34 56 78")

        self._sent_sms("No more? {stop} Bye")

        self.assertRegex(self._read()["+33612345678"], r"^No more\? http.*/cs/[0-9a-z]+ Bye$")

    def test_service_message_has_no_mention(self):
        self._create_person("Zoé", "06 12 34 56 78")
        service = self.env.ref("crm_campaign.crm_campaign_purpose_service")

        self._sent_sms(template_id=self._create_text("Moved", purpose_id=service.id).id)

        self.assertEqual(self._read(), {"+33612345678": "Moved"})

    def test_token_of_somebody_else_is_of_no_use(self):
        first, second = self._create_people(2)
        execution = self._sent_sms()
        recipients = [self._get_recipient(execution, person) for person in (first, second)]
        one, other = (recipient._get_stop_token() for recipient in recipients)
        read = self.env["crm.campaign.recipient"]._read_stop_token

        self.assertEqual(read(one), recipients[0])
        for name, token in (
            ("signature of another", one[:12] + other[12:]),
            ("too short", one[:12]),
            ("nothing", ""),
            ("no number", one[:12] + "é_"),
            ("huge", "z" * 500),
        ):
            with self.subTest(name):
                self.assertFalse(read(token))

    def test_saying_stop_refuses_for_everybody_with_that_number(self):
        person = self._create_person("Zoé", "06 12 34 56 78")
        shared = self._create_person("Shared", "+33612345678")
        recipient = self._get_recipient(self._sent_sms(), person)

        recipient.sudo()._say_stop()
        recipient.sudo()._say_stop()

        consents = self.env["crm.campaign.consent"].search(
            [("partner_id", "in", (person + shared).ids), ("channel", "=", "sms")]
        )
        self.assertEqual(consents.mapped("decision"), ["refused", "refused"])
        self.assertEqual(set(consents.mapped("address")), {"+33612345678"})
        self.assertEqual(set(consents.mapped("wording")), {self.text})
        self.assertTrue(recipient.unsubscribed_at)
        self.assertFalse(self.env["phone.blacklist"].search([("number", "=", "+33612345678")]))

    def test_number_without_a_contact_is_blacklisted(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "SMS lead",
                "type": "lead",
                "phone": "+33699000001",
                "user_id": self.marketer.id,
            }
        )
        target = self._create_target(record_kind="lead", domain=f"[('id', '=', {lead.id})]")
        execution = self._sent_sms("Hello", target_id=target.id)
        recipient = self.env["crm.campaign.recipient"].search([("execution_id", "=", execution.id)])

        recipient.sudo()._say_stop()

        self.assertTrue(self.env["phone.blacklist"].search([("number", "=", "+33699000001")]))


@tagged("post_install", "-at_install")
class TestSmsTemplate(SmsCase):
    """What may be written, and what it takes."""

    def test_only_merge_fields_may_be_written(self):
        with self.assertRaisesRegex(AccessError, "is not a merge field"):
            self._create_text("{{ object.partner_id.parent_id.name }}")

    def test_what_cannot_be_understood_is_refused(self):
        template = self._create_text()
        with self.assertRaisesRegex(ValidationError, "cannot be understood"):
            template.with_user(self.env.ref("base.user_admin")).body_text = "{{ 1 + }}"

    def test_empty_text_cannot_leave(self):
        self._create_people(1)
        operation = self._create_sms("  ")

        with self.assertRaisesRegex(UserError, "has no text"):
            operation.action_ready()

    def test_template_of_an_email_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "not made for this channel"):
            self._create_sms(template_id=self._create_template().id)

    def test_locked_text_stays(self):
        template = self._create_text()
        template.with_user(self.manager).locked = True

        with self.assertRaisesRegex(UserError, "pre-written"):
            template.body_text = "Other"

    def test_count_contains_the_mention_that_will_be_added(self):
        self.company.campaign_sms_stop = "STOP 36111"
        for name, text, expected in (
            ("the mention and a line break", "x" * 149, (160, 1, "GSM-7")),
            ("a second part", "x" * 150, (161, 2, "GSM-7")),
            ("said by the author", "x" * 150 + " STOP", (155, 1, "GSM-7")),
            ("a fallback", "{{ object.partner_id.name ||| dear }}", (15, 1, "GSM-7")),
            ("another alphabet", "ç", (12, 1, "UCS-2")),
        ):
            with self.subTest(name):
                template = self._create_text(text)
                actual = (template.sms_characters, template.sms_parts, template.sms_encoding)
                self.assertEqual(actual, expected)

    def test_link_counts_as_long_as_it_will_be(self):
        template = self._create_text("{stop}")

        self.assertEqual(template.sms_characters, len(template.get_base_url()) + len("/cs/") + 17)

    def test_longest_values_are_those_of_the_database(self):
        self._create_person("Ł" * 200, "06 12 34 56 78", city="€" + "x" * 300)

        values = self._create_text().get_longest_values()

        self.assertEqual(values["object.partner_id.name"], [200, True])
        self.assertEqual(values["object.partner_id.city"][0], 302)
        self.assertIn("object.partner_id.country_id.name", values)
        self.assertIn("object.company_id.name", values)

    def test_choosing_another_channel_lets_the_template_go(self):
        operation = self._create_operation()

        draft = operation.new(origin=operation)
        draft.channel = "sms"
        draft._onchange_channel()

        self.assertFalse(draft.template_id)


@tagged("post_install", "-at_install")
class TestSmsHttp(SmsCase):
    """A real web service on this machine."""

    def setUp(self):
        super().setUp()
        self.service = SmsService()
        self.service.start()
        self.addCleanup(self.service.stop)
        self.company.write(
            {
                "campaign_sms_provider": "http",
                "campaign_sms_url": self.service.url,
                "campaign_sms_token": TOKEN,
            }
        )

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
