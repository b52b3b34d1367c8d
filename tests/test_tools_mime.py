# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import email.policy
from email import message_from_bytes
from email.header import decode_header, make_header

from odoo.tests import BaseCase, tagged

from ..tools.mime import build_message, flatten, format_recipient

NAMES = {
    "plain": "Ann Lee",
    "accents": "Zoé L'Hostis",
    "dots": "J. R. Lee",
    "quotes": 'N. "Nick" \\ Li',
    "address in it": "a, b; <c@example.org>",
    "right to left": "مرحبا بالعالم",
    "direction marks": "\u202eevil",
    "emoji": "👩‍👩‍👧‍👦 family",
    "Chinese": "日本語",
    "looks encoded": "=?utf-8?b?w4k=?=",
    "control character": "a\x01b",
    "very long": "x" * 1500,
    "very long with accents": "é" * 400,
    "long words": "Lorem ipsum dolor " * 20 + "end",
}


@tagged("post_install", "-at_install")
class TestToolsMime(BaseCase):
    def _build(self, text="text\n", page="<p>page</p>", **headers):
        headers = {
            "Message-Id": "<1@example.com>",
            "Subject": "Hello",
            "From": "Zoé Team <team@example.com>",
            "To": "Ann <ann@example.com>",
            **headers,
        }
        return build_message(headers, text, page, "7")

    def _round_trip(self, message):
        """Return a message as a reader gets it, after checking its lines."""
        data = flatten(message)
        self.assertTrue(data.isascii())
        self.assertNotIn(b"\n", data.replace(b"\r\n", b""))
        self.assertLessEqual(max(len(line) for line in data.split(b"\r\n")), 998)
        return message_from_bytes(data, policy=email.policy.default)

    def test_subjects_arrive_as_they_are(self):
        for name, text in NAMES.items():
            with self.subTest(name):
                self.assertEqual(self._round_trip(self._build(Subject=text))["Subject"], text)

    def test_names_arrive_as_they_are(self):
        for name, text in NAMES.items():
            with self.subTest(name):
                to = format_recipient(text, "ann@example.com")
                header = self._round_trip(self._build(To=to))["To"]
                addresses = header.addresses
                self.assertEqual([one.addr_spec for one in addresses], ["ann@example.com"])
                # The parser of Python 3.11 puts spaces between encoded words.
                self.assertEqual(addresses[0].display_name.replace(" ", ""), text.replace(" ", ""))

    def test_long_names_are_cut_between_characters(self):
        data = flatten(self._build(To=format_recipient("é" * 400, "ann@example.com")))

        header = data.partition(b"\r\nTo: ")[2].partition(b"\r\n <")[0].decode()

        self.assertEqual(str(make_header(decode_header(header))), "é" * 400)
        self.assertLessEqual(max(len(line) for line in header.split("\r\n")), 76)

    def test_texts_arrive_as_they_are(self):
        for name, text in {
            **NAMES,
            "dots": "a\n.\n..b\n",
            "spaces at line ends": "a \nb\t\nc ",
            "mail box line": "From me\n",
            "end of part": "\n--=_7--\n",
            "no line end": "a",
            "empty": "",
        }.items():
            with self.subTest(name):
                message = self._round_trip(self._build(text=text, page=f"<p>{text}</p>"))
                plain = message.get_body(("plain",)).get_content()
                page = message.get_body(("html",)).get_content()
                self.assertEqual(plain.replace("\r\n", "\n"), text)
                self.assertEqual(page.replace("\r\n", "\n"), f"<p>{text}</p>")
                self.assertEqual([part.defects for part in message.walk()], [[], [], []])

    def test_a_line_break_is_refused_in_a_header(self):
        for text in ("a\nBcc: b@example.com", "a\rb"):
            with self.subTest(text), self.assertRaises(ValueError):
                self._build(Subject=text)

    def test_other_headers_are_written_as_the_standard_library_does(self):
        message = self._round_trip(self._build(**{"X-Name": "Zoé", "X-Long": "word " * 50 + "end"}))

        self.assertEqual(message["From"].addresses[0].display_name, "Zoé Team")
        self.assertEqual(message["X-Name"], "Zoé")
        self.assertEqual(message["X-Long"], "word " * 50 + "end")

    def test_the_message_may_be_changed_like_any_other(self):
        message = self._build()

        message["X-More"] = "é"
        message.replace_header("From", "other@example.com")
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")

        message = self._round_trip(message)
        self.assertEqual(message["X-More"], "é")
        self.assertEqual(message["From"], "other@example.com")
        self.assertEqual(message["To"].addresses[0].addr_spec, "ann@example.com")
        self.assertEqual([part.get_filename() for part in message.iter_attachments()], ["a.pdf"])
        self.assertEqual(message.get_body(("html",)).get_content().strip(), "<p>page</p>")

    def test_a_header_is_read_like_one_of_the_standard_library(self):
        to = self._build(To='"L, Zoé" <zoe@example.com>')["To"]

        self.assertEqual(to, '"L, Zoé" <zoe@example.com>')
        self.assertEqual(to.addresses[0].display_name, "L, Zoé")
        self.assertEqual(to.addresses[0].addr_spec, "zoe@example.com")
