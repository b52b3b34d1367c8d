# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import io

import psycopg2
from pypdf import PdfReader

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase, read_messages, real_smtp, start_sink
from .test_content_check import CheckMixin


class FaxCase(CrmCampaignCase):
    """People with fax numbers, a gateway behind a real SMTP server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.company.write(
            {
                "name": "Our House",
                "country_id": cls.france.id,
                "campaign_fax_address": "{number}@fax.example.com",
                "campaign_fax_from": "fax@house.example.com",
            }
        )

    @classmethod
    def _create_office(cls, name, fax, **values):
        return cls._create_partner(name, fax=fax, country_id=cls.france.id, **values)

    @classmethod
    def _create_fax(cls, **values):
        template = cls._create_template(
            channel="post",
            subject="For {{ object.partner_id.name }}",
            body_html="<p>Dear {{ object.partner_id.name ||| colleague }}, hello.</p>",
        )
        return cls._create_operation(**{"channel": "fax", "template_id": template.id, **values})

    def _start_gateway(self):
        sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": sink.host, "smtp_port": sink.port}
        )
        smtp = real_smtp()
        smtp.start()
        self.addCleanup(smtp.stop)
        return sink

    def _read_faxes(self, sink):
        """Return address -> text of the PDF; each address once."""
        faxes = {}
        for message in read_messages(sink.folder):
            (address,) = message.get_all("X-Sink-Rcpt-To")
            (pdf,) = message.iter_attachments()
            self.assertEqual(pdf.get_content_type(), "application/pdf")
            self.assertNotIn(address, faxes)
            (page,) = PdfReader(io.BytesIO(pdf.get_content())).pages
            faxes[address] = page.extract_text()
        return faxes


@tagged("post_install", "-at_install")
class TestChannelFax(FaxCase):
    """From the operation to the gateway."""

    def test_each_number_gets_its_own_letter_as_pdf(self):
        zoe = self._create_office("Zoé", "01 99 00 12 34")
        jan = self._create_office("Jan", "+32 2 555 12 12")
        sink = self._start_gateway()

        execution = self._dispatch(self._create_fax())
        self._send()

        self.assertRecipients(
            execution,
            [
                {"partner": zoe, "state": "sent", "fax": "+33199001234", "phone": False},
                {"partner": jan, "state": "sent", "fax": "+3225551212"},
            ],
        )
        faxes = self._read_faxes(sink)
        self.assertEqual(set(faxes), {"33199001234@fax.example.com", "3225551212@fax.example.com"})
        self.assertIn("Dear Zoé, hello.", faxes["33199001234@fax.example.com"])
        self.assertIn("For Jan", faxes["3225551212@fax.example.com"])
        self.assertEqual((execution.state, execution.operation_id.state), ("done", "done"))

    def test_email_is_what_the_gateway_wants(self):
        self._create_office("Zoé", "01 99 00 12 34")
        self.company.write(
            {"campaign_fax_subject": "account 7 {number}", "campaign_fax_text": "secret"}
        )
        sink = self._start_gateway()

        self._dispatch(self._create_fax())
        self._send()

        (message,) = read_messages(sink.folder)
        self.assertEqual(message["To"], "33199001234@fax.example.com")
        self.assertEqual(message["From"], "fax@house.example.com")
        self.assertEqual(message["X-Sink-Mail-From"], "fax@house.example.com")
        self.assertEqual(message["Subject"], "account 7 33199001234")
        self.assertEqual(message.get_body().get_content().strip(), "secret")
        self.assertNotIn("List-Unsubscribe", message)

    def test_number_that_the_gateway_refuses_fails_alone_and_is_retried(self):
        good = self._create_office("Good", "01 99 00 12 34")
        bad = self._create_office("Bad", "01 99 00 12 35")
        sink = self._start_gateway()
        sink.set_behaviour(refuse_rcpt=["33199001235@fax.example.com"])
        operation = self._create_fax()

        execution = self._dispatch(operation)
        self._send()

        self.assertRecipients(
            execution, [{"partner": good, "state": "sent"}, {"partner": bad, "state": "failed"}]
        )
        self.assertIn("550", self._get_recipient(execution, bad).failure_reason)
        sink.set_behaviour()
        operation.action_retry()
        self._send()
        self.assertFigures(execution, sent=2, failed=0)
        self.assertEqual(
            sink.accepted(), ["33199001234@fax.example.com", "33199001235@fax.example.com"]
        )

    def test_gateway_that_is_down_loses_nobody_and_writes_to_nobody_twice(self):
        for number in range(3):
            self._create_office(f"Office {number}", f"01 99 00 12 0{number}")
        sink = self._start_gateway()
        operation = self._create_fax()
        execution = self._dispatch(operation)
        sink.stop()

        self._send()

        self.assertEqual(operation.state, "error")
        self.assertIn("does not answer", operation.error_message)
        self.assertFigures(execution, pending=3, sent=0, failed=0, unknown=0)
        sink.start()
        operation.action_retry()
        self._send()
        self.assertEqual(operation.state, "done")
        self.assertEqual(
            sorted(sink.accepted()), [f"3319900120{n}@fax.example.com" for n in range(3)]
        )

    def test_fax_whose_answer_was_lost_is_never_sent_again_by_itself(self):
        self._create_office("Zoé", "01 99 00 12 34")
        sink = self._start_gateway()
        sink.set_behaviour(drop_after_data=["33199001234@fax.example.com"])

        execution = self._dispatch(self._create_fax())
        self._send()
        self._send()

        self.assertFigures(execution, unknown=1, sent=0)
        self.assertEqual(len(sink.accepted()), 1)

    def test_operation_without_a_gateway_cannot_leave(self):
        self._create_office("Zoé", "01 99 00 12 34")
        self.company.campaign_fax_address = False

        with self.assertRaisesRegex(UserError, "No fax gateway is set for Our House"):
            self._create_fax().action_dispatch()

    def test_address_of_the_gateway_is_checked(self):
        for pattern in ("fax@example.com", "{number}", "{number}{number}@a.example", "{number} @b"):
            with self.subTest(pattern), self.assertRaisesRegex(ValidationError, "fax gateway"):
                self.company.campaign_fax_address = pattern
        self.company.campaign_fax_address = "acme.{number}@fax.example.com"

    def test_numbers_are_written_as_the_gateway_wants_them(self):
        channel = self.env["crm.campaign.channel.fax"]
        for style, french, belgian in (
            ("e164", "33199001234", "3225551212"),
            ("00", "0033199001234", "003225551212"),
            ("national", "0199001234", "003225551212"),
        ):
            with self.subTest(style):
                self.company.campaign_fax_format = style
                self.assertEqual(channel._format_number("+33199001234", self.company), french)
                self.assertEqual(channel._format_number("+3225551212", self.company), belgian)

    def test_people_without_a_readable_number_or_who_refuse_are_left_out(self):
        unreadable = self._create_office("Unreadable", "12")
        nobody = self._create_office("Nobody", False)
        silent = self._create_office("Silent", "01 99 00 12 31", do_not_write=True)
        quiet = self._create_office("Quiet", "01 99 00 12 32", phone="01 99 00 99 99")
        quiet.do_not_call = True
        blocked = self._create_office("Blocked", "01 99 00 12 33")
        self.env["phone.blacklist"]._add(["+33199001233"])
        first = self._create_office("First", "01 99 00 12 34")
        second = self._create_office("Second", "+33 1.99.00.12.34")
        refuses = self._create_office("Refuses", "01 99 00 12 35")
        self.env["crm.campaign.consent"]._record(
            refuses, self.purpose, "phone", "refused", source="manual"
        )

        execution = self._dispatch(self._create_fax())

        self.assertRecipients(
            execution,
            [
                {"partner": unreadable, "exclusion": "no_address"},
                {"partner": nobody, "exclusion": "no_address"},
                {"partner": silent, "exclusion": "blacklisted"},
                {"partner": quiet, "exclusion": "blacklisted"},
                {"partner": blocked, "exclusion": "blacklisted"},
                {"partner": first, "exclusion": False},
                {"partner": second, "exclusion": "duplicate"},
                {"partner": refuses, "exclusion": "no_consent"},
            ],
        )

    def test_database_refuses_a_number_twice(self):
        self._create_office("Zoé", "01 99 00 12 34")
        execution = self._dispatch(self._create_fax())

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self.env.cr.execute(
                "INSERT INTO crm_campaign_recipient (execution_id, res_id, state, fax)"
                " VALUES (%s, 0, 'pending', '+33199001234')",
                (execution.id,),
            )

    def test_lead_without_a_number_is_reached_at_that_of_its_contact(self):
        zoe = self._create_office("Zoé", "01 99 00 12 34")
        tag = self.env["crm.tag"].create({"name": "Fax"})
        own = {"fax": "01 99 00 12 35", "country_id": self.france.id}
        leads = self.env["crm.lead"].create(
            [
                {"name": "Own", "tag_ids": tag.ids, **own},
                {"name": "Contact's", "tag_ids": tag.ids, "partner_id": zoe.id},
            ]
        )
        leads.user_id = self.marketer
        target = self._create_target(record_kind="lead", domain=f"[('tag_ids', 'in', [{tag.id}])]")

        execution = self._dispatch(self._create_fax(target_id=target.id))

        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        self.assertEqual(recipients.mapped("fax"), ["+33199001235", "+33199001234"])

    def test_number_follows_the_country_and_a_merge(self):
        zoe = self._create_office("Zoé", "02 555 12 12")
        self.assertFalse(zoe.fax_sanitized)
        zoe.country_id = self.env.ref("base.be")
        self.assertEqual(zoe.fax_sanitized, "+3225551212")
        kept = self._create_partner("Zoé B", country_id=self.env.ref("base.be").id)

        self.env["base.partner.merge.automatic.wizard"]._merge((kept | zoe).ids, kept)

        self.assertEqual((kept.fax, kept.fax_sanitized), ("02 555 12 12", "+3225551212"))

    def test_converted_lead_gives_its_number_to_the_contact(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "contact_name": "Ann", "fax": "+33 1 99 00 12 34"}
        )

        lead._handle_partner_assignment(create_missing=True)

        self.assertEqual(lead.partner_id.fax_sanitized, "+33199001234")

    def test_proof_is_the_document_that_the_machine_prints(self):
        self._create_office("Zoé", "01 99 00 12 34")
        operation = self._create_fax(needs_proof=True)

        operation.action_request_proof()

        self.assertEqual(operation.proof_about, "Zoé · +33199001234")
        content = io.BytesIO(base64.b64decode(operation.proof_file))
        self.assertIn("Dear Zoé, hello.", PdfReader(content).pages[0].extract_text())

    def test_template_of_another_kind_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "not made for this channel"):
            self._create_fax(template_id=self._create_template().id)


@tagged("post_install", "-at_install")
class TestFaxIsNoEmail(CheckMixin, FaxCase):
    """What emails have and faxes do not."""

    def test_check_lays_the_letters_out_and_asks_for_no_subject(self):
        self._create_office("Zoé", "01 99 00 12 34")
        self._create_office("\u0f00\u1200", "01 99 00 12 35")
        operation = self._create_fax()
        operation.template_id.write(
            {"subject": False, "body_html": '<p><t t-out="object.partner_id.name"/></p>'}
        )

        found, check = self._check(operation)

        self.assertEqual([(kind, count) for (kind, _), count in found.items()], [("error", 1)])
        self.assertEqual(check.check_done, 2)

    def test_nobody_knows_whether_a_fax_was_read(self):
        zoe = self._create_office("Zoé", "01 99 00 12 34")
        self._start_gateway()
        self._sent_execution_of(self._create_fax())

        row = self.env["crm.campaign.communication"].search([("about_partner_id", "in", zoe.ids)])

        self.assertEqual((row.state, row.reading), ("sent", False))

    def test_fax_is_in_the_language_of_the_letter(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        zoe = self._create_office("Zoé", "01 99 00 12 34", lang="fr_FR")
        operation = self._create_fax()
        self.env["crm.campaign.template"].create(
            {
                "name": "fr",
                "source_id": operation.template_id.id,
                "language": "fr_FR",
                "body_html": "<p>Bonjour</p>",
            }
        )

        execution = self._dispatch(operation)

        self.assertFalse(self._get_recipient(execution, zoe).lang)

    def _sent_execution_of(self, operation):
        execution = self._dispatch(operation)
        self._send()
        return execution
