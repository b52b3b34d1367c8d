# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from .common_sms import SmsFileCase, SmsFileMixin


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
class TestSmsStopPage(SmsFileMixin, HttpCase):
    def setUp(self):
        super().setUp()
        self.zoe = self._create_person("Zoé L'Hostis", "06 12 34 56 78", lang="en_US")
        self._sent_sms("Sale!")
        self.path = urlsplit(self._read()["+33612345678"].rpartition(" ")[2]).path

    def _get_refusals(self):
        self.env.invalidate_all()
        return self.env["crm.campaign.consent"].search(
            [("partner_id", "=", self.zoe.id), ("channel", "=", "sms")]
        )

    def test_reading_changes_nothing_and_names_nobody(self):
        response = self.url_open(self.path)

        self.assertEqual(response.status_code, 200)
        self.assertIn("Stop these text messages?", response.text)
        self.assertIn("+33612345678", response.text)
        self.assertNotIn("Hostis", response.text)
        self.assertFalse(self._get_refusals())

    def test_the_button_refuses(self):
        page = self.url_open(self.path).text
        token = re.search(r'name="csrf_token"[^>]*?value="([^"]*)"', page)[1]

        response = self.url_open(self.path, data={"csrf_token": token})

        self.assertIn("You will receive no more such text messages", response.text)
        self.assertEqual(self._get_refusals().mapped("decision"), ["refused"])

    def test_a_wrong_link_says_nothing(self):
        response = self.url_open(f"{self.path[:-1]}zz")

        self.assertEqual(response.status_code, 404)
        self.assertNotIn("+33612345678", response.text)
