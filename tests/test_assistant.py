# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError

from .common import CrmCampaignCase


class AssistantCase(CrmCampaignCase):
    """Three companies and their contacts; Ada's address is empty, Cy's is no address at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.red, cls.blue, cls.green = (
            cls._create_partner(name, f"{name.lower()}@test.example.com", is_company=True)
            for name in ("Red", "Blue", "Green")
        )
        address = {"street": "1 Main Street", "zip": "35000", "city": "Rennes"}
        cls.red.write(address)
        cls.ada = cls._create_partner("Ada", parent_id=cls.red.id)
        cls.bob = cls._create_partner("Bob", "bob@test.example.com", parent_id=cls.red.id)
        cls.cy = cls._create_partner("Cy", "nowhere", parent_id=cls.blue.id, phone="+33612345678")
        cls.dan = cls._create_partner("Dan", "dan@test.example.com")
        cls.campaign = cls._create_campaign()
        cls.template = cls._create_template()
        cls.tagged = repr([("category_id", "in", cls.tag.ids)])

    @classmethod
    def _start(cls, **values):
        """Start an assistant of the marketer whose list is of the tagged contacts."""
        values = {
            "campaign_id": cls.campaign.id,
            "name": "Newsletter",
            "contact_domain": cls.tagged,
            "template_id": cls.template.id,
            **values,
        }
        return cls.env["crm.campaign.operation.assistant"].with_user(cls.marketer).create(values)

    def _get_people(self, assistant):
        target = assistant._get_target()
        return self.env["res.partner"].search(target._get_targeted_domain())

    def _validate(self, assistant):
        """Validate; return the operation."""
        assistant.action_validate()
        return self.env["crm.campaign.operation"].search([], order="id desc", limit=1)

    def _lacks(self, assistant):
        return {lack["code"]: lack["count"] for lack in assistant.lacks}


class TestAssistantSteps(AssistantCase):
    def test_next_goes_through_the_eight_steps_and_stops_at_the_last(self):
        assistant = self._start()

        seen = [assistant.step]
        for _step in range(8):
            assistant.action_next()
            seen.append(assistant.step)

        self.assertEqual(
            seen,
            [
                "welcome",
                "characteristics",
                "companies",
                "contacts",
                "result",
                "delivery",
                "departure",
                "validation",
                "validation",
            ],
        )

    def test_previous_keeps_what_was_entered(self):
        assistant = self._start(step="delivery", subject="Draft subject")

        assistant.action_previous()
        assistant.action_previous()

        self.assertEqual(assistant.step, "contacts")
        self.assertEqual(assistant.subject, "Draft subject")

    def test_a_target_needs_no_step_for_contacts(self):
        assistant = self._start(
            step="companies", audience="target", target_id=self._create_target().id
        )

        assistant.action_next()

        self.assertEqual(assistant.step, "result")

    def test_name_and_currency_are_checked_before_going_on(self):
        assistant = self._start(step="characteristics")
        assistant.write({"name": False, "currency_id": False})

        with self.assertRaisesRegex(UserError, "Name of the Operation, Currency"):
            assistant.action_next()
        self.assertEqual(assistant.step, "characteristics")

    def test_site_and_currency_come_from_the_campaign(self):
        euro = self.env.ref("base.EUR")
        self.campaign.currency_id = euro

        assistant = self._start()

        self.assertEqual(assistant.currency_id, euro)
        self.assertEqual(assistant.company_id, self.company)

    def test_companies_alone_need_a_generic_title(self):
        assistant = self._start(step="contacts", company_source="all", contact_source="none")

        with self.assertRaisesRegex(UserError, "Generic Title"):
            assistant.action_next()

        assistant.generic_title = "The Sales Director"
        assistant.action_next()
        self.assertEqual(assistant.step, "result")

    def test_neither_companies_nor_contacts_is_refused(self):
        assistant = self._start(step="contacts", company_source="none", contact_source="none")

        with self.assertRaisesRegex(UserError, "Select companies, contacts, or both"):
            assistant.action_next()

    def test_broken_criteria_are_refused_at_their_step(self):
        assistant = self._start(step="contacts", contact_domain="[('no_such_field', '=', 1)]")

        with self.assertRaisesRegex(ValidationError, "no_such_field"):
            assistant.action_next()

    def test_an_empty_list_is_refused(self):
        assistant = self._start(step="result", contact_domain="[('name', '=', 'Nobody at all')]")

        with self.assertRaisesRegex(UserError, "nobody would receive anything"):
            assistant.action_next()

    def test_a_date_in_the_past_is_refused(self):
        assistant = self._start(step="departure", departure="date", date_start="2020-01-01")

        with self.assertRaisesRegex(UserError, "in the past"):
            assistant.action_next()


class TestAssistantSelection(AssistantCase):
    def test_both_gives_the_contacts_of_the_selected_companies(self):
        assistant = self._start(
            company_source="criteria", company_domain=repr([("name", "=", "Red")])
        )

        self.assertEqual(self._get_people(assistant), self.ada | self.bob)

    def test_companies_alone_are_the_recipients(self):
        assistant = self._start(
            company_source="criteria", company_domain=self.tagged, contact_source="none"
        )

        self.assertEqual(self._get_people(assistant), self.red | self.blue | self.green)

    def test_contacts_alone_may_have_no_company(self):
        self.assertEqual(self._get_people(self._start()), self.ada | self.bob | self.cy | self.dan)

    def test_a_target_of_companies_selects_their_contacts(self):
        target = self._create_target(record_kind="company", domain=repr([("name", "=", "Blue")]))
        assistant = self._start(company_source="target", company_target_id=target.id)

        self.assertEqual(self._get_people(assistant), self.cy)

    def test_the_criteria_of_an_earlier_target_can_be_taken_over(self):
        target = self._create_target(name="Earlier", domain=repr([("name", "=", "Dan")]))
        assistant = self._start().new({"contact_model_id": target.id})

        assistant._onchange_contact_model_id()

        self.assertEqual(assistant.contact_domain, "[('name', '=', 'Dan')]")

    def test_companies_are_counted_while_they_are_selected(self):
        assistant = self._start(
            step="companies",
            company_source="criteria",
            company_domain=repr([("category_id", "in", self.tag.ids), ("name", "!=", "Red")]),
        )

        self.assertEqual(assistant.selected_label, "2")

    def test_recipients_are_counted_while_contacts_are_selected(self):
        assistant = self._start(
            step="contacts",
            company_source="criteria",
            company_domain=repr([("name", "=", "Red")]),
        )

        self.assertEqual(assistant.selected_label, "2")

    def test_criteria_that_are_being_written_count_nothing(self):
        self.assertFalse(self._start(step="contacts", contact_domain="[('").selected_label)

    def test_lacks_are_counted_by_kind(self):
        assistant = self._start(step="result")

        self.assertEqual(assistant.targeted_count, 4)
        # Ada and Bob have the address of their company, as the host copies it.
        self.assertEqual(self._lacks(assistant)["email"], 2)
        self.assertEqual(self._lacks(assistant)["sms"], 3)

    def test_an_incomplete_postal_address_is_none(self):
        self.dan.write({"street": "2 Side Street", "city": "Rennes", "zip": False})
        assistant = self._start(step="result", contact_domain=repr([("name", "=", "Dan")]))

        self.assertEqual(self._lacks(assistant)["post"], 1)

    def test_lacks_follow_the_rule_of_addresses(self):
        assistant = self._start(step="result", address_rule="fallback")

        self.assertEqual(self._lacks(assistant)["email"], 0)

    def test_who_lacks_an_address_goes_out_as_counted(self):
        for rule in ("own", "fallback", "company"):
            assistant = self._start(step="result", address_rule=rule)
            for code, count in self._lacks(assistant).items():
                with self.subTest(rule=rule, code=code):
                    assistant.line_ids.unlink()
                    assistant.with_context(lack=code).action_remove_lacking()

                    self.assertEqual(assistant.targeted_count, 4 - count)
                    self.assertEqual(self._lacks(assistant)[code], 0)

    def test_an_unknown_lack_is_refused(self):
        with self.assertRaisesRegex(UserError, "pigeon"):
            self._start().with_context(lack="pigeon").action_remove_lacking()

    def test_union_intersection_and_difference_follow_each_other(self):
        reds = self._create_target(
            record_kind="contact", domain=repr([("parent_id", "=", self.red.id)])
        )
        bobs = self._create_target(record_kind="contact", domain=repr([("name", "=", "Bob")]))
        assistant = self._start(step="result", contact_domain=repr([("name", "=", "Dan")]))

        counts = []
        for operator, target in (("union", reds), ("difference", bobs), ("intersection", reds)):
            assistant.write({"set_operator": operator, "set_target_id": target.id})
            assistant.action_apply_set()
            counts.append(assistant.targeted_count)

        self.assertEqual(counts, [3, 2, 1])
        self.assertEqual(self._get_people(assistant), self.ada)

    def test_emptying_then_adding_an_execution_gives_its_exact_recipients(self):
        execution = self._dispatch(self._validate_and_get(self._start(address_rule="fallback")))
        assistant = self._start(step="result", contact_domain="[]")
        assistant.action_empty()
        self.assertEqual(assistant.targeted_count, 0)

        assistant.set_execution_id = execution
        assistant.action_apply_set()

        # Ada has the company's address as Cy has his: Bob has his own.
        self.assertEqual(self._get_people(assistant), self.ada | self.bob | self.cy | self.dan)

    def _validate_and_get(self, assistant):
        operation = self._validate(assistant)
        self.assertEqual(operation.state, "ready")
        return operation

    def test_records_outside_the_criteria_can_be_added_and_others_removed(self):
        assistant = self._start(step="result", contact_domain=repr([("name", "=", "Dan")]))

        assistant.named_partner_ids = self.ada | self.bob
        assistant.action_add_named()
        assistant.named_partner_ids = self.bob
        assistant.action_remove_named()

        self.assertEqual(self._get_people(assistant), self.ada | self.dan)

    def test_a_company_cannot_be_added_to_contacts(self):
        assistant = self._start(named_partner_ids=self.red.ids)

        with self.assertRaisesRegex(UserError, "“Red” is not of the kind"):
            assistant.action_add_named()

    def test_the_last_change_can_be_undone(self):
        assistant = self._start(step="result")
        assistant.action_empty()

        assistant.action_undo()

        self.assertEqual(assistant.targeted_count, 4)


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
