# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io

from odoo.tests import BaseCase, tagged

from ..tools.people_file import PeopleFileError, guess_encoding, read_csv, read_people, recognise


@tagged("post_install", "-at_install")
class TestToolsPeopleFile(BaseCase):
    def _read(self, content):
        return list(read_csv(io.BytesIO(content)))

    def _read_person(self, headers, cells):
        [person] = read_people([(1, headers), (2, cells)])
        return person

    def test_headers_are_recognised_in_english_and_french(self):
        for header, field in (
            ("ref", "reference"),
            ("RÉFÉRENCE", "reference"),
            (" Code  Client ", "reference"),
            ("E-Mail", "email"),
            ("courriel", "email"),
            ("Adresse e-mail", "email"),
            ("Tél.", "phone"),
            ("MOBILE", "phone"),
            ("portable", "phone"),
            ("Nom complet", "name"),
            ("contact", "name"),
            ("first_name", "first_name"),
            ("PRENOM", "first_name"),
            ("Nom de famille", "last_name"),
            ("Societe", "company"),
            ("Raison sociale", "company"),
        ):
            with self.subTest(header):
                self.assertEqual(recognise(["x", header]), {field: [1]})

    def test_encodings(self):
        text = "Nom;Société\nZoé;Œuvre\n"
        for name, content in (
            ("utf-8", text.encode()),
            ("utf-8 with its mark", text.encode("utf-8-sig")),
            ("utf-16", text.encode("utf-16")),
            ("utf-16 big endian", b"\xfe\xff" + text.encode("utf-16-be")),
            ("Windows-1252", text.encode("cp1252")),
        ):
            with self.subTest(name):
                rows = self._read(content)
                self.assertEqual(rows, [(1, ["Nom", "Société"]), (2, ["Zoé", "Œuvre"])])

    def test_the_first_accent_may_come_late(self):
        content = b"Nom\n" + b"Ann\n" * 50_000 + "Zoé\n".encode("cp1252")

        self.assertEqual(guess_encoding(io.BytesIO(content)), "cp1252")
        self.assertEqual(self._read(content)[-1], (50_002, ["Zoé"]))

    def test_separators(self):
        for name, content in (
            ("comma", b"Nom,Mail\nRoy,a@b.example\n"),
            ("semicolon", b"Nom;Mail\nRoy;a@b.example\n"),
            ("tab", b"Nom\tMail\nRoy\ta@b.example\n"),
            ("pipe", b"Nom|Mail\nRoy|a@b.example\n"),
            ("semicolon and commas", b"Nom;Mail;x,y,z\nRoy;a@b.example;,,\n"),
            ("old Macintosh", b"Nom,Mail\rRoy,a@b.example\r"),
            ("Windows", b"Nom,Mail\r\nRoy,a@b.example\r\n"),
            ("named", b"sep=;\nNom;Mail\nRoy;a@b.example\n"),
        ):
            with self.subTest(name):
                rows = self._read(content)
                self.assertEqual([row[1][:2] for row in rows][-1], ["Roy", "a@b.example"])
                self.assertEqual([row[1][:2] for row in rows][-2], ["Nom", "Mail"])

    def test_lines_are_numbered_as_in_the_file(self):
        rows = self._read(b'Nom,Mail\n\n"Roy\nAnn",a@b.example\nPetit,c@d.example\n')

        self.assertEqual([number for number, cells in rows if cells], [1, 3, 5])

    def test_files_that_cannot_be_read(self):
        for name, content, code, line in (
            ("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not_text", None),
            ("picture", b"\x89PNG\r\n\x1a\n\0\0", "not_text", None),
            ("control characters", b"Nom\n\x01\x02\x03\n", "not_text", None),
            ("null character", b"Nom\nRoy\nPet\0it\n", "nul", 3),
            ("mixed encodings", "Nom\nZoé\n".encode() + "Zoé\n".encode("cp1252"), "encoding", 3),
            ("no encoding at all", b"Nom\n\x81\x8d\x8f\n", "encoding", 2),
            ("broken utf-16", b"\xff\xfeN\0o\0m\0\n\0\x00\xd8\n\0", "encoding", 0),
            ("open quotes", b'Nom,Mail\nRoy,"a@b.example\nPetit,c@d.example\n', "quotes", 2),
            ("quotes within", b'Nom,Mail\n"Les "Pins"",x\n', "quotes", 2),
        ):
            with self.subTest(name), self.assertRaises(PeopleFileError) as caught:
                self._read(content)
            self.assertEqual(caught.exception.code, code, name)
            self.assertEqual(caught.exception.details.get("line"), line, name)

    def test_one_endless_line_is_no_text(self):
        with self.assertRaises(PeopleFileError) as caught:
            self._read(b"Nom\n" + b"x" * 1_000_001)

        self.assertEqual(caught.exception.code, "not_text")

    def test_names_in_parts(self):
        for name, headers, cells, expected in (
            ("nom + prénom", ["Nom", "Prénom"], ["Roy", "Ann"], "Ann Roy"),
            ("three parts", ["Last name", "First name"], ["Roy", "Ann"], "Ann Roy"),
            ("first name repeated", ["Name", "First name"], ["Ann Roy", "Ann"], "Ann Roy"),
            ("first name only", ["Prénom", "Mail"], ["Ann", ""], "Ann"),
            ("name only", ["Nom", "Prénom"], ["Roy", ""], "Roy"),
        ):
            with self.subTest(name):
                self.assertEqual(self._read_person(headers, cells).name, expected)

    def test_the_first_cell_that_says_something_counts(self):
        person = self._read_person(["Téléphone", "Mobile"], ["", " 06 12 34 56 78 "])

        self.assertEqual(person.phone, "06 12 34 56 78")

    def test_lines_that_are_refused(self):
        for name, cells, problem in (
            ("formula", ["=HYPERLINK(1)", "x"], "formula"),
            ("at sign", ["@SUM(A1)", "x"], "formula"),
            ("international number", ["+33612345678", "x"], ""),
            ("formula in a column left aside", ["Roy", "=1"], ""),
            ("too long", ["x" * 501, "x"], "too_long"),
            ("just short enough", ["x" * 500, "x"], ""),
            ("nothing that is read", ["", "x"], "blank"),
            ("control", ["R\0y", "x"], "control"),
        ):
            with self.subTest(name):
                self.assertEqual(self._read_person(["Name", "Notes"], cells).problem, problem)

    def test_files_without_people(self):
        for name, rows, code in (
            ("nothing", [], "empty"),
            ("blank lines", [(1, []), (2, ["", ""])], "empty"),
            ("headers only", [(1, ["Nom"])], "empty"),
            ("no headers", [(1, ["a@b.example", "Roy"]), (2, ["c", "d"])], "no_headers"),
        ):
            with self.subTest(name), self.assertRaises(PeopleFileError) as caught:
                list(read_people(rows))
            self.assertEqual(caught.exception.code, code, name)

    def test_too_many_lines(self):
        rows = [(1, ["Nom"]), *((number, ["x"]) for number in range(2, 6))]

        self.assertEqual(len(list(read_people(rows, max_lines=4))), 4)
        with self.assertRaises(PeopleFileError) as caught:
            list(read_people(rows, max_lines=3))
        self.assertEqual(caught.exception.code, "too_many_lines")

    def test_a_hundred_columns(self):
        headers = [f"Column {number}" for number in range(99)] + ["Mail"]
        person = self._read_person(headers, ["x"] * 99 + ["a@b.example"])

        self.assertEqual((person.email, person.problem), ("a@b.example", ""))
