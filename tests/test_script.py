# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..const import ANSWER_TYPES, PATH_KINDS, WRITE_TYPES
from ..tools.script_answer import TYPES
from ..tools.script_path import KINDS, next_step
from .common_script import ScriptCase

END = {"kind": "quit"}


@tagged("post_install", "-at_install")
class TestScript(ScriptCase):
    def test_selections_are_those_of_the_kernel(self):
        self.assertEqual(tuple(dict(ANSWER_TYPES)), TYPES)
        self.assertEqual(set(WRITE_TYPES), set(TYPES))
        self.assertEqual(
            set(dict(PATH_KINDS)), {kind for kinds in KINDS.values() for kind in kinds}
        )

    # === THE WAY THROUGH === #
    def _take(self, script, value):
        """Return the number of the question after the first one, or the outcome."""
        start = script.start_question_id
        step = next_step(script._get_script(), start.id, start._parse(value))
        return self.env[start._name].browse(step.question).number or step.outcome

    def test_ten_is_not_above_ten_and_is_from_ten(self):
        script = self._create_script(
            (
                "number",
                [
                    {"kind": "gt", "low_number": 10, "to": 2},
                    {"kind": "ge", "low_number": 10, "to": 3},
                    {"kind": "other", "to": 4},
                ],
            ),
            *[("text", [END])] * 3,
        )

        for value, number in (("10", 3), ("10,5", 2), ("9", 4), ("0", 4)):
            with self.subTest(value):
                self.assertEqual(self._take(script, value), number)

    def test_bounds_of_dates_are_excluded(self):
        script = self._create_script(
            (
                "date",
                [
                    {
                        "kind": "between",
                        "low_date": "2026-03-01",
                        "high_date": "2026-03-31",
                        "to": 2,
                    },
                    {"kind": "other", "to": 3},
                ],
            ),
            *[("text", [END])] * 2,
        )

        for value, number in (
            (date(2026, 3, 1), 3),
            (date(2026, 3, 2), 2),
            (date(2026, 3, 30), 2),
            ("2026-03-31", 3),
        ):
            with self.subTest(value):
                self.assertEqual(self._take(script, value), number)

    def test_accents_and_letter_case_do_not_count(self):
        script = self._create_script(
            ("text", [{"kind": "starts_with", "words": "hiver; ete", "to": 2}, END]),
            ("text", [END]),
        )

        self.assertEqual(self._take(script, "Été prochain"), 2)
        self.assertEqual(self._take(script, "l'été"), "quit")

    def test_nothing_matches_and_there_is_no_other(self):
        script = self._create_script(
            ("number", [{"kind": "gt", "low_number": 0, "to": 2}]), ("text", [END])
        )

        self.assertEqual(self._take(script, "0"), "no_match")

    def test_choices_are_known_however_they_are_written(self):
        script = self._create_script(
            (
                "choice",
                [{"kind": "one_of", "words": "eté, septembre\nJANVIER", "to": 2}, END],
                {"choices": "Janvier\nÉté, septembre\n\nPlus tard"},
            ),
            ("text", [END]),
        )

        self.assertEqual(self._get_codes(script), [])
        self.assertEqual(self._take(script, "ete, Septembre"), 2)
        self.assertEqual(self._take(script, "Plus tard"), "quit")

    def test_words_are_one_a_line_or_between_commas_and_semicolons(self):
        script = self._create_script(("text", [{"kind": "contains", "words": "a, b;c\n d e \n,"}]))

        self.assertEqual(script.question_ids.path_ids._get_words(), ["a", "b", "c", "d e"])

    def test_reading_a_script_takes_as_many_queries_for_two_questions_as_for_twenty(self):
        counts = []
        for number in (2, 2, 20):  # the first one warms caches
            path = {"kind": "next", "to": number}
            script = self._create_script(*[("text", [path])] * number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            script._get_script()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # === PROBLEMS === #
    def test_a_script_that_is_well_made_has_no_problem(self):
        script = self._create_script(("yes_no", [{"kind": "next", "to": 2}]), ("text", [END]))

        self.assertFalse(script.problems)
        script._assert_ready()

    def test_problems_name_the_question(self):
        loop = [{"kind": "yes", "to": 1}, {"kind": "no", "to": 1}]
        cases = {
            "unreachable": ([("text", [END]), ("text", [END])], [("unreachable", 2)]),
            "endless loop": ([("yes_no", loop)], [("no_exit", 1)]),
            "dead end": ([("text", [])], [("dead_end", 1)]),
            "incomplete": ([("yes_no", [{"kind": "yes"}])], [("incomplete", 1)]),
            "wrong kind": ([("yes_no", [{"kind": "gt"}, END])], [("wrong_kind", 1)]),
            "no words": ([("text", [{"kind": "contains"}, END])], [("no_words", 1)]),
            "no bound": ([("date", [{"kind": "before"}, END])], [("no_bound", 1)]),
            "eleven words": (
                [("text", [{"kind": "contains", "words": ",".join("abcdefghijk")}, END])],
                [("too_many_words", 1)],
            ),
        }
        for name, (rows, expected) in cases.items():
            with self.subTest(name):
                self.assertEqual(self._get_codes(self._create_script(*rows)), expected)

    def test_no_start(self):
        script = self._create_script(("text", [END]))
        script.start_question_id = False

        self.assertEqual(self._get_codes(script), [("no_start", 0)])
        with self.assertRaisesRegex(UserError, "No question is the start"):
            script._assert_ready()

    def test_a_problem_says_the_path_in_words(self):
        script = self._create_script(
            ("number", [{"kind": "between", "low_number": 5, "high_number": 5}, END])
        )

        self.assertEqual(
            script.problems[0]["text"],
            "Question 1: path 1, “between 5 and 5”: no value lies between the bounds.",
        )

    def test_a_script_with_warnings_only_is_ready(self):
        script = self._create_script(("yes_no", [{"kind": "yes"}]))

        self.assertEqual(script.problem_count, 1)
        script._assert_ready()

    def test_drawing(self):
        script = self._create_script(
            ("yes_no", [{"kind": "yes", "to": 2}, {"kind": "no"}]),
            ("text", [END]),
            ("text", [END]),
        )
        one, two, three = (str(question.id) for question in script.question_ids)

        nodes = [(row["key"], row["level"], row["is_lost"]) for row in script.graph["nodes"]]
        self.assertEqual(nodes, [(one, 0, False), (two, 1, False), (three, 2, True)])
        edges = [tuple(edge.values()) for edge in script.graph["edges"]]
        expected = [(one, two, "Yes"), (one, False, "No"), (two, False, "Quit")]
        self.assertEqual(edges, [*expected, (three, False, "Quit")])

    # === QUESTIONS === #
    def test_numbers_follow_the_order(self):
        script = self._create_script(*[("text", [END])] * 3)
        first, second, third = script.question_ids

        third.sequence = 5
        self.assertEqual([first.number, second.number, third.number], [2, 3, 1])
        first.unlink()
        self.assertEqual([second.number, third.number], [2, 1])
        self.env.flush_all()

    def test_the_first_question_is_the_start(self):
        script = self._create_script()
        questions = script.question_ids.with_context(default_script_id=script.id)

        with Form(questions) as form:
            form.name = "Hello?"
        self.assertEqual(script.start_question_id.name, "Hello?")
        with Form(questions) as form:
            form.name = "And then?"
        self.assertEqual(script.question_ids.mapped("is_start"), [True, False])
        script.question_ids[1].is_start = True
        self.assertEqual(script.question_ids.mapped("is_start"), [False, True])

    def test_a_question_may_be_made_as_the_one_a_path_leads_to(self):
        script = self._create_script()
        questions = script.question_ids.with_context(default_script_id=script.id)

        with Form(questions) as form:
            form.name = "First?"
            target = questions.browse(questions.name_create("Second?")[0])
        self.assertEqual(script.question_ids.mapped("name"), ["First?", "Second?"])
        self.assertEqual(target.display_name, "2. Second?")

    def test_a_question_that_a_path_leads_to_is_not_deleted(self):
        script = self._create_script(("text", [{"kind": "next", "to": 2}]), ("text", [END]))

        with self.assertRaisesRegex(UserError, "1. Question 1.*leads to.*2. Question 2"):
            script.question_ids[1].unlink()
        script.unlink()
        self.assertFalse(script.exists())

    def test_paths_and_start_stay_in_the_script(self):
        script = self._create_script(("text", [END]))
        other = self._create_script(("text", [END]))

        with self.assertRaisesRegex(ValidationError, "another script"):
            script.question_ids.path_ids.target_question_id = other.question_ids
        with self.assertRaisesRegex(ValidationError, "another script"):
            script.start_question_id = other.question_ids
        with self.assertRaisesRegex(UserError, "stays in its script"):
            script.question_ids.script_id = other

    def test_choices_that_read_alike_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "read alike"):
            self._create_script(("choice", [END], {"choices": "Été\nete"}))

    # === VERSIONS === #
    def _create_used_script(self):
        script = self._create_script(("text", [{"kind": "next", "to": 2}]), ("yes_no", [END]))
        script.with_user(self.caller)._mark_used()
        return script

    def test_a_used_script_is_not_edited(self):
        script = self._create_used_script()
        question, path = script.question_ids[0], script.question_ids[0].path_ids
        attempts = {
            "name": lambda: script.write({"name": "x"}),
            "start": lambda: script.write({"start_question_id": False}),
            "start, from the question": lambda: question.write({"is_start": False}),
            "text": lambda: question.write({"name": "x"}),
            "new question": lambda: question.create({"script_id": script.id, "name": "x"}),
            "fewer questions": lambda: script.question_ids[1].unlink(),
            "path": lambda: path.write({"kind": "other"}),
            "new path": lambda: path.create({"question_id": question.id}),
            "fewer paths": lambda: path.unlink(),
            "delete": lambda: script.unlink(),
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "new version"):
                attempt()
        script.write({"active": False, "company_ids": False})

    def test_a_new_version_is_a_copy_whose_paths_lead_to_its_own_questions(self):
        script = self._create_used_script()

        action = script.action_new_version()

        new = script.browse(action["res_id"])
        self.assertEqual((new.name, new.version, new.source_id), ("Survey", 2, script))
        self.assertEqual(new.display_name, "Survey (version 2)")
        first, second = new.question_ids
        self.assertEqual(new.start_question_id, first)
        self.assertEqual(first.path_ids.target_question_id, second)
        self.assertEqual([first.name, second.answer_type], ["Question 1?", "yes_no"])
        second.name = "Changed"
        self.assertEqual(script.question_ids[1].name, "Question 2?")
        again = script.browse(script.action_new_version()["res_id"])
        self.assertEqual(again.version, 3)

    def test_a_copy_says_so_and_begins_at_one(self):
        copied = self._create_used_script().copy()

        self.assertEqual((copied.name, copied.version), ("Survey (copy)", 1))
        self.assertEqual(copied.question_ids.path_ids.target_question_id, copied.question_ids[1])

    # === RIGHTS === #
    def test_callers_read_scripts_of_their_companies_and_write_none(self):
        script = self._create_script(("text", [END]))

        self.assertEqual(script.with_user(self.caller).question_ids.path_ids.kind, "quit")
        with self.assertRaises(AccessError):
            script.with_user(self.marketer).name = "x"
        found = script.with_user(self.foreign_manager).search([("id", "=", script.id)])
        self.assertFalse(found)
        self.assertFalse(script.question_ids.with_user(self.foreign_manager).search([]))
