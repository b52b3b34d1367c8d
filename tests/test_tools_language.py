# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest

from odoo.tests import BaseCase, tagged

from ..tools import language
from ..tools.language import choose_language


@tagged("post_install", "-at_install")
class TestLanguage(BaseCase):
    def test_choice(self):
        for name, wanted, available, expected in (
            ("itself", "fr_FR", ["de_DE", "fr_FR"], "fr_FR"),
            ("its family", "fr_CA", ["de_DE", "fr_FR"], "fr_FR"),
            ("itself before its family", "fr_CA", ["fr_BE", "fr_CA"], "fr_CA"),
            ("a script is of the family", "sr@latin", ["sr_RS"], "sr_RS"),
            ("none", "it_IT", ["de_DE"], None),
            ("not known", False, ["de_DE"], None),
        ):
            with self.subTest(name):
                self.assertEqual(choose_language(wanted, available), expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(language).failed, 0)
