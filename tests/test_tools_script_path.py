# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import date, datetime
from itertools import permutations, product

from odoo.tests import BaseCase, tagged

from ..tools import script_path
from ..tools.script_path import (
    KINDS,
    Path,
    Question,
    Script,
    Step,
    find_fault,
    needs_answer,
    next_step,
    walk,
)

CHOICES = ("Now", "Later", "Été prochain")
BEYOND = 10**400


def on(text):
    return date.fromisoformat(text)


def ask(answer_type, *paths, key=1):
    return Question(key, key, answer_type, paths, CHOICES if answer_type == "choice" else ())


def text_path(kind, *words):
    return Path(kind, 2, words)


def take(question, value):
    """Give the index of the path that an answer takes, None = none."""
    targets = {path.target for path in question.paths} - {None}
    others = tuple(Question(key, key, "text") for key in targets - {question.key})
    return next_step(Script(question.key, (question, *others)), question.key, value).path


# Name, kind, words, texts that match, texts that do not.
TEXTS = [
    ("accents", "starts_with", ["ete"], ["Été prochain", "ÉTÉ", "  été"], ["l'été", "et"]),
    ("accents in the word", "starts_with", ["Été"], ["ete prochain"], ["hiver"]),
    ("part of a word", "contains", ["appel"], ["à rappeler", "Appel"], ["ap pel"]),
    ("at the start only", "starts_with", ["oui"], ["oui, bien sûr"], ["ah oui"]),
    ("at the end only", "ends_with", ["NON"], ["euh… non ", "canon"], ["non merci"]),
    ("one of several", "contains", ["lundi", "mardi"], ["le mardi", "LUNDI"], ["mercredi"]),
    ("phrase", "contains", ["pas  du tout"], ["Pas du\ttout !"], ["pas tout"]),
    ("letters in one", "contains", ["coeur", "Straße"], ["CŒUR", "hauptstrasse"], ["cour"]),
    ("two in the word", "ends_with", ["œuf", "æther", "ﬁn"], ["OEUF", "aether", "enfin"], ["oe"]),
    ("apostrophe", "starts_with", ["l'an"], ["L’an prochain", "l`an", "lʼan"], ["l an"]),
    ("no-break space", "contains", ["10 000"], ["env. 10\u202f000", "10\xa0000"], ["10000"]),
    ("a blank word is none", "contains", ["", " ", "a"], ["a"], ["b"]),
    ("letters apart", "contains", ["e\u0301te\u0301"], ["\xe9t\xe9", "ETE"], ["eto"]),
    ("stroke", "contains", ["Lodz", "øre", "Iğdır"], ["Łódź", "ORE", "IGDIR"], ["lod"]),
    ("other scripts", "contains", ["か", "ς"], ["かな", "ΟΔΟΣ"], ["がな"]),
    ("not a pattern", "contains", ["a.c", "%"], ["xa.cx", "5 %"], ["abc"]),
]

# Name, path, values that match, values that do not.
NUMBERS = [
    ("greater", Path("gt", 2, low=10), [10.01, 11, 1e300], [10, 10.0, 9.99, -11]),
    ("from", Path("ge", 2, low=10), [10, 10.0, 10.5], [9.99, 0]),
    ("less", Path("lt", 2, high=10), [9.99, -1e300, 0], [10, 10.01]),
    ("up to", Path("le", 2, high=10), [10, 9], [10.01]),
    ("between", Path("between", 2, low=-1, high=1), [0, -0.99, 0.99], [-1, 1, 2, -1.01]),
    ("between decimals", Path("between", 2, low=0.1, high=0.3), [0.2], [0.1, 0.3]),
    ("bound of zero", Path("gt", 2, low=0), [5e-324], [0, -0.0]),
]
DATES = [
    (
        "between",
        Path("between", 2, low=on("2026-03-01"), high=on("2026-03-31")),
        [on("2026-03-02"), on("2026-03-30")],
        [on("2026-03-01"), on("2026-03-31"), on("2026-02-28"), on("2026-04-01")],
    ),
    (
        "before",
        Path("before", 2, high=on("2026-03-01")),
        [on("2026-02-28"), date.min],
        [on("2026-03-01"), date.max],
    ),
    (
        "after",
        Path("after", 2, low=on("2026-03-01")),
        [on("2026-03-02"), date.max],
        [on("2026-03-01"), date.min],
    ),
]

# Code, type, path.
FAULTS = [
    ("wrong_kind", "yes_no", Path("other", 2)),
    ("wrong_kind", "text", Path("between", 2, low=1, high=2)),
    ("wrong_kind", "number", Path("before", 2, high=3)),
    ("wrong_kind", "date", Path("gt", 2, low=on("2026-03-01"))),
    ("wrong_kind", "colour", Path("next", 2)),
    ("wrong_kind", "text", Path("", 2)),
    ("no_words", "text", text_path("starts_with")),
    ("no_words", "text", text_path("contains")),
    ("no_words", "text", text_path("ends_with")),
    ("no_words", "text", text_path("contains", "", " \xa0", "\u0301")),
    ("no_words", "choice", text_path("one_of")),
    ("too_many_words", "text", text_path("contains", *"abcdefghijk")),
    ("unknown_choice", "choice", text_path("one_of", "Now", "now")),
    ("no_bound", "number", Path("gt", 2, high=3)),
    ("no_bound", "number", Path("le", 2, low=3)),
    ("no_bound", "date", Path("between", 2, low=on("2026-03-01"))),
    ("wrong_bound", "number", Path("gt", 2, low="3")),
    ("wrong_bound", "number", Path("gt", 2, low=True)),
    ("wrong_bound", "number", Path("lt", 2, high=float("inf"))),
    ("wrong_bound", "number", Path("between", 2, low=1, high=on("2026-03-01"))),
    ("wrong_bound", "date", Path("before", 2, high=datetime(2026, 3, 1))),
    ("empty_interval", "number", Path("between", 2, low=2, high=1)),
    ("empty_interval", "number", Path("between", 2, low=2, high=2)),
    ("empty_interval", "date", Path("between", 2, low=on("2026-03-01"), high=on("2026-03-01"))),
    ("empty_interval", "date", Path("between", 2, low=on("2026-03-01"), high=on("2026-03-02"))),
    ("empty_interval", "date", Path("before", 2, high=date.min)),
    ("empty_interval", "date", Path("after", 2, low=date.max)),
]


@tagged("post_install", "-at_install")
class TestScriptPath(BaseCase):
    # === CONDITIONS === #
    def _assert_matches(self, answer_type, cases):
        for name, path, matching, others in cases:
            question = ask(answer_type, path)
            for value, expected in [(one, 0) for one in matching] + [(one, None) for one in others]:
                with self.subTest(name, value=value):
                    self.assertEqual(take(question, value), expected)

    def test_texts(self):
        cases = [(name, text_path(kind, *words), *texts) for name, kind, words, *texts in TEXTS]
        self._assert_matches("text", cases)

    def test_ten_words_at_most(self):
        ten = text_path("contains", *"abcdefghij")
        eleven = text_path("contains", *"abcdefghijk")
        cases = [("ten", ten, ["j"], ["k"]), ("eleven", eleven, [], ["j", "k"])]
        self._assert_matches("text", cases)
        # Blank ones are not counted.
        self.assertEqual(find_fault(ask("text"), ten._replace(words=(*ten.words, " "))), "")

    def test_numbers(self):
        self._assert_matches("number", NUMBERS)

    def test_integers_of_any_size(self):
        self._assert_matches(
            "number", [("beyond floats", Path("gt", 2, low=1), [BEYOND], [-BEYOND])]
        )

    def test_dates(self):
        self._assert_matches("date", DATES)

    def test_yes_and_no(self):
        self._assert_matches("yes_no", [("yes", Path("yes", 2), [True], [False, None])])
        self._assert_matches("yes_no", [("no", Path("no", 2), [False], [True, None])])

    def test_choices(self):
        path = text_path("one_of", "Now", "Été prochain")
        cases = [("two of three", path, ["Now", "Été prochain"], ["Later", None])]
        self._assert_matches("choice", cases)

    # === ORDER OF THE PATHS === #
    def test_the_first_path_that_holds_is_taken(self):
        above, from_ten, other = Path("gt", 2, low=10), Path("ge", 3, low=10), Path("other", 4)
        question = ask("number", above, from_ten, other)
        for value, expected in ((11, 0), (10, 1), (9, 2)):
            with self.subTest(value=value):
                self.assertEqual(take(question, value), expected)

    def test_other_comes_after_conditions_and_before_next_and_quit(self):
        condition, other = text_path("contains", "a"), Path("other", 3)
        following, leaving = Path("next", 4), Path("quit")
        for name, paths, texts in (
            ("other first", [other, condition], {"a": 1, "b": 0}),
            ("next first", [following, condition], {"a": 1, "b": 0}),
            ("quit first", [leaving, other, condition], {"a": 2, "b": 1}),
            ("next before other", [following, other], {"a": 1, "b": 1}),
            ("next before quit", [following, leaving], {"a": 0}),
            ("quit before next", [leaving, following], {"a": 0}),
            ("two others", [other, other._replace(target=4)], {"a": 0}),
        ):
            with self.subTest(name):
                found = {text: take(ask("text", *paths), text) for text in texts}
                self.assertEqual(found, texts)

    def test_outcomes(self):
        paths = (
            Path("gt", 2, low=10),
            Path("lt", None, high=0),
            Path("between", 1, low=4, high=6),
        )
        script = Script(1, (ask("number", *paths), ask("text", Path("quit", 1), key=2)))
        for name, key, value, expected in (
            ("a question", 1, 11, Step("question", 2, 0)),
            ("the same one", 1, 5, Step("question", 1, 2)),
            ("the end of a condition", 1, -1, Step("quit", None, 1)),
            ("nothing matches", 1, 6, Step("no_match", None, None)),
            ("quit, whatever its target", 2, "x", Step("quit", None, 0)),
        ):
            with self.subTest(name):
                self.assertEqual(next_step(script, key, value), expected)

    def test_an_empty_answer_meets_no_condition(self):
        yes, no = Path("yes", 2), Path("no", 3)
        words, anything = text_path("contains", "a"), text_path("ends_with", " ")
        for name, question, value, expected, needed in (
            ("yes and no", ask("yes_no", yes, no), None, None, True),
            ("no paths", ask("yes_no"), None, None, True),
            ("next", ask("yes_no", yes, Path("next", 3)), None, 1, False),
            ("quit", ask("number", Path("le", 2, high=0), Path("quit")), None, 1, False),
            ("other", ask("choice", text_path("one_of", "Now"), Path("other", 3)), None, 1, False),
            ("other, which yes/no has not", ask("yes_no", yes, Path("other", 3)), None, None, True),
            ("spaces", ask("text", words, Path("next", 3)), " \n", 1, False),
            ("spaces for a blank word", ask("text", anything), " ", None, True),
            ("date", ask("date", Path("after", 2, low=on("2026-03-01"))), None, None, True),
        ):
            with self.subTest(name):
                self.assertEqual(take(question, value), expected)
                self.assertIs(needs_answer(question), needed)

    # === THE WAY THROUGH === #
    def _make_script(self):
        later = Path("after", 3, low=on("2026-12-31"))
        return Script(
            10,
            (
                Question(10, 1, "yes_no", (Path("yes", 20), Path("no", 30))),
                Question(20, 2, "date", (later._replace(target=10), Path("other", 30))),
                Question(30, 3, "text", (text_path("contains", "again")._replace(target=10),)),
            ),
        )

    def test_forwards_and_backwards(self):
        start, answers = Step("question", 10), [True, on("2027-01-01"), False, "stop"]
        steps = [
            start,
            Step("question", 20, 0),
            Step("question", 10, 0),
            Step("question", 30, 1),
            Step("no_match"),
        ]
        for count in (0, 1, 2, 3, 4, 3, 2, 1, 0):
            with self.subTest(count=count):
                self.assertEqual(walk(self._make_script(), answers[:count]), steps[: count + 1])

    def test_an_answer_that_is_changed_leads_another_way(self):
        steps = walk(self._make_script(), [True, on("2026-12-31"), "again"])

        self.assertEqual([step.question for step in steps], [10, 20, 30, 10])

    def test_ways_that_are_refused(self):
        script = self._make_script()
        astray = Script(1, (ask("text", Path("next", 9)),))
        for code, tested, answers in (
            ("over", script, [False, "stop", "more"]),
            ("wrong type", script, [True, "2027-01-01"]),
            ("no start", script._replace(start=None), []),
            ("unknown question", script._replace(start=40), []),
            ("unknown question", astray, ["on"]),
            ("no start", Script(None), []),
        ):
            with self.subTest(code), self.assertRaises(ValueError) as refusal:
                walk(tested, answers)
            self.assertEqual(str(refusal.exception), code)

    # === ANSWERS === #
    def test_values_of_another_type_are_refused(self):
        for answer_type, value in (("number", "12"), ("choice", "Never"), ("colour", None)):
            with self.subTest(answer_type), self.assertRaises(ValueError):
                take(ask(answer_type, Path("next")), value)

    # === PATHS THAT ARE BADLY MADE === #
    def test_kinds_of_paths_that_each_type_allows(self):
        text, number = {"starts_with", "contains", "ends_with"}, {"gt", "ge", "lt", "le", "between"}
        allowed = {
            "text": {"next", "quit", "other"} | text,
            "number": {"next", "quit", "other"} | number,
            "date": {"next", "quit", "other", "between", "before", "after"},
            "yes_no": {"next", "quit", "yes", "no"},
            "choice": {"next", "quit", "other", "one_of"},
        }
        for answer_type, kind in product(allowed, set().union(*allowed.values())):
            with self.subTest(answer_type, kind=kind):
                wrong = find_fault(ask(answer_type), Path(kind, 2)) == "wrong_kind"
                self.assertIs(wrong, kind not in allowed[answer_type])

    def test_faults(self):
        for code, answer_type, path in FAULTS:
            with self.subTest(code, path=path):
                self.assertEqual(find_fault(ask(answer_type), path), code)

    def test_paths_without_fault(self):
        for answer_type, path in (
            ("text", text_path("contains", *"abcdefghij")),
            ("number", Path("between", 2, low=0.1, high=0.2)),
            ("number", Path("ge", 2, low=BEYOND)),
            ("date", Path("between", 2, low=on("2026-03-01"), high=on("2026-03-03"))),
            ("date", Path("after", 2, low=date.min)),
            ("choice", text_path("one_of", *CHOICES)),
            ("yes_no", Path("no")),
        ):
            with self.subTest(answer_type, path=path):
                self.assertEqual(find_fault(ask(answer_type), path), "")

    def test_a_path_with_a_fault_never_holds(self):
        values = {"text": "a", "number": 2, "date": on("2026-03-01"), "yes_no": True}
        for code, answer_type, path in FAULTS:
            if answer_type in KINDS:
                question = ask(answer_type, path, Path("next", 3))
                with self.subTest(code, path=path):
                    self.assertEqual(take(question, values.get(answer_type, "Now")), 1)

    # === GUARANTEES === #
    def test_every_answer_has_exactly_one_outcome(self):
        pool = [Path("gt", 2, low=0), Path("le", 3, high=1), Path("between", 4, low=0, high=1)]
        pool += [Path("other", 5), Path("next", 6), Path("quit")]
        ends = tuple(Question(key, key, "text") for key in range(2, 7))
        for paths in (paths for count in range(5) for paths in permutations(pool, count)):
            script = Script(1, (ask("number", *paths), *ends))
            for value in (-1, 0, 0.5, 1, 2, None):
                index = _foresee([path.kind for path in paths], value)
                expected = Step("no_match") if index is None else Step("quit", None, index)
                if index is not None and paths[index].target:
                    expected = Step("question", paths[index].target, index)
                with self.subTest(paths=paths, value=value):
                    self.assertEqual(next_step(script, 1, value), expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(script_path).failed, 0)


# === THE RULE IN ITS OWN WORDS === #
def _foresee(kinds, value):
    """Give the index of the path that is taken, of > 0, <= 1, between 0 and 1, and defaults."""
    holds = {
        "gt": value is not None and value > 0,
        "le": value is not None and value <= 1,
        "between": value is not None and 0 < value < 1,
    }
    for group in (("gt", "le", "between"), ("other",), ("next", "quit")):
        for index, kind in enumerate(kinds):
            if kind in group and holds.get(kind, True):
                return index
    return None
