# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTemplate(CrmCampaignCase):
    def test_marketing_user_writes_a_template_with_merge_fields(self):
        self.assertFalse(self.marketer.has_group("base.group_system"))

        template = self._create_template(
            subject="{{ object.partner_id.city ||| your town }}",
            body_html='<p><t t-out="object.company_id.name">we</t></p>',
        )

        self.assertEqual(template.subject, "{{ object.partner_id.city ||| your town }}")

    def test_every_merge_field_is_allowed_and_renders(self):
        partner = self._create_partner("Zoé L'Hostis", "zoe@test.example.com", city="Vitré")
        expressions = self.env["crm.campaign.recipient"]._get_merge_fields()
        template = self._create_template(
            subject=" ".join("{{ %s }}" % expression for expression in expressions),
        )

        execution = self._sent_execution(template_id=template.id)

        recipient = self._get_recipient(execution, partner)
        self.assertEqual((recipient.state, recipient.failure_reason), ("sent", False))

    def test_forbidden_expressions_are_refused_with_a_clear_message(self):
        for name, values in (
            ("other field", {"subject": "{{ object.partner_id.comment }}"}),
            ("method", {"subject": "{{ object.partner_id.unlink() }}"}),
            ("environment", {"body_html": "<t t-out=\"env['res.users'].search([])\"/>"}),
            ("condition", {"body_html": '<p t-if="object.partner_id.sudo()">x</p>'}),
            ("attribute", {"body_html": '<a t-att-href="object.execution_id">x</a>'}),
            ("password", {"body_html": '<t t-out="user.password"/>'}),
        ):
            with self.subTest(name), self.assertRaisesRegex(AccessError, "is not a merge field"):
                self._create_template(**values)

    def test_directives_without_expression_are_refused_too(self):
        for name, body in (
            ("loop", '<t t-foreach="[1]" t-as="x"><p>x</p></t>'),
            ("variable", '<t t-set="x" t-value="1"/>'),
            ("formatted attribute", '<a t-attf-href="/{{ object.id }}">x</a>'),
            ("call", '<t t-call="web.login"/>'),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self._create_template(body_html=body)

    def test_forbidden_expression_is_refused_at_modification_too(self):
        template = self._create_template()

        with self.assertRaises(AccessError):
            template.subject = "{{ object.partner_id.comment }}"

    def test_syntax_error_is_refused_for_administrators_too(self):
        Template = self.env["crm.campaign.template"].with_user(self.env.ref("base.user_admin"))
        for name, values in (
            ("subject", {"subject": "{{ object.name( }}"}),
            ("body", {"body_html": '<t t-out="object.("/>'}),
        ):
            with (
                self.subTest(name),
                self.assertRaisesRegex(ValidationError, "cannot be understood"),
            ):
                Template.create({"name": "Broken", **values})

    def test_double_braces_of_a_body_become_what_the_body_understands(self):
        template = self._create_template(
            body_html="<p>Dear {{ object.partner_id.name ||| customer }}</p>"
        )

        self.assertEqual(
            str(template.body_html),
            '<p>Dear <t t-out="object.partner_id.name">customer</t></p>',
        )

    def test_scripts_are_stripped(self):
        template = self._create_template(body_html="<p>x</p><script>alert(1)</script>")

        self.assertNotIn("script", template.body_html)

    def test_locked_template_is_changed_by_managers_only(self):
        template = self._create_template()
        template.with_user(self.manager).locked = True

        with self.assertRaisesRegex(UserError, "pre-written"):
            template.subject = "Mine"
        with self.assertRaisesRegex(UserError, "pre-written"):
            template.locked = False
        with self.assertRaisesRegex(UserError, "pre-written"):
            template.purpose_id = self.env.ref("crm_campaign.crm_campaign_purpose_service")
        with self.assertRaisesRegex(UserError, "pre-written"):
            template.unlink()
        template.with_user(self.manager).subject = "Theirs"
        self.assertEqual(template.subject, "Theirs")

    def test_copy_of_a_colleague_s_template_is_one_s_own(self):
        template = self._create_template()

        copy = template.with_user(self.other_marketer).copy()

        self.assertEqual(copy.user_id, self.other_marketer)

    def test_copy_of_a_locked_template_is_unlocked(self):
        template = self._create_template()
        template.with_user(self.manager).locked = True

        copy = template.copy()
        copy.subject = "Mine"

        self.assertFalse(copy.locked)
        self.assertEqual(copy.name, "Offer (copy)")

    def test_used_template_is_not_deleted(self):
        template = self._create_template()
        self._create_operation(template_id=template.id)

        with self.assertRaisesRegex(UserError, "archive it instead"):
            template.unlink()

    def test_template_without_content_cannot_leave(self):
        self._create_partners(1)
        for name, values in (("subject", {"subject": " "}), ("body", {"body_html": "<p><br></p>"})):
            with self.subTest(name):
                operation = self._create_operation(template_id=self._create_template(**values).id)
                with self.assertRaisesRegex(UserError, "no subject or no body"):
                    operation.action_dispatch()

    def test_template_of_another_company_cannot_leave(self):
        self._create_partners(1)
        operation = self._create_operation()
        operation.template_id.sudo().company_ids = self.foreign_company

        with self.assertRaises(AccessError):
            operation.action_dispatch()
