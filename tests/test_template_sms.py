# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_sms import SmsCase


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
