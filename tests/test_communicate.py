# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import CrmCampaignCase, read_messages, real_smtp, start_sink
from .common_sms import SmsFileCase


class CommunicateMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = mail_new_test_user(
            cls.env,
            login="campaign_seller",
            name="Sam Seller",
            email="sam@campaign.example.com",
            groups="base.group_user,base.group_partner_manager,sales_team.group_sale_salesman",
            company_id=cls.company.id,
        )
        cls.service = cls.env.ref("crm_campaign.crm_campaign_purpose_service")
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com", phone="+33612345678")

    def _open(self, record=None, user=None, **values):
        """Open the assistant of a record, as its button does."""
        action = (record or self.zoe).with_user(user or self.seller).action_campaign_communicate()
        Wizard = self.env["crm.campaign.communicate"].with_user(user or self.seller)
        form = Form(Wizard.with_context(**action["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def _send_message(self, form):
        """Press the button; the message leaves once the transaction is committed."""
        wizard = form.save() if isinstance(form, Form) else form
        wizard.action_send()
        self._run_after_commit(wizard)
        return wizard

    def _run_after_commit(self, wizard):
        with self.enter_registry_test_mode():
            execution = wizard.execution_id
            self.env["crm.campaign.execution"]._send_apart(self.registry, execution.id)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCommunicate(CommunicateMixin, CrmCampaignCase):
    """One message to one person, through a real SMTP server."""

    def setUp(self):
        super().setUp()
        self.sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": self.sink.host, "smtp_port": self.sink.port}
        )
        self.enterContext(real_smtp())

    def _read(self):
        return list(read_messages(self.sink.folder))

    def test_executions_of_campaigns_are_not_retried_from_here(self):
        execution = self._dispatch(self._create_operation())
        execution.state = "error"
        wizard = (
            self.env["crm.campaign.communicate"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "res.partner",
                    "res_id": self.zoe.id,
                    "execution_id": execution.id,
                }
            )
        )

        wizard.action_retry()

        self.assertEqual(execution.state, "error")
        self.assertFalse(wizard.outcome)

    def test_template_is_rendered_for_the_person_before_it_leaves(self):
        template = self._create_template(
            body_html='<p>Dear <t t-out="object.partner_id.name"/>, '
            '<t t-out="object.operation_id.user_id.name"/></p>'
        )

        form = self._open(template_id=template)

        self.assertEqual(form.subject, "Hello Zoé")
        self.assertEqual(form.body_html, "<p>Dear Zoé, Sam Seller</p>")
        self.assertEqual(form.address, "zoe@test.example.com")
        self.assertEqual(form.purpose_id, self.purpose)
        self.assertFalse(form.obstacles)

    def test_salesperson_sends_what_was_edited_at_once(self):
        form = self._open(template_id=self._create_template())
        form.subject = "For you, Zoé"
        form.body_html = '<p>See <a href="https://www.example.com/gift">this</a>.</p>'

        wizard = self._send_message(form)

        (message,) = self._read()
        self.assertEqual(message["Subject"], "For you, Zoé")
        self.assertEqual(message["To"], "Zoé <zoe@test.example.com>")
        self.assertEqual(message["From"], "Sam Seller <sam@campaign.example.com>")
        page = message.get_body(("html",)).get_content()
        self.assertRegex(page, r"/r/\w+/m/\d+")
        self.assertEqual(page.count("/confirm_unsubscribe?"), 1)
        self.assertEqual(wizard.outcome, "The message to zoe@test.example.com was sent.")
        self.assertFalse(wizard.has_failed)

    def test_message_is_an_execution_of_one_recipient_without_operation(self):
        wizard = self._send_message(self._open(template_id=self._create_template()))

        execution = wizard.execution_id.sudo()
        self.assertEqual(execution.display_name, "Individual message · Zoé")
        self.assertTrue(execution.is_individual)
        self.assertFalse(execution.operation_id)
        self.assertFalse(execution.campaign_id)
        self.assertEqual((execution.state, execution.company_id), ("done", self.company))
        self.assertFigures(execution, targeted=1, included=1, sent=1)
        self.assertRecipients(
            execution, [{"partner": self.zoe, "state": "sent", "email": "zoe@test.example.com"}]
        )

    def test_message_joins_the_chatter_of_the_record(self):
        self._send_message(self._open(template_id=self._create_template()))

        note = self.zoe.message_ids[0]
        self.assertIn("Email to zoe@test.example.com: Hello Zoé", note.body)
        self.assertIn("see our offer", note.body)
        self.assertEqual(note.author_id, self.seller.partner_id)

    def test_lead_is_written_to_at_its_own_address(self):
        lead = self.env["crm.lead"].create(
            {"name": "Trip", "email_from": "lead@test.example.com", "user_id": self.seller.id}
        )

        wizard = self._send_message(self._open(lead, template_id=self._create_template()))

        (message,) = self._read()
        self.assertEqual(message["X-Sink-Rcpt-To"], "lead@test.example.com")
        recipient = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", wizard.execution_id.id)]
        )
        self.assertEqual(recipient.lead_id, lead)

    def test_pressing_send_twice_sends_once(self):
        wizard = self._send_message(self._open(template_id=self._create_template()))

        wizard.action_send()
        self._run_after_commit(wizard)
        self._send()

        self.assertEqual(len(self._read()), 1)

    def test_the_jobs_send_what_its_process_could_not(self):
        wizard = self._open(template_id=self._create_template()).save()
        wizard.action_send()
        self.assertEqual(wizard.outcome, "The message to zoe@test.example.com is leaving.")

        self._send()

        self.assertEqual(len(self._read()), 1)
        self.assertEqual(wizard.outcome, "The message to zoe@test.example.com was sent.")

    def test_failure_is_told_noted_and_tried_again(self):
        server = self.env["ir.mail_server"].search([])
        server.smtp_port = 9
        wizard = self._send_message(self._open(template_id=self._create_template()))
        self.assertTrue(wizard.has_failed)
        self.assertIn("The outgoing mail server does not answer", wizard.outcome)
        self.assertIn("could not be sent", self.zoe.message_ids[0].body)

        server.smtp_port = self.sink.port
        wizard.action_retry()
        self._run_after_commit(wizard)

        self.assertEqual(len(self._read()), 1)
        self.assertEqual(wizard.outcome, "The message to zoe@test.example.com was sent.")

    def test_what_holds_a_departure_back_holds_the_message_back(self):
        consents = self.env["crm.campaign.consent"]
        blocked = self._create_partner("Blocked", "blocked@test.example.com")
        blocked.do_not_email = True
        refused = self._create_partner("Refused", "refused@test.example.com")
        consents._record(refused, self.purpose, "email", "refused", source="manual")
        template = self._create_template()
        for person, words in (
            (self._create_partner("Nowhere"), "There is no valid email address."),
            (blocked, "The address is blocked: “do not email”."),
            (refused, "This person has not agreed to messages of purpose “%s”" % self.purpose.name),
            (self._create_partner("Old", "o@test.example.com", active=False), "is archived"),
        ):
            with self.subTest(person.name):
                form = self._open(person, template_id=template)
                self.assertIn(words, form.obstacles)
                with self.assertRaisesRegex(UserError, words):
                    form.save().action_send()

    def test_service_message_passes_a_refusal(self):
        self.env["crm.campaign.consent"]._record(
            self.zoe, self.purpose, "email", "refused", source="manual"
        )
        template = self._create_template(purpose_id=self.service.id)

        self._send_message(self._open(template_id=template))

        (message,) = self._read()
        self.assertIsNone(message["List-Unsubscribe"])

    def test_prewritten_text_leaves_as_it_was_written(self):
        template = self._create_template()
        template.with_user(self.manager).locked = True
        wizard = self._open(template_id=template).save()
        wizard.write({"subject": "Mine", "body_html": "<p>Mine</p>"})

        self._send_message(wizard)

        (message,) = self._read()
        self.assertEqual(message["Subject"], "Hello Zoé")
        self.assertNotIn("Mine", message.get_body(("html",)).get_content())

    def test_expressions_typed_by_hand_are_never_evaluated(self):
        wizard = self._open(template_id=self._create_template()).save()
        wizard.body_html = (
            '<p>A<t t-out="object.sudo().env.uid">B</t><b t-if="0" t-att-title="7*7">C</b></p>'
        )

        self._send_message(wizard)

        page = self._read()[0].get_body(("html",)).get_content()
        self.assertIn("<p>AB<b>C</b></p>", page)

    def test_merge_field_typed_by_hand_is_refused(self):
        wizard = self._open(template_id=self._create_template()).save()
        wizard.subject = "Hi {{ object.sudo().env.uid }}"

        with self.assertRaisesRegex(UserError, "Merge fields are replaced already"):
            wizard.action_send()

    def test_message_without_subject_or_text_is_refused(self):
        wizard = self._open().save()
        with self.assertRaisesRegex(UserError, "Write a subject first"):
            wizard.action_send()
        wizard.subject = "Hello"
        with self.assertRaisesRegex(UserError, "Write a message first"):
            wizard.action_send()

    def test_templates_of_the_circumstance_come_first(self):
        tag = self.env.ref("crm_campaign.utm_tag_goodwill_gesture")
        plain = self._create_template(name="A plain one")
        gesture = self._create_template(name="Z gesture", tag_ids=tag.ids)

        Template = self.env["crm.campaign.template"].with_user(self.seller)
        domain = [("id", "in", (plain + gesture).ids)]
        found = Template.with_context(crm_campaign_circumstance_id=tag.id).name_search("", domain)
        form = self._open()
        form.tag_id = tag

        self.assertEqual([id_ for id_, _name in found], [gesture.id, plain.id])
        self.assertEqual(form.template_id, gesture)
        self.assertIn(tag, form.available_tag_ids[:])

    def test_who_may_communicate(self):
        template = self._create_template()
        for user in (self.seller, self.marketer, self.manager):
            with self.subTest(user.login):
                person = self._create_partner(user.name, f"to_{user.login}@test.example.com")
                self._send_message(self._open(person, user, template_id=template))
        self.assertEqual(len(self._read()), 3)
        Wizard = self.env["crm.campaign.communicate"]
        self.assertFalse(Wizard.with_user(self.caller).has_access("create"))

    def test_nobody_writes_to_a_record_that_they_may_not_read(self):
        lead = self.env["crm.lead"].create(
            {"name": "Of somebody else", "email_from": "x@t.example.com", "user_id": 2}
        )
        with self.assertRaises(AccessError):
            self._open(lead)
        wizard = self._open().save()
        wizard.write({"res_model": "res.users", "res_id": 2})
        with self.assertRaisesRegex(UserError, "for contacts and leads"):
            wizard.action_send()

    def test_salespeople_see_their_own_messages_and_no_execution_of_campaigns(self):
        campaign = self._dispatch(self._create_operation())
        own = self._send_message(self._open(template_id=self._create_template())).execution_id
        others = self._send_message(
            self._open(
                self._create_partner("Other", "other@test.example.com"),
                self.marketer,
                template_id=self._create_template(),
            )
        ).execution_id

        for model, field in (
            ("crm.campaign.execution", "id"),
            ("crm.campaign.recipient", "execution_id"),
        ):
            found = self.env[model].with_user(self.seller).search([])
            with self.subTest(model):
                self.assertEqual(set(found.mapped(field)) - {own.id, own}, set())
                self.assertTrue(found)
        self.assertFalse((campaign + others).with_user(self.seller)._filtered_access("read"))

    def test_preview_shows_the_way_out(self):
        form = self._open(template_id=self._create_template())

        self.assertIn("Hello Zoé", form.preview)
        self.assertIn("Unsubscribe", form.preview)

    def test_opening_the_assistant_leaves_no_execution_behind(self):
        models = ("crm.campaign.execution", "crm.campaign.recipient", "mailing.mailing")
        before = [self.env[model].search_count([]) for model in models]

        self._open(template_id=self._create_template()).save()

        self.assertEqual([self.env[model].search_count([]) for model in models], before)


@tagged("post_install", "-at_install")
class TestCommunicateSms(CommunicateMixin, SmsFileCase):
    def test_text_message_says_how_to_stop_and_leaves_at_once(self):
        form = self._open(
            channel="sms", template_id=self._create_text("Hi {{ object.partner_id.name }}")
        )
        self.assertEqual(form.body_text, "Hi Zoé")
        form.body_text = "Bye Zoé"

        self._send_message(form)

        text = self._read()["+33612345678"]
        self.assertRegex(text, r"^Bye Zoé\nSTOP http\S+/cs/\w+$")

    def test_changing_the_channel_drops_the_template(self):
        form = self._open(template_id=self._create_template())

        form.channel = "sms"

        self.assertFalse(form.template_id)
        self.assertEqual(form.address, "+33612345678")
