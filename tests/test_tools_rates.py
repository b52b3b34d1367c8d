# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest

from odoo.tests import BaseCase

from ..tools import rates


class TestToolsRates(BaseCase):
    def test_documented_examples_are_true(self):
        self.assertEqual(doctest.testmod(rates).failed, 0)

    def test_a_step_may_be_larger_than_the_one_before(self):
        rows = rates.funnel([("targeted", 10), ("reached", 0), ("responses", 20)])

        self.assertEqual([row["share"] for row in rows], [1.0, 0.0, 2.0])
        self.assertEqual([row["step"] for row in rows], [None, 0.0, None])

    def test_no_step_at_all(self):
        self.assertEqual(rates.funnel([]), [])
