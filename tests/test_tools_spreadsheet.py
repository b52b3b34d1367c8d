# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import BaseCase, tagged

from ..tools.spreadsheet import neutralise


@tagged("post_install", "-at_install")
class TestToolsSpreadsheet(BaseCase):
    def test_cells_that_would_run_are_neutralised(self):
        for name, text, expected in (
            ("formula", "=1+1", "'=1+1"),
            ("plus", "+33612345678", "'+33612345678"),
            ("minus", "-2", "'-2"),
            ("at", "@SUM(A1)", "'@SUM(A1)"),
            ("tab", "\t=1", "'\t=1"),
            ("name", "L'Hostis", "L'Hostis"),
            ("inside", "a=b", "a=b"),
            ("empty", "", ""),
        ):
            with self.subTest(name):
                self.assertEqual(neutralise(text), expected)
