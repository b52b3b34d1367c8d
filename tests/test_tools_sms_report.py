# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest

from odoo.tests import BaseCase, tagged

from ..tools import sms_report
from ..tools.sms_report import Report, read_reports

READ = [
    ("words of SMPP", {"id": "a", "status": "UNDELIV"}, [Report("a", "bounced", "UNDELIV")]),
    ("two words", {"id": "a", "state": "Not delivered"}, [Report("a", "bounced", "Not delivered")]),
    (
        "with a reason",
        {"key": "a", "status": "rejected", "reason": "spam"},
        [Report("a", "failed", "spam")],
    ),
    ("our own key first", {"id": "x", "key": "a", "status": "ok"}, [Report("a", "delivered")]),
    ("under way", {"key": "a", "status": "enroute"}, []),
    ("under a name", {"results": [{"key": 7, "status": "ok"}]}, [Report("7", "delivered")]),
    ("none", [], []),
]
REFUSED = [
    ("text", "delivered"),
    ("list of texts", ["delivered"]),
    ("no status", {"key": "a"}),
    ("no key", {"status": "ok"}),
]


@tagged("post_install", "-at_install")
class TestToolsSmsReport(BaseCase):
    def test_examples_of_the_docstrings_hold(self):
        self.assertEqual(doctest.testmod(sms_report).failed, 0)

    def test_final_fates_are_read(self):
        for name, payload, expected in READ:
            with self.subTest(name):
                self.assertEqual(read_reports(payload), expected)

    def test_what_is_no_report_is_refused(self):
        for name, payload in REFUSED:
            with self.subTest(name), self.assertRaises(ValueError):
                read_reports(payload)
