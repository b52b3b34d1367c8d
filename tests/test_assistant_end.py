# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError

from .common_assistant import AssistantCase


class TestAssistantEnd(AssistantCase):
    def _count_all_rows(self):
        """Count the rows of every table."""
        self.env.flush_all()
        self.env.cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        counts = {}
        for (name,) in self.env.cr.fetchall():
            self.env.cr.execute(f'SELECT count(*) FROM "{name}"')  # pylint: disable=sql-injection
            counts[name] = self.env.cr.fetchone()[0]
        return counts

    def test_abandoning_at_the_end_leaves_no_row_in_any_table(self):
        target = self._create_target(record_kind="contact")
        before = self._count_all_rows()
        assistant = self._start(
            company_source="all",
            has_own_text=True,
            subject="My subject",
            body_html="<p>My text</p>",
            departure="now",
            step="welcome",
        )
        while assistant.step != "validation":
            if assistant.step == "result":
                assistant.write({"set_target_id": target.id, "named_partner_ids": self.dan.ids})
                assistant.action_apply_set()
                assistant.action_add_named()
            assistant.action_next()
        self.assertEqual(assistant.targeted_count, 4)

        action = assistant.action_abandon()

        self.assertEqual(self._count_all_rows(), before)
        self.assertEqual(action["res_id"], self.campaign.id)

    def test_a_template_saved_on_purpose_survives_abandoning(self):
        assistant = self._start(
            template_id=False,
            has_own_text=True,
            subject="My subject",
            body_html="<p>My text</p>",
            purpose_id=self.purpose.id,
        )
        assistant.action_save_template()

        assistant.action_abandon()

        template = self.env["crm.campaign.template"].search([("name", "=", "Newsletter")])
        self.assertEqual(template.subject, "My subject")

    def test_validating_later_makes_an_operation_that_waits_for_its_dispatch(self):
        operation = self._validate(
            self._start(budget=500, generic_title="The Director", address_rule="company")
        )

        self.assertRecordValues(
            operation,
            [
                {
                    "state": "ready",
                    "campaign_id": self.campaign.id,
                    "name": "Newsletter",
                    "budget": 500.0,
                    "template_id": self.template.id,
                    "purpose_id": self.purpose.id,
                    "generic_title": "The Director",
                    "address_rule": "company",
                    "date_start": False,
                }
            ],
        )
        self.assertFalse(self.env["crm.campaign.operation.assistant"].search_count([]))

    def test_validating_now_freezes_the_recipients(self):
        action = self._start(departure="now").action_validate()

        self.assertEqual(action["res_model"], "crm.campaign.execution")
        execution = self.env["crm.campaign.execution"].browse(action["res_id"])
        self.assertRecipients(
            execution,
            [
                {"partner": self.ada, "exclusion": "no_address"},
                {"partner": self.bob, "exclusion": False, "email": "bob@test.example.com"},
                {"partner": self.cy, "exclusion": "no_address"},
                {"partner": self.dan, "exclusion": False, "email": "dan@test.example.com"},
            ],
        )

    @freeze_time("2026-03-02 10:00:00")
    def test_validating_for_a_date_schedules_the_departure(self):
        action = self._start(departure="date", date_start=datetime(2026, 3, 3, 9)).action_validate()

        execution = self.env["crm.campaign.execution"].browse(action["res_id"])
        self.assertEqual(execution.state, "scheduled")
        self.assertEqual(execution.scheduled_at, datetime(2026, 3, 3, 9))

    def test_a_required_proof_is_asked_for_before_anything_leaves(self):
        operation = self._validate(self._start(departure="now", needs_proof=True))

        self.assertEqual(operation.state, "proof")
        self.assertFalse(operation.execution_ids)

    def test_a_target_that_is_used_as_it_is_is_not_copied(self):
        target = self._create_target(record_kind="contact")

        operation = self._validate(
            self._start(contact_source="target", contact_target_id=target.id)
        )

        self.assertEqual(operation.target_id, target)

    def test_hand_made_changes_are_noted_in_the_target(self):
        assistant = self._start(contact_domain=repr([("name", "=", "Dan")]), step="result")
        assistant.named_partner_ids = self.ada
        assistant.action_add_named()
        assistant.named_partner_ids = self.dan
        assistant.action_remove_named()
        domain = assistant._get_domain(by_hand=False)
        self.assertEqual(list(domain), [("name", "=", "Dan")])

        target = self._validate(assistant).target_id

        self.assertRecordValues(
            target.member_ids.sorted("id"),
            [
                {"origin": "addition", "res_id": self.ada.id},
                {"origin": "exclusion", "res_id": self.dan.id},
            ],
        )

    def test_emptying_forgets_the_hand_made_changes(self):
        assistant = self._start(step="result", named_partner_ids=self.ada.ids)
        assistant.action_add_named()
        assistant.action_empty()
        assistant.named_partner_ids = self.bob
        assistant.action_add_named()

        target = self._validate(assistant).target_id

        self.assertEqual(target.member_ids.mapped("res_id"), self.bob.ids)

    def test_who_was_added_by_hand_and_left_with_a_set_is_not_written_to(self):
        dans = self._create_target(record_kind="contact", domain=repr([("name", "=", "Dan")]))
        assistant = self._start(contact_domain=repr([("name", "=", "Bob")]), step="result")
        assistant.named_partner_ids = self.dan
        assistant.action_add_named()
        assistant.write({"set_operator": "difference", "set_target_id": dans.id})
        assistant.action_apply_set()

        operation = self._validate(assistant)

        self.assertRecipients(self._dispatch(operation), [{"partner": self.bob}])

    def test_who_was_removed_by_hand_and_came_back_with_a_set_is_written_to(self):
        dans = self._create_target(record_kind="contact", domain=repr([("name", "=", "Dan")]))
        assistant = self._start(
            contact_domain=repr([("name", "in", ("Bob", "Dan"))]), step="result"
        )
        assistant.named_partner_ids = self.dan
        assistant.action_remove_named()
        assistant.set_target_id = dans
        assistant.action_apply_set()

        operation = self._validate(assistant)

        self.assertRecipients(
            self._dispatch(operation),
            [{"partner": self.bob, "exclusion": False}, {"partner": self.dan, "exclusion": False}],
        )

    def test_another_kind_of_record_forgets_the_changes_of_the_list(self):
        leads = self._create_target(record_kind="lead", domain="[]")
        assistant = self._start(step="result", named_partner_ids=self.dan.ids)
        assistant.action_add_named()

        assistant.write({"audience": "target", "target_id": leads.id})

        self.assertFalse(assistant.line_ids)

    def test_only_managers_make_somebody_else_responsible(self):
        assistant = self._start(step="characteristics", user_id=self.other_marketer.id)

        with self.assertRaisesRegex(UserError, "Only a marketing manager"):
            assistant.action_next()

    def test_a_letter_of_its_own_needs_no_subject(self):
        operation = self._validate(
            self._start(
                channel="post",
                template_id=False,
                has_own_text=True,
                body_html="<p>Dear customer</p>",
                purpose_id=self.purpose.id,
            )
        )

        self.assertEqual(operation.template_id.channel, "post")
        self.assertIn("Dear customer", operation.template_id.body_html)

    def test_an_own_text_becomes_a_template_of_its_own(self):
        operation = self._validate(
            self._start(has_own_text=True, subject="Only once", body_html="<p>Hi</p>")
        )

        self.assertNotEqual(operation.template_id, self.template)
        self.assertEqual(operation.template_id.subject, "Only once")
        self.assertEqual(self.template.subject, "Hello {{ object.partner_id.name }}")

    def test_an_own_text_with_a_hostile_expression_is_refused_at_its_step(self):
        assistant = self._start(
            step="delivery",
            has_own_text=True,
            subject="{{ object.env.cr.dbname }}",
            body_html="<p>Hi</p>",
        )

        with self.assertRaisesRegex(ValidationError, "is not a merge field"):
            assistant.action_next()

    def test_a_proof_is_void_when_a_target_of_the_list_changes(self):
        other = self._create_target(record_kind="contact", domain=repr([("name", "=", "Bob")]))
        assistant = self._start(needs_proof=True, departure="now", step="result")
        assistant.set_target_id = other
        assistant.action_apply_set()
        operation = self._validate(assistant)
        operation.with_user(self.manager).action_approve_proof()
        self.assertEqual(operation.state, "ready")

        other.domain = repr([("name", "=", "Cy")])

        self.assertEqual(operation.state, "to_test")
