# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from lxml import etree

from odoo.tests import BaseCase, tagged

from ..tools.letter_text import read_paragraphs

BODIES = {
    "bold": ("<p>a <strong>b</strong></p>", ["a <b>b</b>"]),
    "link keeps its text": ('<p><a href="https://x.example.com">see</a></p>', ["see"]),
    "entities": ("<p>a &lt; b &amp; c</p>", ["a &lt; b &amp; c"]),
    "picture is left out": ('<p><img src="x.png"/>text</p>', ["text"]),
    "script is left out": ("<script>alert(1)</script><p>text</p>", ["text"]),
    "line break": ("<p>a<br>b</p>", ["a<br/>b"]),
    "blank line": ("<p>a</p><p><br></p><p>b</p>", ["a", "", "b"]),
    "nested blocks": ("<div><p>a</p><div>b</div>c</div>", ["a", "b", "c"]),
    "overlapping tags": ("<p><b>a<i>b</b>c</i></p>", ["<b>a<i>b</i></b><i>c</i>"]),
    "unclosed tags": ("<p><b>a<p>b", ["<b>a</b>", "<b>b</b>"]),
    "table row": (
        "<table><tr><td><p>a</p></td><td>b</td></tr><tr><td>c</td></tr></table>",
        ["a \xa0 b", "c"],
    ),
    "plain text": ("hello", ["hello"]),
    "nothing": ("", []),
}


@tagged("post_install", "-at_install")
class TestToolsLetterText(BaseCase):
    def test_html_becomes_paragraphs(self):
        for name, (html, expected) in BODIES.items():
            with self.subTest(name):
                self.assertEqual([p.markup for p in read_paragraphs(html)], expected)

    def test_markup_is_always_well_formed(self):
        for name, (html, _expected) in BODIES.items():
            for paragraph in read_paragraphs(html):
                with self.subTest(name):
                    root = etree.fromstring(f"<para>{paragraph.markup}</para>")
                    self.assertEqual(root.tag, "para")

    def test_lists_are_numbered_at_each_level(self):
        html = "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"

        items = [(p.kind, p.bullet, p.level, p.markup) for p in read_paragraphs(html)]

        self.assertEqual(
            items,
            [("item", "1.", 1, "a"), ("item", "•", 2, "b"), ("item", "2.", 1, "c")],
        )

    def test_alignment_is_inherited(self):
        html = '<div style="text-align: right"><p>a</p><p style="text-align:center">b</p></div>'

        self.assertEqual([p.align for p in read_paragraphs(html)], ["right", "center"])
