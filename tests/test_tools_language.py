# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest

from odoo.tests import BaseCase, tagged

from ..tools import language
from ..tools.language import choose_language


@tagged("post_install", "-at_install")
class TestLanguage(BaseCase):
    def test_choice(self):
        for name, wanted, available, main, expected in (
            ("itself", "fr_FR", ["de_DE", "fr_FR"], None, "fr_FR"),
            ("its family", "fr_CA", ["de_DE", "fr_FR"], None, "fr_FR"),
            ("itself before its family", "fr_CA", ["fr_BE", "fr_CA"], None, "fr_CA"),
            ("a script is of the family", "sr@latin", ["sr_RS"], None, "sr_RS"),
            ("none", "it_IT", ["de_DE"], None, None),
            ("not known", False, ["de_DE"], None, None),
            ("the main text is theirs", "fr_FR", ["fr_CA"], "fr_FR", None),
            ("the main text is of their family", "fr_BE", ["fr_CA"], "fr_FR", None),
            ("itself before the main text", "fr_CA", ["fr_CA"], "fr_FR", "fr_CA"),
            ("a main text of another family", "fr_BE", ["fr_CA"], "en_US", "fr_CA"),
            ("a main text whose language is not known", "fr_BE", ["fr_CA"], False, "fr_CA"),
        ):
            with self.subTest(name):
                self.assertEqual(choose_language(wanted, available, main), expected)

    def test_examples_of_the_docstrings(self):
        self.assertEqual(doctest.testmod(language).failed, 0)
