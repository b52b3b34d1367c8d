# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError, ValidationError

from .common_assistant import AssistantCase


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
