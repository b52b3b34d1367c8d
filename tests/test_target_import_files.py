# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
import tracemalloc
import zipfile
from datetime import date

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCampaignCase
from .test_target_import import ImportMixin
from .test_tools_archive import DOCTYPE, pack

MEGABYTE = 1024**2


def write_workbook(rows):
    """Return the bytes of a workbook with these rows in its first sheet."""
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def change_part(content, name, change):
    """Return a workbook with one of its parts changed."""
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {part: source.read(part) for part in source.namelist()}
    parts[name] = change(parts[name])
    return pack(parts)


@tagged("post_install", "-at_install")
class TestTargetImportFiles(ImportMixin, CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner("Ann Roy", "ann@imported.example.com", ref="4211")
        cls.workbook = write_workbook([["Réf", "Mail"], [4211, None]])

    def _assert_refused(self, content, message, name="people.csv"):
        """Check that a file fails with a message, and that nothing came of it."""
        record = self._import(content, name, create_missing=True)
        self.assertEqual(record.state, "failed")
        self.assertIn(message, record.error_message)
        self.assertFalse(self._get_lines(record, "status"))
        self.assertFalse(self.target.member_ids)

    def test_workbooks(self):
        rows = [
            ["x", "Réf", "Nom", "Mail", "Né le"],
            [1, 4211.0, None, None, date(1980, 1, 2)],
            [],
            [True, None, "Ann", "ann@imported.example.com", None],
        ]
        record = self._import(write_workbook(rows), "people.xlsx")

        self.assertEqual(
            self._get_lines(record, "line_number", "status", "res_id", "reference"),
            [(2, "matched", self.ann.id, "4211"), (4, "duplicate", self.ann.id, False)],
        )

    def test_the_kind_of_a_file_is_its_content(self):
        record = self._import(self.workbook, "people.csv")

        self.assertEqual(record.matched_count, 1)

    def test_formula_cells_reject_their_lines(self):
        rows = [["Ref", "Mail"], ["=4211", ""], ["4211", '=HYPERLINK("x")'], ["4211", "@x"], [4211]]
        content = "\n".join(",".join(map(str, row)) for row in rows).replace('"', "")
        for name, file in (("people.xlsx", write_workbook(rows)), ("people.csv", content)):
            with self.subTest(name):
                record = self._import(file, name, create_missing=True)
                reason = "A cell is a formula: put its value instead"
                self.assertEqual(
                    self._get_lines(record, "status", "message"),
                    [("rejected", reason)] * 3 + [("matched", "By reference")],
                )

    def test_formulas_over_several_cells_too(self):
        content = write_workbook([["Ref"], ["x"]])
        array = b'<c r="A2"><f t="array" ref="A2:A3">4211</f><v>4211</v></c>'
        content = change_part(
            content,
            "xl/worksheets/sheet1.xml",
            lambda part: part[: part.index(b'<c r="A2"')] + array + part[part.rindex(b"</row>") :],
        )
        record = self._import(content, "people.xlsx")

        self.assertEqual(self._get_lines(record, "status"), [("rejected",)])

    def test_a_workbook_that_unpacks_to_too_much_is_refused(self):
        content = change_part(
            self.workbook,
            "xl/worksheets/sheet1.xml",
            lambda part: part.replace(b"<sheetData>", b" " * 30 * MEGABYTE + b"<sheetData>"),
        )

        self.assertLess(len(content), MEGABYTE)
        self._assert_refused(content, "unpack to far more", "people.xlsx")

    def test_a_workbook_with_entities_is_refused(self):
        content = change_part(
            self.workbook,
            "xl/worksheets/sheet1.xml",
            lambda part: DOCTYPE.encode(),
        )

        self._assert_refused(content, "XML entities", "people.xlsx")

    def test_workbooks_that_are_none(self):
        for name, content, message in (
            ("another archive", pack({"mimetype": "text"}), "no XLSX workbook"),
            ("cut in two", self.workbook[: len(self.workbook) // 2], "no XLSX workbook"),
            ("old Excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook"),
            (
                "a row beyond every sheet",
                change_part(
                    self.workbook,
                    "xl/worksheets/sheet1.xml",
                    lambda part: part.replace(b'r="2"', b'r="9999999999"'),
                ),
                "more than 1000000 lines",
            ),
        ):
            with self.subTest(name):
                self._assert_refused(content, message, "people.xlsx")

    def test_files_that_are_refused_say_why(self):
        for name, content, message in (
            ("empty", "\n", "no lines"),
            ("headers only", "Ref,Mail\n", "no lines"),
            ("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "neither a CSV file nor an XLSX"),
            ("null character", "Ref\n4211\n42\x0011\n", "Line 3 holds a null character"),
            ("open quotes", 'Ref,Nom\n1,Ann\n4211,"Ann\n5,Bob\n', "The quotes of line 3"),
            (
                "mixed encodings",
                "Nom\nZoé\n".encode() + "Zoé\n".encode("cp1252"),
                "cannot be read (line 3): save it as CSV UTF-8",
            ),
        ):
            with self.subTest(name):
                self._assert_refused(content, message)

    def test_a_file_without_headers_says_what_was_found_and_what_is_read(self):
        for message in ("“ann@imported.example.com”, “Ann”", "Email: Email, E-mail, Courriel"):
            self._assert_refused("ann@imported.example.com;Ann\nbob@x.example;Bob\n", message)

    def test_a_broken_end_undoes_the_beginning(self):
        content = "Ref,Nom\n4211,\n" + "".join(f"N{i},New {i}\n" for i in range(6_000)) + 'x,"open'
        before = self.env["res.partner"].search_count([])
        record = self._create_import(content, create_missing=True)
        record.sudo().state = "queued"
        record._process()

        self.assertIn("The quotes of line 6003", record.error_message)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(self.target.member_ids)

    def test_a_file_over_the_limit_is_refused_and_not_kept(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.import_max_mb", "1")
        with self.assertRaisesRegex(UserError, "takes 1.1 MB, more than the 1 MB"):
            self._create_import(b"Ref\n" + b"4211\n" * 230_000)

    def test_a_hundred_columns(self):
        headers = ",".join(f"Column {number}" for number in range(98))
        record = self._import(f"Réf,{headers},Mail\n4211,{'x,' * 98}\n")

        self.assertEqual(self._get_lines(record, "status", "res_id"), [("matched", self.ann.id)])

    def test_a_big_file_is_read_in_little_memory(self):
        filler = "x" * 1400
        lines = (f"R{number},somebody{number}@x.example,{filler}" for number in range(36_000))
        content = ("Ref,Mail,Notes\n" + "\n".join(lines)).encode()
        self.assertGreater(len(content), 50_000_000)
        record = self._create_import(content)
        del content, lines
        self.env.invalidate_all()

        tracemalloc.start(1)
        record._stage_lines()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        self.env.cr.execute("SELECT count(*) FROM crm_campaign_import_stage")
        self.assertEqual(self.env.cr.fetchone()[0], 36_000)
        self.assertLess(peak, 60 * MEGABYTE)
