# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest

from odoo.tests import BaseCase

from ..tools import turns


class TestToolsTurns(BaseCase):
    def test_documented_examples_are_true(self):
        self.assertEqual(doctest.testmod(turns).failed, 0)

    def test_who_gets_what(self):
        cases = {
            "nobody": ("ab", "", {}, {"a": None, "b": None}),
            "one": ("ab", "X", {"X": "ab"}, {"a": "X", "b": "X"}),
            "who was passed over comes first": (
                "abc",
                "XY",
                {"X": "bc", "Y": "abc"},
                {"a": "Y", "b": "X", "c": "Y"},
            ),
            "three in turn": (
                "abcde",
                "XYZ",
                {"X": "abcde", "Y": "abcde", "Z": "abcde"},
                {"a": "X", "b": "Y", "c": "Z", "d": "X", "e": "Y"},
            ),
        }
        for name, (things, people, allowed, expected) in cases.items():
            with self.subTest(name):
                self.assertEqual(turns.take_turns(things, people, allowed), expected)
