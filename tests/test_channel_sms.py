# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_sms import SmsFileCase


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

    def test_a_proof_shows_the_text(self):
        self._create_person("Zoé", "06 12 34 56 78")
        operation = self._create_sms(needs_proof=True)

        operation.action_request_proof()

        self.assertEqual(operation.state, "proof")
        self.assertIn("STOP", operation.proof_body)
        self.assertFalse(operation.execution_ids)

        operation.with_user(self.manager).action_approve_proof()
        operation.template_id.body_text = "Another text"
        self.assertEqual(operation.state, "to_test")
