# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest

from odoo.tests import BaseCase, tagged

from ..tools import failure_run


@tagged("post_install", "-at_install")
class TestFailureRun(BaseCase):
    def test_run_of_failures(self):
        spam = ("failed", "554 rejected as spam <a@x.org>")
        spam_too = ("failed", "554 rejected as spam <b@x.org>")
        unknown_user = ("failed", "550 no such user <c@x.org>")
        sent = ("sent", None)
        later = ("deferred", "450 try again later")
        for name, limit, outcomes, expected in (
            ("same cause", 3, [spam, spam_too, spam], True),
            ("not yet", 3, [spam, spam_too], False),
            ("another cause begins anew", 3, [spam, unknown_user, spam, spam_too], False),
            ("a success ends the run", 3, [spam, spam, sent, spam, spam], False),
            ("no reason is a cause too", 2, [("failed", None), ("failed", "")], True),
            ("unknown fates are no failures", 1, [("unknown", "hung up")], False),
            ("deferrals do not count", 2, [later, later, later], False),
            ("a deferral does not end the run", 2, [spam, later, spam_too], True),
            ("nor does a deferral trip it", 2, [spam, spam_too, later], False),
            ("no limit", 0, [spam] * 100, False),
        ):
            with self.subTest(name):
                run = failure_run.FailureRun(limit)
                results = [run.note(*outcome) for outcome in outcomes]
                self.assertEqual(results[-1], expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(failure_run).failed, 0)
