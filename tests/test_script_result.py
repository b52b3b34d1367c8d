# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_call import CallMixin
from .common_script import ScriptCase

# 1 (yes/no) leads to 2 or ends; 2 (number) from 10 on to 3, from 5 on to the end, else nowhere;
# 3 (choice) is the last one.
SURVEY = (
    ("yes_no", [{"kind": "yes", "to": 2}, {"kind": "no"}]),
    (
        "number",
        [{"kind": "ge", "low_number": 10, "to": 3}, {"kind": "ge", "low_number": 5}],
    ),
    ("choice", [{"kind": "quit"}], {"choices": "Price\nService"}),
)


@tagged("post_install", "-at_install")
class TestScriptResult(CallMixin, ScriptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.results = cls.env["crm.campaign.script.result"]
        cls.script = cls._create_script(*SURVEY)
        cls.second_caller = cls._create_user("campaign_caller_2", "caller")

    def _answer(self, call, *values, outcome="not_interested", user=None, **ended):
        """Answer the questions of a call from the start, and end the call, unless no outcome."""
        call = call.with_user(user or self.caller)
        call.user_id or call.sudo().write({"user_id": call.env.uid})
        question = call.sudo().script_id.start_question_id
        for value in values:
            question = question.browse(call.answer_question(question.id, value)["next_id"])
        if outcome:
            call.record_outcome(self._get_outcome(outcome).id, ended)

    def _read(self, groupby, *measures, domain=(), user=None, lang="en_US"):
        """Group the results: ``[(label, measure, …), …]`` in their order."""
        measures = measures or ("answer_count:sum", "dropout_count:sum")
        model = self.results.with_user(user or self.manager).with_context(lang=lang)
        groups = model.formatted_read_group(list(domain), [groupby], measures)
        return [
            (
                value[1] if isinstance(value := group[groupby], tuple) else value,
                *(group[measure] for measure in measures),
            )
            for group in groups
        ]

    def _get_dropouts(self, call):
        """Return the numbers of the questions at which a call counts as a drop-out."""
        lines = self.results.search([("call_id", "=", call.id), ("dropout_count", "=", 1)])
        return lines.mapped("question_number")

    # === COUNTED === #
    def test_answers_and_drop_outs_by_question(self):
        calls = self._create_calls(5, script_id=self.script.id)
        self._answer(calls[0], True, "12", "Price", outcome="interested")
        self._answer(calls[1], True, "20")
        self._answer(calls[2], True)
        self._answer(calls[3], False)
        self._answer(calls[4])

        self.assertEqual(
            self._read("question_id"),
            [("1. Question 1?", 4, 1), ("2. Question 2?", 2, 1), ("3. Question 3?", 1, 0)],
        )
        self.assertEqual(self._read("script_id", "call_id:count_distinct"), [("Survey", 4)])
        self.assertEqual(self._read("is_success"), [(False, 4, 2), (True, 3, 0)])

    def test_a_drop_out_is_a_call_that_is_over_before_its_script(self):
        callback = {"callback_at": f"{self.today.replace(year=self.today.year + 1)} 08:00:00"}
        cases = (
            ("broken off", (True, "12"), {}, [2]),
            ("gone through to the end", (True, "12", "Price"), {}, []),
            ("ended by the script", (False,), {}, []),
            ("no path holds", (True, "3"), {}, []),
            ("no answer at all", (), {}, []),
            ("under way", (True,), {"outcome": None}, []),
            ("to be called back", (True,), {"outcome": "callback", **callback}, []),
            ("to be tried again", (True,), {"outcome": "busy"}, []),
        )
        calls = self._create_calls(len(cases), script_id=self.script.id)
        for call, (name, values, ended, expected) in zip(calls, cases, strict=True):
            with self.subTest(name):
                self._answer(call, *values, **ended)
                self.assertEqual(self._get_dropouts(call), expected)

    def test_a_cancelled_call_that_was_begun_is_a_drop_out(self):
        call = self._create_calls(1, script_id=self.script.id)
        self._answer(call, True, outcome=None)

        call.operation_id.action_cancel()

        self.assertEqual(call.state, "cancelled")
        self.assertEqual(self._get_dropouts(call), [1])

    def test_an_answer_that_is_corrected_after_the_end_makes_no_drop_out(self):
        call = self._create_calls(1, script_id=self.script.id)
        self._answer(call, True, "12", "Price", outcome=None)
        call.with_user(self.caller).answer_question(self.script.question_ids[1].id, "15")
        self._answer(call)

        self.assertEqual(self._get_dropouts(call), [])
        self.assertEqual(len(self.results.search([("call_id", "=", call.id)])), 3)

    def test_answers_know_whether_they_end_the_script(self):
        call = self._create_calls(1, script_id=self.script.id)
        first, second, third = self.script.question_ids
        cases = (
            (first, True, False),
            (first, False, True),
            (second, "10", False),
            (second, "5", True),
            (second, "3", True),
            (second, "", True),
            (third, "Service", True),
        )
        answers = self.env["crm.campaign.script.answer"].with_user(self.caller)
        for question, value, expected in cases:
            with self.subTest(question.name, value=value):
                stored = answers._store(call.id, question.with_user(self.caller), value)
                self.assertEqual(stored.ends_script, expected)

    def test_by_caller(self):
        callers = self.caller | self.second_caller
        calls = self._create_calls(4, script_id=self.script.id, callers=callers)
        calls.write({"user_id": False})
        self._answer(calls[0], True)
        self._answer(calls[1], True, "12", user=self.second_caller)
        self._answer(calls[2], False, user=self.second_caller)
        # Begun by one, gone on with by the other.
        calls[3].user_id = self.caller
        self._answer(calls[3], True, outcome=None)
        calls[3].user_id = self.second_caller
        self._answer(calls[3], True, "12", user=self.second_caller)

        self.assertEqual(
            sorted(self._read("user_id")),
            [("Campaign Caller", 2, 1), ("Campaign Caller 2", 4, 2)],
        )

    def test_by_version(self):
        self._answer(self._create_calls(1, script_id=self.script.id), True)
        action = self.script.with_user(self.manager).action_new_version()
        version = self.script.browse(action["res_id"])
        operation = self._create_call_operation(script_id=version.id)
        calls = self._dispatch(operation).operation_id.call_ids
        self._answer(calls, True, "12")

        self.assertEqual(self._read("script_id"), [("Survey (version 2)", 2, 1), ("Survey", 1, 1)])
        self.assertEqual(self._read("script_version"), [(1, 1, 1), (2, 2, 1)])
        self.assertEqual(self._read("question_number"), [(1, 2, 1), (2, 1, 1)])
        self.assertEqual(self._read("script_name"), [("Survey", 3, 2)])

    def test_questions_are_in_the_order_of_their_numbers(self):
        rows = [("text", [{"kind": "next", "to": number + 1}]) for number in range(1, 12)]
        script = self._create_script(*rows, ("text", [{"kind": "quit"}]))
        call = self._create_calls(1, script_id=script.id)
        self._answer(call, *"abcdefghijkl")

        numbers = [
            label.partition(".")[0] for label, _count, _dropouts in self._read("question_id")
        ]
        self.assertEqual(numbers, [str(number) for number in range(1, 13)])

    # === IN WORDS === #
    def test_answers_are_in_words_dates_by_month_and_free_texts_count_as_one(self):
        script = self._create_script(
            ("yes_no", [{"kind": "next", "to": 2}]),
            ("number", [{"kind": "next", "to": 3}]),
            ("date", [{"kind": "next", "to": 4}]),
            ("text", [{"kind": "next", "to": 5}]),
            ("choice", [{"kind": "quit"}], {"choices": "Price\nService"}),
        )
        calls = self._create_calls(2, script_id=script.id)
        self._answer(calls[0], True, "1234.5", "2026-07-03", "Ask Zoé", "Price")
        self._answer(calls[1], False, "", "2026-07-04", "Ask Bob", "price")
        expected = {
            ("2026-07", 2),
            ("1234.5", 1),
            ("Free text", 2),
            ("No", 1),
            ("No answer", 1),
            ("Price", 2),
            ("Yes", 1),
        }

        self.assertEqual(set(self._read("answer", "answer_count:sum")), expected)
        self.assertEqual(self._read("answer_type", "value_number:avg")[0], ("choice", False))
        self.assertIn(("number", 1234.5), self._read("answer_type", "value_number:avg"))
        lines = self.results.search([("call_id", "=", calls[0].id)], order="question_number")
        self.assertEqual(
            lines.mapped("value"), ["Yes", "1,234.5", "07/03/2026", "Ask Zoé", "Price"]
        )

    def test_answers_are_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        script = self._create_script(
            ("yes_no", [{"kind": "next", "to": 2}]),
            ("number", [{"kind": "next", "to": 3}]),
            ("date", [{"kind": "quit"}]),
        )
        self._answer(self._create_calls(1, script_id=script.id), True, "12.5", "2026-07-03")
        lines = self.results.search([], order="question_number")

        self.assertEqual(lines.mapped("answer"), ["Yes", "12.5", "2026-07"])
        french = lines.with_context(lang="fr_FR")
        self.assertEqual(french.mapped("answer"), ["Oui", "12,5", "2026-07"])
        self.assertEqual(french.mapped("value"), ["Oui", "12,5", "03/07/2026"])

    def test_numbers_come_in_their_order(self):
        script = self._create_script(("number", [{"kind": "quit"}]))
        values = ("12", "2", "-1", "1.5")
        for call, value in zip(self._create_calls(4, script_id=script.id), values, strict=True):
            self._answer(call, value)

        measures = ["answer_count:sum"]
        groups = self.results.formatted_read_group([], ["answer"], measures)
        self.assertEqual([group["answer"] for group in groups], ["-1", "1.5", "2", "12"])
        sets = self.results.formatted_read_grouping_sets(
            [], [["question_id", "answer"], []], measures, order="question_id, answer DESC"
        )
        self.assertEqual([group["answer"] for group in sets[0]], ["12", "2", "1.5", "-1"])

    def test_results_are_exported_in_words(self):
        self._answer(self._create_calls(1, script_id=self.script.id), True, "12")

        self.marketer.group_ids += self.env.ref("base.group_allow_export")
        lines = self.results.with_user(self.marketer).search([], order="question_number")
        names = ["question_id", "value", "user_id", "outcome_id", "dropout_count"]
        self.assertEqual(
            lines.export_data(names)["datas"],
            [
                ["1. Question 1?", "Yes", "Campaign Caller", "Not Interested", 0],
                ["2. Question 2?", "12", "Campaign Caller", "Not Interested", 1],
            ],
        )

    # === RIGHTS === #
    def test_who_sees_which_results(self):
        callers = self.caller | self.second_caller
        calls = self._create_calls(2, script_id=self.script.id, callers=callers)
        calls.write({"user_id": False})
        self._answer(calls[0], True, "12")
        self._answer(calls[1], False, user=self.second_caller)
        self._assert_answers({})
        campaign = calls.operation_id.campaign_id

        campaign.member_ids = self.other_marketer
        self._assert_answers({"campaign_other": 3})
        campaign.member_ids = False
        calls.operation_id.user_id = self.other_marketer
        self._assert_answers({"campaign_other": 3})

        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_script_answer SET company_id = %s WHERE call_id IN %s",
            (self.foreign_company.id, tuple(calls.ids)),
        )
        self.env.invalidate_all()
        self._assert_answers(
            {
                "campaign_caller": 0,
                "campaign_caller_2": 0,
                "campaign_marketer": 0,
                "campaign_manager": 0,
                "campaign_foreign": 3,
            }
        )

    def _assert_answers(self, changed):
        """Compare the number of answers that each user sees, the usual ones but for some."""
        expected = {
            "campaign_caller": 2,
            "campaign_caller_2": 1,
            "campaign_marketer": 3,
            "campaign_other": 0,
            "campaign_manager": 3,
            "campaign_foreign": 0,
            **changed,
        }
        for user in self.env["res.users"].search([("login", "in", list(expected))]):
            with self.subTest(user.login):
                self.assertEqual(
                    self.results.with_user(user).search_count([]), expected[user.login]
                )

    def test_nobody_changes_results(self):
        self._answer(self._create_calls(1, script_id=self.script.id), False)
        line = self.results.search([])
        for user in (self.caller, self.marketer, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                line.with_user(user).value_text = "changed"

    # === OPENED === #
    def test_a_script_opens_the_results_of_all_its_versions(self):
        self._answer(self._create_calls(1, script_id=self.script.id), False)
        other = self._create_script(*SURVEY, name="Other")
        script = self.script.with_user(self.manager)
        version = script.browse(script.action_new_version()["res_id"])

        action = version.action_view_results()
        self.assertEqual(action["name"], "Results: Survey")
        self.assertEqual(action["res_model"], "crm.campaign.script.result")
        self.assertEqual(self.results.search_count(action["domain"]), 1)
        domain = other.with_user(self.manager).action_view_results()["domain"]
        self.assertFalse(self.results.search_count(domain))

    def test_an_operation_opens_its_own_results(self):
        call = self._create_calls(1, script_id=self.script.id)
        self._answer(call, False)
        empty = self._create_call_operation(script_id=self.script.id)

        action = call.operation_id.with_user(self.marketer).action_view_script_results()
        self.assertEqual(action["name"], "Results: Spring Calls")
        line = self.results.with_user(self.marketer).search(action["domain"])
        self.assertEqual(line.call_id, call)
        self.assertFalse(self.results.search_count(empty.action_view_script_results()["domain"]))
        self.assertEqual(line.action_view_call()["res_id"], call.id)
