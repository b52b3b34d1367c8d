# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_script import ScriptCase

END = {"kind": "quit"}


@tagged("post_install", "-at_install")
class TestScriptSimulate(ScriptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = cls._create_script(
            ("number", [{"kind": "ge", "low_number": 10, "to": 2}, {"kind": "other", "to": 3}]),
            ("date", [{"kind": "next", "to": 3}]),
            ("yes_no", [{"kind": "yes"}, {"kind": "no", "to": 4}]),
            ("text", [{"kind": "contains", "words": "later", "to": 3}]),
        )
        action = cls.script.with_user(cls.marketer).action_simulate()
        cls.wizard = (
            cls.env["crm.campaign.script.simulate"].with_user(cls.marketer).browse(action["res_id"])
        )

    def _answer(self, *answers):
        for answer in answers:
            self.wizard.answer = answer
            self.wizard.action_next()

    def _get_place(self):
        return self.wizard.number or self.wizard.outcome

    def test_forwards_to_the_end(self):
        places = [self._get_place()]
        for answer in ("12", "2026-07-03", "no", "Later, perhaps", "yes"):
            self._answer(answer)
            places.append(self._get_place())

        self.assertEqual(places, [1, 2, 3, 4, 3, "quit"])
        self.assertIn("Later, perhaps", self.wizard.way)
        self.assertIn("≥ 10", self.wizard.way)
        with self.assertRaisesRegex(UserError, "over"):
            self.wizard.action_next()

    def test_backwards_with_the_answer_to_be_changed(self):
        self._answer("12,50", "2026-07-03", "no", "x")
        self.assertEqual(self._get_place(), "no_match")

        for place, answer in ((4, "x"), (3, "no"), (2, "2026-07-03"), (1, "12.5"), (1, False)):
            self.wizard.action_back()
            self.assertEqual((self._get_place(), self.wizard.answer), (place, answer))
        self._answer("9")
        self.assertEqual(self._get_place(), 3)

    def test_restart(self):
        self._answer("9")

        self.wizard.action_restart()

        self.assertEqual((self._get_place(), self.wizard.way), (1, ""))

    def test_wrong_and_missing_answers_are_refused_as_in_a_call(self):
        with self.assertRaisesRegex(UserError, "asks for a number"):
            self._answer("ten")
        self._answer("9")
        with self.assertRaisesRegex(UserError, "needs an answer"):
            self._answer(False)
        self.assertEqual(self._get_place(), 3)

    def test_an_empty_answer_where_one_is_not_needed(self):
        self._answer(False)

        self.assertEqual(self._get_place(), 3)
        self.assertIn("no answer", self.wizard.way)

    def test_nothing_is_stored(self):
        before = self.env["crm.campaign.script.answer"].search_count([])

        self._answer("9", "yes")

        self.assertEqual(self.env["crm.campaign.script.answer"].search_count([]), before)
        self.assertFalse(self.script.is_used)

    def test_a_script_that_is_changed_meanwhile_is_followed_as_far_as_answers_fit(self):
        question = self.script.question_ids[1]
        question.answer_type = "text"
        self._answer("12", "2026, perhaps")
        self.assertEqual(self._get_place(), 3)

        for answer_type in ("number", "date"):
            with self.subTest(answer_type):
                question.answer_type = answer_type
                self.wizard.invalidate_recordset()
                self.assertEqual(self._get_place(), 2)
        self._answer("2026-07-03")
        self.assertEqual(self._get_place(), 3)

    def test_without_a_start(self):
        self.script.start_question_id = False
        self.wizard.invalidate_recordset()

        self.assertEqual(self._get_place(), "no_start")
