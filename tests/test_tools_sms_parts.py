# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import BaseCase, tagged

from ..tools.sms_parts import Worst, count_sms, fill_longest, fill_shortest


def read_cases():
    """Read the table that the JavaScript test uses too."""
    path = Path(get_module_path("crm_campaign"), "static", "tests", "sms_parts_cases.js")
    table = path.read_text().partition("SMS_CASES = ")[2]
    return json.loads(table.strip().removesuffix(",\n];") + "]")


@tagged("post_install", "-at_install")
class TestToolsSmsParts(BaseCase):
    def test_characters_units_and_parts(self):
        cases = read_cases()
        self.assertEqual(len(cases), 25)
        for name, text, times, *expected in cases:
            with self.subTest(name):
                self.assertEqual(list(count_sms(text * times)), expected)

    def test_merge_fields_at_their_longest(self):
        worsts = {"object.name": Worst(4, False), "object.city": Worst(3, True)}
        for name, text, expected in (
            ("plain text", "Hello", "Hello"),
            ("a value", "Hi {{ object.name }}!", "Hi xxxx!"),
            ("a longer fallback", "{{ object.name ||| dear friend }}", "xxxxxxxxxxx"),
            ("a shorter fallback", "{{object.name|||you}}", "xxxx"),
            ("a fallback in UCS-2", "{{ object.name ||| çà }}", "ïïïï"),
            ("a value in UCS-2", "{{ object.city }} {{ object.name }}", "ïïï xxxx"),
            ("an extended fallback", "{{ object.x ||| 5€ }}", "xxx"),
            ("no known value", "a{{ object.x }}b", "ab"),
        ):
            with self.subTest(name):
                self.assertEqual(fill_longest(text, worsts), expected)

    def test_merge_fields_at_their_fallback(self):
        for name, text, expected in (
            ("plain text", "Hello", "Hello"),
            ("no fallback", "Hi {{ object.name }}!", "Hi !"),
            ("a fallback", "Hi {{ object.name ||| you }}!", "Hi you!"),
            ("two", "{{ a ||| b }}{{ c ||| d }}", "bd"),
            ("one brace is text", "{stop}", "{stop}"),
        ):
            with self.subTest(name):
                self.assertEqual(fill_shortest(text), expected)
