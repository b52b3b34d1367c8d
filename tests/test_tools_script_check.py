# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import date, timedelta
from itertools import permutations, product
from math import inf, nextafter

from odoo.tests import BaseCase, tagged

from ..tools import script_check
from ..tools.script_check import WARNINGS, Edge, Layout, Node, Problem, find_problems, layout
from ..tools.script_path import Path, Question, Script, next_step

CHOICES = ("a", "b", "c")
FIRST_DAY = date(2026, 3, 1)
DAY = timedelta(days=1)
WORDS = {"^": "starts_with", "*": "contains", "$": "ends_with", "=": "one_of"}
BOUNDS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt"}


def ask(answer_type, text, key=1):
    """Make a question of paths in words: ``>10:2`` leads to 2, ``0..9`` to the end, ``*a|b``."""
    paths = tuple(make_path(answer_type, *word.partition(":")[::2]) for word in text.split())
    return Question(key, key, answer_type, paths, CHOICES if answer_type == "choice" else ())


def make_path(answer_type, text, target):
    target = int(target) if target else None
    if text[0] in WORDS:
        return Path(WORDS[text[0]], target, tuple(text[1:].split("|")))
    if ".." in text:
        low, high = (read(answer_type, bound) for bound in text.split(".."))
        return Path("between", target, (), low, high)
    for sign, kind in BOUNDS.items():
        if text.startswith(sign):
            bound = read(answer_type, text[len(sign) :])
            if answer_type == "date":
                kind = {"gt": "after", "lt": "before"}[kind]
            side = "low" if sign[0] == ">" else "high"
            return Path(kind, target)._replace(**{side: bound})
    return Path(text, target)


def read(answer_type, bound):
    return date.fromisoformat(bound) if answer_type == "date" else float(bound)


def make_script(text):
    """Make a script of questions in words: number, type, paths; the first one is the start."""
    rows = [row.split(None, 2) for row in text.split("/")]
    questions = [ask(kind, "".join(paths), int(number)) for number, kind, *paths in rows]
    return Script(questions[0].key, tuple(questions))


def describe(problem):
    """Write a problem in words: code, question, path."""
    return " ".join(str(part) for part in problem if part is not None)


def find_in(question):
    """Find the problems of a question on its own: code, path."""
    problems = find_problems(Script(question.key, (question,)))
    return [describe(problem._replace(question=None)) for problem in problems]


# Name, type, paths, problems: codes with the index of a path.
QUESTIONS = [
    # === TEXTS === #
    ("no default", "text", "*a", ["incomplete"]),
    ("other", "text", "*a other", []),
    ("quit", "text", "quit", []),
    ("no path", "text", "", ["dead_end"]),
    ("bad paths only", "text", ">1 *", ["dead_end", "wrong_kind 0", "no_words 1"]),
    ("longer beginning", "text", "^Été ^etendu|ÉTEINT next", ["never_taken 1"]),
    ("another beginning", "text", "^Été ^etendu|étonné next", []),
    ("shorter beginning", "text", "^eteint ^ete next", []),
    ("end within what is contained", "text", "*an $banc|plan next", ["never_taken 1"]),
    ("one word is not within", "text", "*an $banc|sol next", []),
    ("contained after an end", "text", "$an *an next", []),
    ("end after beginning", "text", "^an $an next", []),
    ("within two together", "text", "*a ^b *xa|bx ^xa|bx next", ["never_taken 3"]),
    ("as many words as there may be", "text", "*a|b|c|d|e|f|g|h|i|j next", []),
    ("one more", "text", "*a|b|c|d|e|f|g|h|i|j|k next", ["too_many_words 0"]),
    # === NUMBERS === #
    ("the whole line", "number", ">10 <=10", []),
    ("the whole line, overlapping", "number", ">5 <10", []),
    ("a single number is missing", "number", ">10 <10", ["incomplete"]),
    ("the bounds are missing", "number", "<-1 -1..1 >1", ["incomplete"]),
    ("one bound is missing", "number", "<=-1 -1..1 >1", ["incomplete"]),
    ("the ends are missing", "number", "-1e300..1e300", ["incomplete"]),
    ("pieces", "number", "<0 >=1 -1..2", []),
    ("pieces in another order", "number", ">=1 -1..2 <=-1", []),
    ("integers are not all numbers", "number", "<=1 >=2", ["incomplete"]),
    ("within an earlier one", "number", ">10 >11 other", ["never_taken 1"]),
    ("just within", "number", ">=10 >10 other", ["never_taken 1"]),
    ("just out of it", "number", ">10 >=10 other", []),
    ("within two earlier ones", "number", "<1 >=1 0..2", ["never_taken 2"]),
    ("not within two with a gap", "number", "<1 >1 0..2", []),
    ("taken already", "number", "0..9 0..9 next", ["never_taken 1"]),
    ("a bad path covers nothing", "number", "9..0 >1 next", ["empty_interval 0"]),
    ("nothing between", "number", "9..9 next", ["empty_interval 0"]),
    ("other takes what is empty", "number", ">10 <=10 other", []),
    # === DATES === #
    ("all days", "date", "<2026-03-02 >2026-03-01", []),
    ("a day is missing", "date", "<2026-03-01 >2026-03-01", ["incomplete"]),
    ("period and rest", "date", "2026-03-01..2026-03-31 <2026-03-02 >2026-03-30", []),
    ("bounds left", "date", "2026-03-01..2026-03-31 <2026-03-01 >2026-03-31", ["incomplete"]),
    ("a day within", "date", ">2026-03-01 2026-03-01..2026-03-03 other", ["never_taken 1"]),
    ("no day between", "date", "2026-03-01..2026-03-02 next", ["empty_interval 0"]),
    ("from the second day on", "date", ">0001-01-01", ["incomplete"]),
    ("the first day too", "date", ">0001-01-01 <0001-01-02", []),
    ("the last day too", "date", "<9999-12-31 >9999-12-30", []),
    ("after the last day", "date", ">9999-12-31 next", ["empty_interval 0"]),
    # === YES/NO AND CHOICES === #
    ("yes and no", "yes_no", "yes no", []),
    ("yes only", "yes_no", "yes", ["incomplete"]),
    ("no, then quit", "yes_no", "no quit", []),
    ("yes twice", "yes_no", "yes no yes", ["never_taken 2"]),
    ("other after yes", "yes_no", "yes other", ["incomplete", "wrong_kind 1"]),
    ("all choices", "choice", "=a|c =b", []),
    ("a choice is missing", "choice", "=a|b", ["incomplete"]),
    ("a choice that is taken", "choice", "=a|b =b other", ["never_taken 1"]),
    ("taken by two", "choice", "=a =b =a|b next", ["never_taken 2"]),
    ("not taken", "choice", "=a|b =b|c", []),
    ("no such choice", "choice", "=a|d next", ["unknown_choice 0"]),
    # === DEFAULTS AND TARGETS === #
    ("next twice", "text", "next next", ["several_defaults 1"]),
    ("next and quit", "text", "quit *a next", ["several_defaults 2"]),
    ("other twice", "text", "other *a other", ["never_taken 2"]),
    ("next after other", "text", "next other", ["never_taken 0"]),
    ("quit after all", "text", "other next quit", ["never_taken 1", "several_defaults 2"]),
    ("next after yes and no takes what is empty", "yes_no", "yes no next", []),
    ("unknown target", "text", "next:9", ["unknown_target 0"]),
    ("quit leads nowhere", "text", "quit:9", []),
    ("two problems of a path", "text", "*:9 quit", ["no_words 0", "unknown_target 0"]),
    ("unknown type", "colour", "next", ["unknown_type", "wrong_kind 0"]),
]

# Name, questions, problems.
SCRIPTS = [
    ("fine", "1 yes_no yes:2 no / 2 text next:3 / 3 number quit", ""),
    ("no way there", "1 text quit / 2 text next:1 / 3 text quit", "unreachable 2, unreachable 3"),
    (
        "a way that is never taken",
        "1 number >0:2 >1:3 quit / 2 text quit / 3 text quit",
        "never_taken 1 1, unreachable 3",
    ),
    (
        "a way that is badly made",
        "1 number 2..1:2 quit / 2 text quit",
        "empty_interval 1 0, unreachable 2",
    ),
    ("quit does not lead on", "1 text quit:2 / 2 text quit", "unreachable 2"),
    ("endless at once", "1 text next:1", "no_exit 1"),
    ("endless in two", "1 text next:2 / 2 yes_no yes:1 no:2", "no_exit 1, no_exit 2"),
    (
        "the way into it is not part of it",
        "1 text next:2 / 2 text next:3 / 3 text next:2",
        "no_exit 2, no_exit 3",
    ),
    ("one way out", "1 text next:2 / 2 text next:3 / 3 yes_no yes:2 no", ""),
    (
        "a way out that is never taken",
        "1 number >0:1 >1 <=0:1",
        "no_exit 1, never_taken 1 1",
    ),
    ("out by an empty answer", "1 yes_no yes:1 no:1 quit", ""),
    ("no answer is no way out", "1 yes_no yes:1", "incomplete 1, no_exit 1"),
    ("out to a dead end", "1 yes_no yes:1 no:2 / 2 text", "dead_end 2"),
    ("out to nowhere", "1 yes_no yes:1 no:9", "unknown_target 1 1"),
    ("endless, but nobody gets there", "1 text quit / 2 text next:2", "unreachable 2"),
    (
        "two loops",
        "1 yes_no yes:2 no:3 / 2 text next:2 / 3 text next:3",
        "no_exit 2, no_exit 3",
    ),
    (
        "all at once, by number, then by path",
        "3 yes_no yes:3 no:3 / 2 colour next / 1 text *:9 other:9 next quit",
        "unreachable 1, no_words 1 0, unknown_target 1 0, unknown_target 1 1, never_taken 1 2, "
        "several_defaults 1 3, unknown_type 2, unreachable 2, wrong_kind 2 0, no_exit 3",
    ),
]

# Conditions for grids.
NUMBERS = [">0", ">=0", "<0", "<=0", ">10", ">=10", "<10", "<=10", "0..10"]
DATES = ["<2026-03-01", ">2026-03-01", "<2026-03-03", ">2026-03-03", "2026-03-01..2026-03-03"]
DATES += ["2026-03-02..2026-03-04", "2026-03-01..2026-03-02", ">9999-12-30", "<0001-01-02"]
SETS = ["=a", "=b", "=c", "=a|b", "=b|c", "=c|a", "=a|b|c"]
TEXTS = ["^a", "^ab", "^b|a", "$a", "$ab", "$b|ab", "*a", "*ab", "*ba", "*b|ab"]


@tagged("post_install", "-at_install")
class TestScriptCheck(BaseCase):
    # === PROBLEMS === #
    def test_problems_of_a_question(self):
        for name, answer_type, text, expected in QUESTIONS:
            with self.subTest(name, type=answer_type):
                self.assertEqual(find_in(ask(answer_type, text)), expected)

    def test_a_choice_of_none(self):
        question = ask("choice", "other")._replace(choices=())

        self.assertEqual(find_in(question), ["no_choices"])
        self.assertEqual(find_in(question._replace(paths=())), ["no_choices", "dead_end"])

    def test_problems_of_the_ways(self):
        for name, text, expected in SCRIPTS:
            with self.subTest(name):
                found = [describe(problem) for problem in find_problems(make_script(text))]
                self.assertEqual(", ".join(found), expected)

    def test_without_a_start_nothing_is_said_about_ways(self):
        script = make_script("1 text next:1 / 2 text")

        for code, start in (("no_start", None), ("unknown_start", 3)):
            with self.subTest(code):
                found = find_problems(script._replace(start=start))
                self.assertEqual(found, [Problem(code), Problem("dead_end", 2)])

    def test_a_script_of_nothing(self):
        self.assertEqual(find_problems(Script(None)), [Problem("no_start")])

    def test_problems_do_not_depend_on_the_order_of_the_questions(self):
        for name, text, _expected in SCRIPTS:
            script = make_script(text)
            expected = find_problems(script)
            for questions in permutations(script.questions):
                with self.subTest(name):
                    self.assertEqual(find_problems(script._replace(questions=questions)), expected)

    def test_questions_are_ordered_by_number_and_named_by_key(self):
        first, second = ask("text", "")._replace(key="z"), ask("text", "")._replace(key="a")
        script = Script("z", (second._replace(number=2), first))

        found = [describe(problem) for problem in find_problems(script)]

        self.assertEqual(found, ["dead_end z", "dead_end a", "unreachable a"])

    def test_a_script_with_warnings_only_runs(self):
        codes = {code.split()[0] for row in QUESTIONS for code in row[3]}

        self.assertEqual(WARNINGS & codes, {"incomplete", "never_taken"})

    # === GUARANTEES === #
    def _assert_exact(self, answer_type, pool, values, count):
        """Compare what is said of all questions of so many conditions with what answers do."""
        defaults = ("", "next", "other") if answer_type != "yes_no" else ("", "next")
        grids = [permutations(pool, size) for size in range(count + 1)]
        for paths, default in product((paths for grid in grids for paths in grid), defaults):
            question = ask(answer_type, " ".join([*paths, default]))
            script = Script(1, (question,))
            steps = [next_step(script, 1, value) for value in values]
            with self.subTest(paths=paths, default=default):
                self.assertEqual(self._list_exact(question), self._observe(script, steps))

    def _list_exact(self, question):
        codes = find_in(question)
        incomplete = "incomplete" in codes or "dead_end" in codes
        bad = {code[-1] for code in codes if code.startswith(("never_taken", "empty_interval"))}
        return incomplete, "dead_end" in codes, sorted(map(int, bad))

    def _observe(self, script, steps):
        """Give what answers show: some lead nowhere, all do, paths that none takes."""
        taken = {step.path for step in [*steps, next_step(script, 1, None)]}
        outcomes = {step.outcome for step in steps}
        unused = [index for index in range(len(script.questions[0].paths)) if index not in taken]
        return "no_match" in outcomes, taken == {None}, unused

    def test_numbers_lead_where_they_are_said_to(self):
        around = [(nextafter(bound, -inf), bound, nextafter(bound, inf)) for bound in (0, 10)]
        self._assert_exact("number", NUMBERS, [-1e300, *around[0], 5, *around[1], 1e300], 3)

    def test_dates_lead_where_they_are_said_to(self):
        days = [date.min, date.min + DAY, date.max - DAY, date.max]
        days += [FIRST_DAY + DAY * number for number in range(-2, 6)]
        self._assert_exact("date", DATES, days, 3)

    def test_yes_and_no_lead_where_they_are_said_to(self):
        self._assert_exact("yes_no", ["yes", "no", "yes:1", "no:1"], [True, False], 4)

    def test_choices_lead_where_they_are_said_to(self):
        self._assert_exact("choice", SETS, CHOICES, 3)

    def test_texts_lead_where_they_are_said_to(self):
        # Long enough for every word amid letters that are in none.
        letters = (product("abx", repeat=size) for size in range(1, 5))
        texts = ["".join(text) for grid in letters for text in grid]
        self._assert_exact("text", TEXTS, texts, 2)

    def test_every_script_of_three_questions(self):
        targets = ("1", "2", "3", "0")
        for six in product(targets, repeat=6):
            text = "1 yes_no yes:{} no:{} / 2 yes_no yes:{} no:{} / 3 yes_no yes:{} no:{}"
            script = make_script(text.format(*six).replace(":0", ""))
            pairs = [six[:2], six[2:4], six[4:]]
            with self.subTest(pairs):
                found = [describe(problem) for problem in find_problems(script)]
                self.assertEqual(found, _wander(pairs))

    # === DRAWING === #
    def test_levels_and_order(self):
        script = make_script(
            "4 yes_no yes:2 no:7 / 7 text next:1 / 2 text *a:1 ^b:5 next:4 / 1 text quit:9 "
            "/ 5 text / 3 text next:6 / 6 text next:9"
        )
        nodes = [(4, 0, 0), (2, 1, 0), (7, 1, 1), (1, 2, 0), (5, 2, 1), (3, 3, 0), (6, 3, 1)]
        edges = [(1, None, 0), (2, 1, 0), (2, 5, 1), (2, 4, 2), (3, 6, 0), (4, 2, 0), (4, 7, 1)]
        edges += [(7, 1, 0)]

        expected = Layout([Node(*node) for node in nodes], [Edge(*edge) for edge in edges])
        self.assertEqual(layout(script), expected)
        backwards = script._replace(questions=script.questions[::-1])
        self.assertEqual(layout(backwards), expected)

    def test_paths_are_drawn_whether_they_can_be_taken_or_not(self):
        drawing = layout(make_script("1 number 2..1:2 >0 >1:3 / 2 text / 3 text next:3"))

        self.assertEqual([node.level for node in drawing.nodes], [0, 1, 1])
        edges = [(1, 2, 0), (1, None, 1), (1, 3, 2), (3, 3, 0)]
        self.assertEqual([tuple(edge) for edge in drawing.edges], edges)

    def test_without_a_start_all_questions_are_on_one_level(self):
        script = make_script("2 text next:1 / 1 text")

        for start in (None, 3):
            with self.subTest(start=start):
                drawing = layout(script._replace(start=start))
                self.assertEqual(drawing.nodes, [Node(1, 0, 0), Node(2, 0, 1)])
        self.assertEqual(layout(Script(None)), Layout([], []))

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(script_check).failed, 0)


# === A SCRIPT GONE THROUGH === #
def _wander(pairs):
    """Write the problems that are found by going on from each question, again and again."""
    went = {0: {0}}
    for number in (1, 2, 3):
        places = {int(target) for target in pairs[number - 1]}
        for _turn in range(3):
            places |= {int(target) for place in places if place for target in pairs[place - 1]}
        went[number] = places
    problems = []
    for number in (1, 2, 3):
        if number != 1 and number not in went[1]:
            problems.append(f"unreachable {number}")
        elif 0 not in went[number] and number in went[number]:
            problems.append(f"no_exit {number}")
    return problems
