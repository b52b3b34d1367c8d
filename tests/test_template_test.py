# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import io

import docx

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmCampaignCase, read_messages, real_smtp, start_sink
from .common_sms import SmsFileCase
from .test_channel_word import make_model, save

# What a real departure writes.
TRACES = (
    "crm.campaign.execution",
    "crm.campaign.recipient",
    "link.tracker",
    "mail.mail",
    "mailing.mailing",
    "mailing.trace",
    "sms.sms",
)


class TestSendMixin:
    def _count_rows(self):
        self.env.flush_all()
        return {model: self.env[model].sudo().search_count([]) for model in TRACES}

    def _test_send(self, tested, user=None, **values):
        action = tested.with_user(user or self.marketer).action_test()
        Wizard = self.env[action["res_model"]].with_user(user or self.marketer)
        wizard = Wizard.with_context(**action["context"]).create(values)
        return wizard, wizard.action_send()


@tagged("post_install", "-at_install")
class TestTemplateTest(TestSendMixin, CrmCampaignCase):
    """Tests through a real SMTP server."""

    def setUp(self):
        super().setUp()
        self.sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.server = self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": self.sink.host, "smtp_port": self.sink.port}
        )
        self.enterContext(real_smtp())
        self.zoe = self._create_partner("Zoé", "zoe@test.example.com")

    def _read(self):
        return {m["X-Sink-Rcpt-To"]: m for m in read_messages(self.sink.folder)}

    def test_goes_to_its_author_with_raw_merge_fields(self):
        _wizard, action = self._test_send(self._create_template())

        (message,) = self._read().values()
        self.assertEqual(message["To"], "campaign_marketer@campaign.example.com")
        self.assertEqual(message["Subject"], "[Test] Hello {{ object.partner_id.name }}")
        page = message.get_body(("html",)).get_content()
        self.assertIn("Dear {{ object.partner_id.name ||| customer }},", page)
        self.assertEqual(
            action["params"]["message"], "Test sent to campaign_marketer@campaign.example.com."
        )

    def test_goes_to_several_addresses_rendered_for_a_contact(self):
        self._test_send(
            self._create_template(),
            recipients="a@test.example.com, B <b@test.example.com>; a@test.example.com",
            record=f"res.partner,{self.zoe.id}",
        )

        messages = self._read()
        self.assertEqual(set(messages), {"a@test.example.com", "b@test.example.com"})
        message = messages["b@test.example.com"]
        self.assertEqual(message["Subject"], "[Test] Hello Zoé")
        text = message.get_body(("plain",)).get_content()
        self.assertIn("Dear Zoé", text)
        page = message.get_body(("html",)).get_content()
        self.assertIn('href="https://www.example.com/offer"', page)

    def test_is_rendered_for_a_lead(self):
        lead = self.env["crm.lead"].create(
            {"name": "Trip", "partner_id": self.zoe.id, "user_id": self.marketer.id}
        )

        self._test_send(self._create_template(), record=f"crm.lead,{lead.id}")

        (message,) = self._read().values()
        self.assertEqual(message["Subject"], "[Test] Hello Zoé")

    def test_of_an_operation_is_rendered_for_its_first_recipient(self):
        template = self._create_template(
            subject="{{ object.operation_id.name }} for {{ object.partner_id.name }}"
        )

        self._test_send(self._create_operation(template_id=template.id))

        (message,) = self._read().values()
        self.assertEqual(message["Subject"], "[Test] Newsletter for Zoé")

    def test_ways_out_are_shown_and_lead_nowhere(self):
        self._test_send(self._create_operation())

        (message,) = self._read().values()
        page = message.get_body(("html",)).get_content()
        self.assertIn('<a href="#">Unsubscribe</a>', page)
        self.assertNotIn("unsubscribe_from_list", page)
        self.assertIsNone(message["List-Unsubscribe"])

    def test_leaves_nothing_behind(self):
        operation = self._create_operation()
        before = self._count_rows()

        self._test_send(operation)
        self._test_send(operation.template_id, record=f"res.partner,{self.zoe.id}")

        self.assertEqual(self._count_rows(), before)
        self.assertEqual(operation.state, "draft")
        self.assertFalse(operation.execution_ids)

    def test_wrong_addresses_are_named_and_nothing_leaves(self):
        with self.assertRaisesRegex(UserError, "cannot be used: nobody, @example.com"):
            self._test_send(
                self._create_template(), recipients="a@test.example.com, nobody, @example.com"
            )
        with self.assertRaisesRegex(UserError, "at least one address"):
            self._test_send(self._create_template(), recipients=" , ")
        with self.assertRaisesRegex(UserError, "20 addresses at most"):
            many = ",".join(f"a{number}@test.example.com" for number in range(21))
            self._test_send(self._create_template(), recipients=many)
        self.assertEqual(self._read(), {})

    def test_dead_server_is_told(self):
        self.server.smtp_port = 9

        with self.assertRaisesRegex(UserError, "outgoing mail server does not answer"):
            self._test_send(self._create_template())

    def test_nobody_to_render_for_is_told(self):
        self.zoe.active = False

        with self.assertRaisesRegex(UserError, "Nobody would receive this now"):
            self._test_send(self._create_operation())

    def test_conditions_are_shown_in_a_raw_test(self):
        template = self.env["crm.campaign.template"].create(
            {
                "name": "Raw",
                "subject": "x",
                "body_html": '<p><t t-if="object.email">If</t><b t-out="object.email"/></p>',
            }
        )

        content = template._get_raw_content()

        self.assertIn("<p>If<b>{{ object.email }}</b></p>", content["body_html"])

    def test_letter_is_opened_as_a_pdf(self):
        address = {"street": "1 rue de la Paix", "zip": "75002", "city": "Paris"}
        self.zoe.write(address)
        template = self._create_template(channel="post")

        wizard, action = self._test_send(template, record=f"res.partner,{self.zoe.id}")

        self.assertEqual(base64.b64decode(wizard.document)[:5], b"%PDF-")
        self.assertIn("/document", action["url"])
        _wizard, action = self._test_send(template)
        self.assertEqual(action["type"], "ir.actions.act_url")

    def test_of_a_contact_is_what_would_leave(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.zoe.lang = "fr_FR"
        template = self._create_template(has_footer=True)
        self.company.campaign_footer = "<p>Our House</p>"
        translation = self.env["crm.campaign.template"].create(
            {"name": "fr", "source_id": template.id, "language": "fr_FR", "subject": "Bonjour"}
        )
        translation._import_html(
            "<html><head><style>.x{color:red}</style></head><body>"
            "<p class='x'>Salut {{ object.operation_id.user_id.name }}</p></body></html>"
        )
        translation.has_footer = True
        template.attachment_ids = [(0, 0, {"name": "a.txt", "raw": b"abc"})]

        self._test_send(template, record=f"res.partner,{self.zoe.id}")

        (message,) = self._read().values()
        self.assertEqual(message["Subject"], "[Test] Bonjour")
        page = message.get_body(("html",)).get_content()
        self.assertIn("<style>.x{color:red}</style>", page)
        self.assertIn(f"Salut {self.marketer.name}", page)
        self.assertIn("Our House", page)
        self.assertEqual(page.count('href="#"'), 2)
        self.assertNotIn("color:red", message.get_body(("plain",)).get_content())
        names = [part.get_filename() for part in message.iter_attachments()]
        self.assertEqual(names, ["a.txt"])

    def test_of_a_word_letter_is_a_file_of_word(self):
        model = save(make_model())
        template = self._create_template(
            channel="post", subject=False, body_html=False, letter_file=base64.b64encode(model)
        )

        filled, action = self._test_send(template, record=f"res.partner,{self.zoe.id}")
        raw, _action = self._test_send(template)

        self.assertIn("filename=test.docx", action["url"])
        text = "".join(p.text for p in docx.Document(io.BytesIO(self._open(filled))).paragraphs)
        self.assertIn("You live in some town.", text)
        self.assertEqual(self._open(raw), model)

    def _open(self, wizard):
        return base64.b64decode(wizard.with_context(bin_size=False).document)

    def test_who_may_test(self):
        operation = self._create_operation()
        for user in (self.marketer, self.manager):
            with self.subTest(user.login):
                self._test_send(operation, user)
        self.assertEqual(len(self._read()), 2)
        self._test_send(operation.template_id, self.other_marketer)
        for user in (self.caller, self.foreign_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._test_send(operation.template_id, user)
        with self.assertRaises(AccessError):
            self._test_send(operation, self.other_marketer)

    def test_a_member_does_not_borrow_the_rights_of_the_responsible(self):
        operation = self._create_operation()
        operation.campaign_id.member_ids = self.other_marketer

        with self.assertRaisesRegex(UserError, "or a marketing manager"):
            self._test_send(operation, self.other_marketer)


@tagged("post_install", "-at_install")
class TestTemplateTestSms(TestSendMixin, SmsFileCase):
    def test_text_goes_to_numbers_in_international_form(self):
        zoe = self._create_person("Zoé", "06 12 34 56 78")
        template = self._create_text("Hi {{ object.partner_id.name }}")

        self._test_send(
            template, recipients="06 11 11 11 11, +33622222222", record=f"res.partner,{zoe.id}"
        )

        texts = self._read()
        self.assertEqual(set(texts), {"+33611111111", "+33622222222"})
        self.assertRegex(texts["+33611111111"], r"^Hi Zoé\nSTOP http\S+/cs/x{17}$")

    def test_raw_text_keeps_its_merge_fields(self):
        template = self._create_text("Hi {{ object.partner_id.name ||| you }}. STOP 36111")

        self._test_send(template, recipients="0611111111")

        self.assertEqual(
            self._read(), {"+33611111111": "Hi {{ object.partner_id.name ||| you }}. STOP 36111"}
        )

    def test_wrong_number_is_named(self):
        with self.assertRaisesRegex(UserError, "cannot be used: 12"):
            self._test_send(self._create_text(), recipients="0611111111, 12")
