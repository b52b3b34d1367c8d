# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest
from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools import scanner
from ..tools.scanner import Event, judge

SENT = datetime(2026, 3, 2, 12)


def opened(seconds, suspect=""):
    return Event("open", SENT + timedelta(seconds=seconds), 0, suspect)


def clicked(seconds, link, suspect=""):
    return Event("click", SENT + timedelta(seconds=seconds), link, suspect)


# Name, events, links in the message, verdicts.
JUDGED = [
    ("nothing happened", [], 3, []),
    ("opening before departure", [opened(-1)], 3, ["early"]),
    ("opening within seconds", [opened(4.9)], 3, ["early"]),
    ("opening after the first seconds", [opened(5)], 3, [""]),
    ("one click of a person", [opened(60), clicked(70, 1)], 3, ["", ""]),
    ("click within seconds", [clicked(2, 1)], 1, ["early"]),
    ("two links of three, one after the other", [clicked(60, 1), clicked(62, 2)], 3, ["", ""]),
    (
        "three links at once",
        [clicked(60, 1), clicked(61, 2), clicked(62, 3)],
        8,
        ["burst"] * 3,
    ),
    (
        "three links in six seconds",
        [clicked(60, 1), clicked(63, 2), clicked(66, 3)],
        8,
        ["", "", ""],
    ),
    ("both links of a message of two", [clicked(60, 1), clicked(64, 2)], 2, ["burst", "burst"]),
    ("the only link, three times", [clicked(60, 1)] * 3, 1, ["", "", ""]),
    ("the same link of many, three times", [clicked(60, 1)] * 3, 5, ["", "", ""]),
    (
        "image amid a burst, then a person",
        [clicked(60, 1), opened(61), clicked(62, 2), opened(90), clicked(95, 1)],
        2,
        ["burst", "burst", "burst", "", ""],
    ),
    (
        "in any order",
        [clicked(62, 3), clicked(600, 1), clicked(60, 1), clicked(61, 2)],
        4,
        ["burst", "", "burst", "burst"],
    ),
    (
        "known by its request",
        [clicked(900, 1, "head"), opened(900, "scanner")],
        4,
        ["head", "scanner"],
    ),
]

NAMES = [
    ("part", "Mozilla/5.0 (compatible; bingbot/2.0)", "BINGBOT", False, True),
    ("not a pattern", "Mozilla/5.0", "Moz.*", False, False),
    ("whole", "Mozilla/5.0 ", "mozilla/5.0", True, True),
    ("more than the whole", "Mozilla/5.0 (iPhone)", "Mozilla/5.0", True, False),
    ("no name at all", "", "bot", False, False),
]

PLACES = [
    ("inside", "192.0.2.255", "192.0.2.0/24", True),
    ("outside", "192.0.3.0", "192.0.2.0/24", False),
    ("second network", "2001:db8::7", "192.0.2.0/24, 2001:db8::/32", True),
    ("mapped", "::ffff:192.0.2.7", "192.0.2.0/24", True),
    ("no address", None, "192.0.2.0/24", False),
    ("no network", "192.0.2.7", "", False),
]


@tagged("post_install", "-at_install")
class TestToolsScanner(BaseCase):
    def test_examples_of_the_docstrings_hold(self):
        self.assertEqual(doctest.testmod(scanner).failed, 0)

    def test_machines_are_told_from_people(self):
        for name, events, links, verdicts in JUDGED:
            with self.subTest(name):
                self.assertEqual(judge(events, SENT, links), verdicts)

    def test_what_comes_before_the_message_has_left_is_a_machines(self):
        self.assertEqual(judge([opened(3600)], None, 3), ["early"])

    def test_programs_are_known_by_a_part_of_their_name(self):
        for name, user_agent, pattern, whole, expected in NAMES:
            with self.subTest(name):
                self.assertIs(scanner.says(user_agent, pattern, whole), expected)

    def test_callers_are_known_by_their_network(self):
        for name, address, networks, expected in PLACES:
            with self.subTest(name):
                found = scanner.is_within(address, scanner.read_networks(networks))
                self.assertIs(found, expected)

    def test_what_is_no_network_is_said(self):
        for text in ("somewhere", "192.0.2.7/24", "192.0.2.0/99"):
            with self.subTest(text), self.assertRaises(ValueError):
                scanner.read_networks(text)
