# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_call import CallMixin
from .common_script import ScriptCase

END = {"kind": "quit"}


@tagged("post_install", "-at_install")
class TestScriptAnswer(CallMixin, ScriptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls._create_calls(1)
        cls.contact = cls._create_partner("Zoé", "zoe@test.example.com")
        cls.answers = cls.env["crm.campaign.script.answer"].with_user(cls.caller)

    def _create_question(self, answer_type, **values):
        script = self._create_script((answer_type, [END], values))
        return script.question_ids.with_user(self.caller)

    def _store(self, question, value, **records):
        return self.answers._store(self.call.id, question, value, records)

    # === STORED === #
    def test_answers_are_values_of_their_type(self):
        cases = (
            ("text", "value_text", " Oui, été ", "Oui, été", "Oui, été"),
            ("number", "value_number", "1 234,5", 1234.5, "1,234.5"),
            ("number", "value_number", 12.0, 12.0, "12"),
            ("date", "value_date", "2026-07-03", date(2026, 7, 3), "07/03/2026"),
            ("date", "value_date", "07/03/2026", date(2026, 7, 3), "07/03/2026"),
            ("yes_no", "value_boolean", True, True, "Yes"),
            ("yes_no", "value_boolean", False, False, "No"),
            ("choice", "value_text", "ete", "Été", "Été"),
        )
        for answer_type, column, typed, expected, text in cases:
            with self.subTest(answer_type, typed=typed):
                question = self._create_question(answer_type, choices="Hiver\nÉté")
                answer = self._store(question, typed)
                self.assertEqual((answer[column], answer.value), (expected, text))
                self.assertEqual((answer.user_id, answer.is_empty), (self.caller, False))
                self.assertEqual(answer.call_id, self.call)
                self.assertEqual(answer.script_id, question.script_id)

    def test_a_number_in_a_language_that_is_not_active(self):
        answer = self._store(self._create_question("number"), 1234.5)
        self.assertEqual(answer.with_context(lang="pl_PL").value, "1,234.5")

    def test_an_empty_answer_is_no_zero(self):
        question = self._create_question("number")
        self._store(question, "3")

        answer = self._store(question, "")

        self.assertEqual((answer.is_empty, answer.value), (True, ""))
        self.env.cr.execute(
            "SELECT value_number FROM crm_campaign_script_answer WHERE call_id = %s",
            (self.call.id,),
        )
        self.assertEqual(self.env.cr.fetchall(), [(None,)])

    def test_the_last_answer_to_a_question_counts(self):
        question = self._create_question("text")
        self._store(question, "first")
        self._store(question, "second")

        stored = self.answers.search([("question_id", "=", question.id)])
        self.assertEqual(stored.mapped("value"), ["second"])

    def test_a_script_that_is_answered_is_used(self):
        question = self._create_question("text")

        self._store(question, "yes")

        self.assertTrue(question.script_id.is_used)

    def test_answers_of_another_type_are_refused(self):
        cases = (
            ("number", "ten", "asks for a number"),
            ("number", "12" * 9, "too many digits"),
            ("number", True, "asks for a number"),
            ("date", "31/02/2026", "asks for a date"),
            ("date", 12.0, "asks for a date"),
            ("yes_no", "perhaps", "asks for yes or no"),
            ("choice", "Printemps", "asks for one of: Hiver, Été"),
            ("text", 12.0, "asks for a text"),
        )
        for answer_type, value, message in cases:
            with self.subTest(answer_type, value=value):
                question = self._create_question(answer_type, choices="Hiver\nÉté")
                with self.assertRaisesRegex(UserError, message):
                    self._store(question, value)
                self.assertFalse(self.answers.search([("question_id", "=", question.id)]))

    def test_callers_see_their_own_answers_and_write_none(self):
        answer = self._store(self._create_question("text"), "mine")

        self.assertEqual(answer.value, "mine")
        self.assertFalse(answer.with_user(self.other_marketer).search([("id", "=", answer.id)]))
        self.assertTrue(answer.with_user(self.manager).search([("id", "=", answer.id)]))
        with self.assertRaises(AccessError):
            answer.value_text = "changed"

    # === WRITTEN TO A RECORD === #
    def _create_writing(self, answer_type, name, kind="contact", **values):
        permitted = self._permit("crm.lead" if kind == "lead" else "res.partner", name)
        return self._create_question(
            answer_type, write_kind=kind, write_field_id=permitted.id, **values
        )

    def test_an_answer_is_written_whatever_the_rights_of_the_caller(self):
        lead = self.env["crm.lead"].create({"name": "Fleet", "user_id": self.manager.id})
        company = self._create_partner("Fleet Inc.", is_company=True)
        cases = (
            ("text", "function", "contact", self.contact, "Buyer", "Buyer"),
            ("text", "website", "company", company, "https://a.example", "https://a.example"),
            ("text", "referred", "lead", lead, "Zoé", "Zoé"),
            ("date", "date_deadline", "lead", lead, "2026-07-03", date(2026, 7, 3)),
            ("choice", "priority", "lead", lead, "High", "2"),
        )
        for answer_type, name, kind, record, typed, expected in cases:
            with self.subTest(name):
                question = self._create_writing(answer_type, name, kind, choices="High\nLow")
                self._store(question, typed, **{kind: record.with_user(self.caller)})
                self.assertEqual(record[name], expected)
                self.assertEqual(record.write_uid, self.caller)

    def test_an_empty_answer_erases_nothing(self):
        self.contact.function = "Buyer"
        question = self._create_writing("text", "function")

        self._store(question, " ", contact=self.contact)

        self.assertEqual(self.contact.function, "Buyer")

    def test_where_there_is_no_record_the_answer_is_stored(self):
        question = self._create_writing("text", "referred", "lead")

        self.assertEqual(self._store(question, "Zoé", contact=self.contact).value, "Zoé")

    def _assert_refused(self, question, value, message):
        with self.assertRaisesRegex((UserError, ValidationError), message):
            self._store(question, value, contact=self.contact)
        self.assertFalse(self.answers.search([("question_id", "=", question.id)]))
        self.assertFalse(question.script_id.is_used)

    def test_a_field_that_is_no_longer_permitted_is_refused_whole(self):
        question = self._create_writing("text", "function")
        question.sudo().write_field_id.unlink()
        self.env.invalidate_all()

        self._assert_refused(question, "Buyer", "no longer permitted")
        self.assertFalse(self.contact.function)
        codes = self._get_codes(question.script_id.with_user(self.manager))
        self.assertEqual(codes, [("write_gone", 1)])

    def test_a_field_that_is_gone_is_refused_whole(self):
        manual = self.env["ir.model.fields"].create(
            {
                "name": "x_fleet",
                "field_description": "Fleet",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
            }
        )
        question = self._create_writing("text", "x_fleet")
        self._store(question, "12", contact=self.contact)
        self.assertEqual(self.contact.x_fleet, "12")
        copied = question.script_id.with_user(self.manager).copy()

        manual.unlink()
        self.env.invalidate_all()

        self._assert_refused(
            copied.question_ids.with_user(self.caller), "13", "no longer permitted"
        )
        again = question.script_id.with_user(self.manager).copy()
        self.assertFalse(again.question_ids.write_kind)

    def test_what_a_field_cannot_hold_is_refused_whole(self):
        cases = (
            ("number", "partner_latitude", "abc", "asks for a number"),
            ("number", "x_count", "2,5", "whole numbers only"),
            ("number", "x_count", "3000000000", "whole numbers only"),
        )
        self.env["ir.model.fields"].create(
            {
                "name": "x_count",
                "field_description": "Count",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "integer",
            }
        )
        questions = {
            name: self._create_writing("number", name) for name in ("partner_latitude", "x_count")
        }
        for _type, name, value, message in cases:
            with self.subTest(name, value=value):
                self._assert_refused(questions[name], value, message)
        self._store(questions["x_count"], "12", contact=self.contact)
        self.assertEqual(self.contact.x_count, 12)

    def test_what_the_host_refuses_is_refused_whole(self):
        lead = self.env["crm.lead"].create({"name": "Fleet", "probability": 20})
        question = self._create_writing("number", "probability", "lead")

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._store(question, "150", lead=lead)
        self.assertEqual(lead.probability, 20)
        self.assertFalse(self.answers.search([("question_id", "=", question.id)]))

    def test_only_permitted_fields_of_the_same_type_are_offered(self):
        permitted = self._permit("res.partner", "function")
        self._permit("crm.lead", "date_deadline")
        script = self._create_script(("text", [END]))
        question = script.question_ids

        with Form(question) as form:
            form.write_kind = "contact"
            self.assertEqual(form.allowed_field_ids[:].ids, permitted.ids)
            form.write_field_id = permitted
            form.answer_type = "number"
            self.assertFalse(form.write_field_id)
            form.write_kind = False
        with self.assertRaisesRegex(ValidationError, "of the type of the answer"):
            question.write({"write_kind": "lead", "write_field_id": permitted.id})
        with self.assertRaisesRegex(ValidationError, "of the type of the answer"):
            question.write({"write_kind": "contact"})

    def test_choices_are_those_of_the_field(self):
        with self.assertRaisesRegex(UserError, "knows no choice “Huge”"):
            self._create_writing("choice", "priority", "lead", choices="High\nHuge")

    # === LIST OF THE ADMINISTRATOR === #
    def test_only_administrators_list_fields(self):
        field = self.env["ir.model.fields"]._get("res.partner", "function")
        with self.assertRaises(AccessError):
            self.env["crm.campaign.script.field"].with_user(self.manager).create(
                {"field_id": field.id}
            )
        permitted = self._permit("res.partner", "function").with_user(self.manager)
        self.assertEqual(permitted.display_name, "Job Position (Contact)")
        found = permitted.search([("display_name", "ilike", "job")])
        self.assertEqual(found, permitted)

    def test_technical_computed_and_restricted_fields_cannot_be_listed(self):
        for model, name in (
            ("res.partner", "active"),
            ("res.partner", "create_date"),
            ("res.partner", "email_normalized"),
            ("res.partner", "signup_type"),
            ("res.partner", "comment"),
            ("res.partner", "parent_id"),
            ("res.partner", "barcode"),
            ("crm.lead", "type"),
            ("res.users", "login"),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "cannot be"):
                self._permit(model, name)
