# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..tools import script_answer
from ..tools.script_answer import TYPES, check_answer, fold, parse_answer
from ..tools.script_path import KINDS

CHOICES = ("Now", "Later", "Été prochain")


def on(text):
    return date.fromisoformat(text)


# Name, type, text, value.
READ = [
    ("text", "text", " Oui, Été ", "Oui, Été"),
    ("no text", "text", " \xa0 ", None),
    ("whole number", "number", "12", 12.0),
    ("comma", "number", "12,5", 12.5),
    ("dot", "number", "12.5", 12.5),
    ("one comma is a decimal one", "number", "1,234", 1.234),
    ("thousands", "number", "1 234 567,89", 1234567.89),
    ("no-break thousands", "number", "1\xa0234\u202f567", 1234567.0),
    ("negative", "number", "-7", -7.0),
    ("negative, typographic", "number", "− 1 000", -1000.0),
    ("signed", "number", "+3", 3.0),
    ("decimals only", "number", ",5", 0.5),
    ("leading zeros", "number", "007", 7.0),
    ("as many digits as floats hold", "number", "1 234 567 890 123,45", 1234567890123.45),
    ("no number", "number", "", None),
    ("ISO date", "date", "2026-07-03", on("2026-07-03")),
    ("day first", "date", "03/07/2026", on("2026-07-03")),
    ("short day", "date", " 3/7/2026 ", on("2026-07-03")),
    ("leap day", "date", "29/02/2028", on("2028-02-29")),
    ("no date", "date", None, None),
    ("yes", "yes_no", True, True),
    ("no", "yes_no", False, False),
    ("neither", "yes_no", None, None),
    ("choice", "choice", "Later", "Later"),
    ("choice, otherwise spelt", "choice", " ete  PROCHAIN", "Été prochain"),
    ("no choice", "choice", " ", None),
]

# Code, type, text.
REFUSED = [
    ("not a number", "number", "ten"),
    ("not a number", "number", "-"),
    ("not a number", "number", "1.234,5"),
    ("not a number", "number", "1,234,567"),
    ("not a number", "number", "06 12 34 56 78"),
    ("not a number", "number", "5."),
    ("not a number", "number", "1e5"),
    ("not a number", "number", "nan"),
    ("not a number", "number", "inf"),
    ("not a number", "number", "10 €"),
    ("too many digits", "number", "1234567890123456"),
    ("too many digits", "number", "9" * 400),
    ("not a date", "date", "31/02/2026"),
    ("not a date", "date", "07/13/2026"),
    ("not a date", "date", "3/7/26"),
    ("not a date", "date", "tomorrow"),
    ("not a date", "date", "2026-07-03 10:00"),
    ("not yes or no", "yes_no", "yes"),
    ("not yes or no", "yes_no", 1),
    ("not a choice", "choice", "Never"),
    ("not a text", "text", 12),
    ("not a text", "date", False),
    ("unknown type", "colour", "red"),
]

# Type, values of other types.
WRONG = [
    ("text", [12, True, on("2026-03-01")]),
    ("number", ["12", True, float("nan"), float("inf"), on("2026-03-01")]),
    ("date", ["2026-03-01", 20260301, datetime(2026, 3, 1)]),
    ("yes_no", [1, 0, "yes", ""]),
    ("choice", [1, True]),
]


@tagged("post_install", "-at_install")
class TestScriptAnswer(BaseCase):
    # === READING === #
    def test_answers_that_are_read(self):
        for name, answer_type, text, expected in READ:
            with self.subTest(name):
                value = parse_answer(answer_type, text, CHOICES)
                self.assertEqual((type(value), value), (type(expected), expected))

    def test_zero_has_no_sign(self):
        self.assertEqual(str(parse_answer("number", "-0,0")), "0.0")

    def test_dates_are_read_in_the_format_given(self):
        for text, date_format, expected in (
            ("07/03/2026", "%m/%d/%Y", "2026-07-03"),
            ("3.7.2026", "%d.%m.%Y", "2026-07-03"),
            ("2026-07-03", "%m/%d/%Y", "2026-07-03"),
        ):
            with self.subTest(text):
                found = parse_answer("date", text, date_format=date_format)
                self.assertEqual(found, on(expected))

    def test_choices_that_read_alike_are_told_by_their_exact_name(self):
        alike = ("Ete", "Été")

        self.assertEqual(parse_answer("choice", "Été", alike), "Été")
        with self.assertRaises(ValueError):
            parse_answer("choice", "été", alike)

    def test_answers_that_are_refused(self):
        for code, answer_type, text in REFUSED:
            with self.subTest(code, text=text), self.assertRaises(ValueError) as refusal:
                parse_answer(answer_type, text, CHOICES)
            self.assertEqual(str(refusal.exception), code)

    def test_folding_twice_changes_nothing(self):
        for code in range(0x20, 0x3000):
            once = fold(f"a{chr(code)}b")
            self.assertEqual(fold(once), once, hex(code))

    # === CHECKS === #
    def test_values_of_another_type_are_refused(self):
        cases = [("wrong type", kind, value) for kind, values in WRONG for value in values]
        cases += [("not a choice", "choice", "Never"), ("not a choice", "choice", "now")]
        cases += [("unknown type", "colour", None)]
        for code, answer_type, value in cases:
            with self.subTest(answer_type, value=value), self.assertRaises(ValueError) as refusal:
                check_answer(answer_type, value, CHOICES)
            self.assertEqual(str(refusal.exception), code)

    def test_empty_answers_are_of_every_type(self):
        for answer_type in TYPES:
            with self.subTest(answer_type):
                self.assertIsNone(check_answer(answer_type, None))

    def test_every_type_has_its_kinds_of_paths(self):
        self.assertEqual(tuple(KINDS), TYPES)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(script_answer).failed, 0)
