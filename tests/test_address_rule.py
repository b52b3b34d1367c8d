# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from .common_assistant import AssistantCase


class TestAddressRule(AssistantCase):
    def _freeze(self, rule):
        operation = self._create_operation(
            target_id=self._create_target(record_kind="contact").id, address_rule=rule
        )
        return self._dispatch(operation)

    def test_the_company_s_address_is_used_where_the_contact_s_is_empty(self):
        self.assertRecipients(
            self._freeze("fallback"),
            [
                {"partner": self.ada, "email": "red@test.example.com"},
                {"partner": self.bob, "email": "bob@test.example.com"},
                {"partner": self.cy, "email": "blue@test.example.com"},
                {"partner": self.dan, "email": "dan@test.example.com"},
            ],
        )

    def test_the_company_s_address_is_written_to_once(self):
        self.assertRecipients(
            self._freeze("company"),
            [
                {"partner": self.ada, "email": "red@test.example.com", "exclusion": False},
                {"partner": self.bob, "exclusion": "duplicate"},
                {"partner": self.cy, "email": "blue@test.example.com"},
                {"partner": self.dan, "email": "dan@test.example.com"},
            ],
        )

    def test_colleagues_get_a_letter_each_at_the_address_of_their_company(self):
        self.ada.write({"street": False, "zip": False, "city": False})
        letter = self._create_template(channel="post")
        operation = self._create_operation(
            channel="post",
            template_id=letter.id,
            target_id=self._create_target(
                record_kind="contact", domain=repr([("parent_id", "=", self.red.id)])
            ).id,
            address_rule="company",
        )

        address = "1 MAIN STREET\n35000 RENNES\n"
        self.assertRecipients(
            self._dispatch(operation),
            [
                {"partner": self.ada, "postal_address": address, "exclusion": False},
                {"partner": self.bob, "postal_address": address, "exclusion": False},
            ],
        )

    def test_a_blocked_address_of_the_company_blocks_its_contacts(self):
        self.env["mail.blacklist"]._add("red@test.example.com")

        recipient = self._get_recipient(self._freeze("fallback"), self.ada)

        self.assertEqual(recipient.exclusion, "blacklisted")


class TestHistory(AssistantCase):
    def _get_lines(self, partner):
        return partner.message_ids.filtered(lambda message: "Newsletter" in message.body)

    def test_a_line_stands_in_the_history_of_who_was_reached(self):
        self._sent_execution(writes_history=True)

        self.assertIn("Email “Newsletter” of campaign “Spring”", self._get_lines(self.bob).preview)
        self.assertFalse(self._get_lines(self.ada))

    def test_no_line_without_asking(self):
        self._sent_execution()

        self.assertFalse(self._get_lines(self.bob))

    def test_an_execution_that_ends_twice_writes_its_lines_once(self):
        execution = self._sent_execution(writes_history=True)

        execution._finish()

        self.assertEqual(len(self._get_lines(self.bob)), 1)
