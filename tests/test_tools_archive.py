# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
import zipfile

from odoo.tests import BaseCase, tagged

from ..tools.archive import ArchiveRefused, check_archive


def pack(parts):
    """Return the bytes of an archive of ``{name: content}``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@tagged("post_install", "-at_install")
class TestToolsArchive(BaseCase):
    def _get_refusal(self, content):
        with self.assertRaises(ArchiveRefused) as caught:
            check_archive(io.BytesIO(content))
        return str(caught.exception)

    def test_an_ordinary_archive_is_accepted(self):
        content = pack({"xl/workbook.xml": "<a/>", "xl/media/1.png": b"\x89PNG"})

        self.assertIsNone(check_archive(io.BytesIO(content)))

    def test_bombs(self):
        flat = b"<a>" + b" " * 20_000_000
        lying = pack({"a.xml": b"<a>" + b" " * 1000}).replace(
            (1003).to_bytes(4, "little"), (600 * 1024**2).to_bytes(4, "little")
        )
        for name, content in (
            ("one part that unpacks to much", pack({"a.xml": flat})),
            ("many parts", pack({f"{number}.xml": "<a/>" for number in range(2_001)})),
            ("a directory that says so", lying),
        ):
            with self.subTest(name):
                self.assertEqual(self._get_refusal(content), "bomb")

    def test_entities(self):
        for name, content in (
            ("utf-8", DOCTYPE.encode()),
            ("utf-16", DOCTYPE.encode("utf-16")),
            ("after a long comment", f"<!--{'x' * 200_000}-->{DOCTYPE}".encode()),
        ):
            with self.subTest(name):
                parts = {"xl/workbook.xml": "<a/>", "xl/sharedStrings.xml": content}
                self.assertEqual(self._get_refusal(pack(parts)), "entities")

    def test_what_is_no_archive(self):
        whole = pack({"a.xml": "<a/>"})
        for name, content in (("text", b"PK\x03\x04 hello"), ("cut", whole[:40]), ("none", b"")):
            with self.subTest(name):
                self.assertEqual(self._get_refusal(content), "not_archive")
