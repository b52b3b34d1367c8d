# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import doctest

from odoo.tests import BaseCase, tagged

from ..tools import page_check
from ..tools.page_check import is_valid_link, read_page


@tagged("post_install", "-at_install")
class TestPageCheck(BaseCase):
    def test_examples_of_the_documentation(self):
        self.assertEqual(doctest.testmod(page_check).failed, 0)

    def test_links(self):
        table = (
            ("https://www.example.com/a?b=c&d=%20#e", True),
            ("https://exämple.fr", True),
            ("http://localhost:8069/x", True),
            ("http://[::1]/", False),
            ("https://[bad", False),
            ("https://example.com:port", False),
            ("https://", False),
            ("http:///path", False),
            ("https://example", False),
            ("https://-x.example.com", False),
            ("htp://example.com", False),
            ("www.example.com", False),
            ("example.com/page", False),
            ("javascript:alert(1)", False),
            ("https://example.com/{{ object.x }}", False),
            ("https://example.com/a b", False),
            ("", False),
            ("#", False),
            ("#top", True),
            ("/unsubscribe_from_list", True),
            ("//example.com/x", False),
            ("mailto:a@example.com?subject=x", True),
            ("mailto:", False),
            ("tel:+33 1 23", False),
            ("tel:+33-1-23", True),
            ("tel:none", False),
        )
        for link, valid in table:
            with self.subTest(link):
                self.assertEqual(is_valid_link(link), valid)

    def test_page_that_is_no_good_html_is_read_all_the_same(self):
        links, images = read_page('<p><a href="/a"><b>x</p><img src=x.png><a name="y"><a href>')

        self.assertEqual((links, images), (["/a", ""], ["x.png"]))
