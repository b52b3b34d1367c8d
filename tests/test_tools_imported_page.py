# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import codecs

from odoo.tests import BaseCase, tagged

from ..const import FOREIGN_PLACEHOLDERS
from ..tools.imported_page import (
    decode,
    find_foreign,
    find_links,
    find_merge_fields,
    get_body,
    get_title,
    insert,
    replace_foreign,
)

KNOWN = {
    "fname": "object.partner_id.name",
    "firstname": "object.partner_id.name",
    "name": "object.partner_id.name",
    "lname": "",
    "city": "object.partner_id.city",
    "unsub": "/unsubscribe_from_list",
    "unsubscribe": "/unsubscribe_from_list",
    "unsubscribeurl": "/unsubscribe_from_list",
    "archive": "/view",
    "mirror": "/view",
}


@tagged("post_install", "-at_install")
class TestToolsImportedPage(BaseCase):
    def test_encodings_are_told_apart(self):
        page = "<p>é</p>"
        for name, data, expected in (
            ("UTF-8", page.encode(), page),
            ("UTF-8 with a mark", codecs.BOM_UTF8 + page.encode(), page),
            ("UTF-16, little end first", codecs.BOM_UTF16_LE + page.encode("utf-16-le"), page),
            ("UTF-16, big end first", codecs.BOM_UTF16_BE + page.encode("utf-16-be"), page),
            ("nothing said", page.encode("cp1252"), page),
            (
                "said in a meta",
                b'<meta charset="iso-8859-2"><p>\xb1</p>',
                '<meta charset="iso-8859-2"><p>ą</p>',
            ),
            (
                "said the old way",
                b'<meta content="text/html; charset=windows-1251"><p>\xe6</p>',
                '<meta content="text/html; charset=windows-1251"><p>ж</p>',
            ),
            (
                "said wrongly",
                b'<meta charset="utf-8"><p>\xe9</p>',
                '<meta charset="utf-8"><p>é</p>',
            ),
            (
                "unknown",
                b'<meta charset="klingon"><p>\xc3\xa9</p>',
                '<meta charset="klingon"><p>é</p>',
            ),
        ):
            with self.subTest(name):
                self.assertEqual(decode(data), expected)

    def test_what_is_no_html_is_refused(self):
        for name, data in (
            ("nothing", b""),
            ("text", b"Hello, 1 < 2"),
            ("picture", b"\x89PNG\r\n\x1a\n\x00\x00<a>"),
            ("table", b"a;b\n1;2\n"),
        ):
            with self.subTest(name), self.assertRaises(ValueError):
                decode(data)

    def test_placeholders_of_other_tools_become_ours(self):
        name = "{{ object.partner_id.name }}"
        for source, expected in (
            ("*|FNAME|*", name),
            ('<a href="*|UNSUB|*">', '<a href="/unsubscribe_from_list">'),
            ("*|ARCHIVE|*", "/view"),
            ("{{ contact.FIRSTNAME }}", name),
            ('{{contact.FIRSTNAME | default : "you" }}', "{{ object.partner_id.name ||| you }}"),
            ("{{ params.firstname }}", name),
            ("{{ unsubscribe }}", "/unsubscribe_from_list"),
            ("{{ mirror }}", "/view"),
            ("{{{unsubscribe}}}", "/unsubscribe_from_list"),
            ("%%firstname%%", name),
            ('[[data:firstname:"R&amp;D"]]', "{{ object.partner_id.name ||| R&amp;D }}"),
            ("{contactfield=firstname}", name),
            ("{unsubscribe_url}", "/unsubscribe_from_list"),
            ("[NAME], %CITY%", f"{name}, {{{{ object.partner_id.city }}}}"),
            ("*|LNAME|*", ""),
            (name, name),
            ("{{ object.partner_id.name ||| you }}", "{{ object.partner_id.name ||| you }}"),
        ):
            with self.subTest(source):
                self.assertEqual(replace_foreign(source, FOREIGN_PLACEHOLDERS, KNOWN)[0], expected)

    def test_unknown_placeholders_are_told_and_stay(self):
        source = "*|AGE|* {{ contact.AGE }} %%age%% [AGE] 100% [if mso] {{ contact.AGE }}"

        result, left_out, unknown = replace_foreign(source, FOREIGN_PLACEHOLDERS, KNOWN)

        self.assertEqual(result, source)
        self.assertEqual(left_out, [])
        self.assertEqual(unknown, ["*|AGE|*", "{{ contact.AGE }}", "%%age%%"])

    def test_merge_fields_are_found_where_they_can_be_filled(self):
        for name, source, expected in (
            ("text", "<p>{{ object.a }}</p>", [("object.a", "", "text")]),
            ("fallback", "{{object.a|||R&amp;D}}", [("object.a", "R&D", "text")]),
            ("title", "<title>{{ object.a }}</title>", [("object.a", "", "text")]),
            ("alternative text", '<img alt="{{ object.a }}">', [("object.a", "", "attribute")]),
            ("address", '<a href="/?a={{ object.a }}">', [("object.a", "", "address")]),
            ("without quotes", "<p title={{object.a}}>", [("object.a", "", "address")]),
            ("style", "<style>{{ object.a }}</style><p style='{{ object.a }}'>", []),
            ("plain comment", "<!-- {{ object.a }} -->", []),
            ("Outlook", "<!--[if mso]>{{ object.a }}<![endif]-->", [("object.a", "", "text")]),
            ("call", "{{ object.a() }}", []),
            ("other", "{{ env.user }} {{ contact.a }}", []),
        ):
            with self.subTest(name):
                found = find_merge_fields(source)
                self.assertEqual([(f.expression, f.fallback, f.context) for f in found], expected)
                for field in found:
                    self.assertTrue(source[field.start : field.end].startswith("{{"))

    def test_foreign_fields_are_found_in_texts_and_attributes(self):
        source = '<a href="{{ a }}">{{ b }}</a><style>{{ c }}</style>{{ object.d }}'

        self.assertEqual(find_foreign(source), ["{{ a }}", "{{ b }}"])

    def test_links_are_found_with_what_is_written_on_them(self):
        source = (
            "<a href='/a'>One</a><a name=x>Two</a><link href=/b>"
            '<a class=c href="https://x.example/?a&amp;b"><img src=y> Three </a>'
            "<!--[if mso]><v:rect href=/d><![endif]-->"
        )

        links = [(source[a.start : a.end], a.url, a.label) for a in find_links(source)]

        self.assertEqual(
            links,
            [
                ("'/a'", "/a", "One"),
                ('"https://x.example/?a&amp;b"', "https://x.example/?a&b", "Three"),
                ("/d", "/d", ""),
            ],
        )

    def test_top_and_bottom_are_inside_the_body(self):
        for name, source, expected in (
            ("fragment", "<p>x</p>", "T<p>x</p>B"),
            (
                "page",
                "<html><body class='a>b'>x</body></html>",
                "<html><body class='a>b'>TxB</body></html>",
            ),
            ("capitals", "<BODY>x</BODY>", "<BODY>TxB</BODY>"),
            ("no body", "<html><head></head>x</html>", "<html><head></head>TxB</html>"),
            ("in a comment", "<!-- <body> --><body>x</body>", "<!-- <body> --><body>TxB</body>"),
            ("never closed", "<body>x", "<body>TxB"),
        ):
            with self.subTest(name):
                self.assertEqual(insert(source, "T", "B"), expected)

    def test_body_and_title_of_a_page(self):
        page = "<head><title>A &amp; b</title><style>c{}</style></head><body><!--d--><p>e</body>"

        self.assertEqual(get_title(page), "A & b")
        self.assertEqual(get_body(page), "<p>e")
