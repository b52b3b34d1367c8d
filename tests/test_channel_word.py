# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import io
import sys
import zipfile
from unittest.mock import patch

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..word import build_word, extract
from .common_post import PostCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def make_field(paragraph, instruction, shown="«x»"):
    """Write a field the way Word does, each piece in a run of its own."""
    for piece in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f"<w:rPr><w:b/></w:rPr><w:t>{shown}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{piece}</w:r>"))


def save(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_model():
    """A letter with everything: header, footer, picture, list, table, both kinds of fields."""
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "Head of {{ object.company_id.name }}"
    section.footer.paragraphs[0].text = "Page "
    make_field(section.footer.paragraphs[0], "PAGE", "1")
    document.add_paragraph("{{ object.address_block }}")
    greeting = document.add_paragraph("Dear ")
    make_field(greeting, 'MERGEFIELD "Name" \\* MERGEFORMAT')
    paragraph = document.add_paragraph("You live in {{ object.partner_")
    paragraph.add_run("id.city ").bold = True
    paragraph.add_run("||| some town }}.")
    document.add_paragraph("first", style="List Number")
    document.add_picture(io.BytesIO(PIXEL))
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Your job"
    table.cell(0, 1).text = "{{ object.partner_id.function ||| none }}"
    return document


def rewrite(content, replacements=(), extra=()):
    """Change a package behind Word's back."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            for name, old, new in replacements:
                if info.filename == name:
                    assert old in data, (name, old)
                    data = data.replace(old, new)
            target.writestr(info.filename, data, zipfile.ZIP_DEFLATED)
        for name, data in extra:
            target.writestr(name, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def read_texts(content):
    """Return the text of each letter: sections of the document."""
    document = docx.Document(io.BytesIO(content))
    letters, lines = [], []
    for block in document.element.body:
        if block.tag == qn("w:sectPr"):
            continue
        lines += ["".join(node.itertext(qn("w:t"))) for node in block.iter(qn("w:p"))]
        if block.tag == qn("w:p") and block.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
            letters.append("\n".join(lines))
            lines = []
    return [*letters, "\n".join(lines)]


@tagged("post_install", "-at_install")
class TestChannelWord(PostCase):
    """Letters from a Word model, from departure to the printer."""

    @classmethod
    def _create_word(cls, content=None, **values):
        content = content or save(make_model())
        return cls._create_letter(body_html=False, letter_file=base64.b64encode(content), **values)

    def _sent_word(self, content=None, **values):
        return self._sent_letters(template_id=self._create_word(content).id, **values)

    def _fetch(self, execution, kind="pdf"):
        response = self._download(f"/crm_campaign/execution/{execution.id}/letters.{kind}")
        self.assertEqual(response.status_code, 200)
        return response

    def test_letters_make_one_document_with_the_values_of_each(self):
        self._create_resident("Zoé", "12, rue de l'Église", function="Baker")
        self._create_resident("Loïc", "3 quai Nord", city="Vannes")

        execution = self._sent_word()

        response = self._fetch(execution)
        self.assertRegex(response.headers["Content-Disposition"], r"\.docx")
        zoe, loic = read_texts(response.content)
        self.assertIn("Zoé", zoe)
        self.assertIn("12 RUE DE L EGLISE", zoe)
        self.assertIn("Dear Zoé\nYou live in Paris.\nfirst", zoe)
        self.assertIn("Your job\nBaker", zoe)
        self.assertIn("Dear Loïc\nYou live in Vannes.\nfirst", loic)
        self.assertIn("Your job\nnone", loic)

    def test_header_footer_picture_and_looks_are_kept(self):
        self._create_resident("Zoé", "1 rue A")
        self._create_resident("Loïc", "2 rue A")

        document = docx.Document(io.BytesIO(self._fetch(self._sent_word()).content))

        self.assertEqual(len(document.sections), 2)
        for section in document.sections:
            self.assertEqual(section.header.paragraphs[0].text, "Head of Our House")
            self.assertIn("PAGE", section.footer._element.xml)
            self.assertEqual(section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")), "1")
        self.assertEqual(len(document.inline_shapes), 2)
        ids = [shape._inline.docPr.get("id") for shape in document.inline_shapes]
        self.assertEqual(ids, ["1", "2"])
        bold = [run.text for p in document.paragraphs for run in p.runs if run.bold]
        self.assertIn("Zoé", bold)

    def test_numbered_lists_begin_anew_in_each_letter(self):
        document = docx.Document()
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:lvl w:ilvl="0">'
            '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
            "</w:abstractNum>"
        )
        numbering = document.part.numbering_part.element
        numbering.insert(0, abstract)
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="90"/></w:num>')
        )
        properties = document.add_paragraph("one")._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>')
        )

        content = build_word(save(document), {1: {}, 2: {}, 3: {}}).content

        merged = docx.Document(io.BytesIO(content))
        used = [node.get(qn("w:val")) for node in merged.element.body.iter(qn("w:numId"))]
        self.assertEqual(used, ["77", "78", "79"])
        (third,) = merged.part.numbering_part.element.xpath('w:num[@w:numId="79"]')
        self.assertEqual(third.xpath("w:abstractNumId/@w:val"), ["90"])
        self.assertEqual(third.xpath('w:lvlOverride[@w:ilvl="0"]/w:startOverride/@w:val'), ["1"])

    def test_reprint_takes_one_letter_out(self):
        self._create_resident("Zoé", "1 rue A")
        loic = self._create_resident("Loïc", "2 rue A")
        self._create_resident("Ann", "3 rue A")
        execution = self._sent_word()

        action = self._get_recipient(execution, loic).with_user(self.marketer).action_reprint()

        response = self._download(action["url"])
        (letter,) = read_texts(response.content)
        self.assertIn("Dear Loïc", letter)
        document = docx.Document(io.BytesIO(response.content))
        self.assertEqual(len(document.sections), 1)
        self.assertEqual(document.sections[0].header.paragraphs[0].text, "Head of Our House")

    def test_parts_are_downloaded_as_an_archive(self):
        for number in range(5):
            self._create_resident(f"Person {number}.", f"{number} rue A")

        with patch.object(self.registry["crm.campaign.channel.post"], "_batch_size", 2):
            execution = self._sent_word()

        self.assertEqual(execution.part_count, 3)
        response = self._fetch(execution)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            self.assertIsNone(archive.testzip())
            counts = [len(read_texts(archive.read(name))) for name in archive.namelist()]
        self.assertEqual(counts, [2, 2, 1])

    def test_merge_field_that_raises_fails_alone(self):
        good = self._create_resident("Good", "1 rue A")
        bad = self._create_resident("Bad", "2 rue A")
        Channel = self.registry["crm.campaign.channel.file"]
        look_up = Channel._look_up

        def raise_for_bad(channel, recipient, expression):
            if recipient.partner_id == bad:
                raise ValueError("broken field of another addon")
            return look_up(channel, recipient, expression)

        with patch.object(Channel, "_look_up", raise_for_bad):
            execution = self._sent_word()

        self.assertRecipients(
            execution,
            [
                {"partner": good, "state": "sent"},
                {
                    "partner": bad,
                    "state": "failed",
                    "failure_reason": "broken field of another addon",
                },
            ],
        )
        self.assertEqual(len(read_texts(self._fetch(execution).content)), 1)

    def test_values_are_text_whatever_they_look_like(self):
        self._create_resident("<w:p>{{ 7*7 }} & «Ann»", "1 rue A", function="{% raw %}")

        (letter,) = read_texts(self._fetch(self._sent_word()).content)

        self.assertIn("Dear <w:p>{{ 7*7 }} & «Ann»", letter)
        self.assertIn("{% raw %}", letter)

    def test_expressions_are_never_evaluated(self):
        for text in ("{{ 7 * 7 }}", "{{ object.env.cr }}", "{{ object.partner_id.comment }}"):
            document = docx.Document()
            document.add_paragraph(text)
            with self.subTest(text), self.assertRaisesRegex(ValidationError, "not a merge field"):
                self._create_word(save(document))

    def test_labels_in_any_installed_language_are_names(self):
        document = docx.Document()
        make_field(document.add_paragraph(), "MERGEFIELD Company_Name")
        make_field(document.add_paragraph(), 'MERGEFIELD "partner_id.zip"')

        template = self._create_word(save(document))

        self.assertEqual(
            template._get_word_expressions(),
            {
                "Company_Name": "object.partner_id.commercial_company_name",
                "partner_id.zip": "object.partner_id.zip",
            },
        )

    def test_hostile_files_are_refused(self):
        whole = save(make_model())
        rels = "word/_rels/document.xml.rels"
        end = b"</Relationships>"
        link = (
            b'<Relationship Id="rIdX" TargetMode="External" Target="%s" Type="http://schemas.'
            b'openxmlformats.org/officeDocument/2006/relationships/%s"/></Relationships>'
        )
        main = b"wordprocessingml.document.main+xml"
        body = b"<w:body>"
        xxe = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x/>'
        change = b'<w:body><w:p><w:ins w:id="9" w:author="x"><w:r/></w:ins></w:p>'
        include = docx.Document()
        make_field(include.add_paragraph(), 'INCLUDETEXT "/etc/passwd"')
        nested = docx.Document()
        nested.add_paragraph()._p.append(
            parse_xml(f"<w:fldSimple {nsdecls('w')} w:instr='DDEAUTO c:\\\\cmd.exe \"/k calc\"'/>")
        )
        header = docx.Document()
        header.sections[0].header.paragraphs[0].text = "{{ object.partner_id.name }}"
        cases = {
            "no archive": (b"hello", "no Word document"),
            "a workbook": (
                rewrite(whole, [("[Content_Types].xml", main, b"x+xml")]),
                "no Word doc",
            ),
            "bomb": (rewrite(whole, extra=[("word/x.xml", b"<a>" + b" " * 30_000_000)]), "unpack"),
            "entities": (rewrite(whole, extra=[("word/x.xml", xxe)]), "XML entities"),
            "macros": (rewrite(whole, extra=[("word/vbaProject.bin", b"x")]), "macros"),
            "type of macros": (
                rewrite(
                    whole,
                    [
                        (
                            "[Content_Types].xml",
                            b"application/vnd.openxmlformats-officedocument." + main,
                            b"application/vnd.ms-word.document.macroEnabled.main+xml",
                        )
                    ],
                ),
                "macros|no Word document",
            ),
            "object": (rewrite(whole, extra=[("word/embeddings/a.bin", b"x")]), "other programs"),
            "template elsewhere": (
                rewrite(whole, [(rels, end, link % (b"http://a.example/x", b"attachedTemplate"))]),
                "points to another file",
            ),
            "picture elsewhere": (
                rewrite(whole, [(rels, end, link % (b"file:///etc/passwd", b"image"))]),
                "points to another file",
            ),
            "script in a link": (
                rewrite(whole, [(rels, end, link % (b"javascript:alert(1)", b"hyperlink"))]),
                "points to another file",
            ),
            "tracked changes": (rewrite(whole, [("word/document.xml", body, change)]), "tracked"),
            "reading field": (save(include), "no merge field: INCLUDETEXT"),
            "running field": (save(nested), "no merge field: DDEAUTO"),
            "person in the header": (save(header), "stands in a header"),
            "too long": (
                rewrite(whole, [("word/document.xml", body, body + b"<w:p/>" * 80_000)]),
                "too large",
            ),
        }
        for name, (content, message) in cases.items():
            with self.subTest(name), self.assertRaisesRegex(ValidationError, message):
                self._create_word(content)

    def test_source_of_words_own_merge_is_forgotten(self):
        document = make_model()
        document.settings.element.append(parse_xml(f"<w:mailMerge {nsdecls('w')}/>"))
        self._create_resident("Zoé", "1 rue A")

        merged = docx.Document(io.BytesIO(self._fetch(self._sent_word(save(document))).content))

        self.assertIsNone(merged.settings.element.find(qn("w:mailMerge")))

    def test_missing_package_is_named(self):
        self._create_resident("Zoé", "1 rue A")
        operation = self._create_mailing(template_id=self._create_word().id)

        with (
            patch.dict(sys.modules, {"docx": None}),
            self.assertRaisesRegex(UserError, "need the Python package python-docx"),
        ):
            operation.action_dispatch()

    def test_what_left_does_not_change_with_the_template(self):
        self._create_resident("Zoé", "1 rue A")
        template = self._create_word()
        execution = self._dispatch(self._create_mailing(template_id=template.id))
        document = docx.Document()
        document.add_paragraph("Other")
        template.letter_file = base64.b64encode(save(document))

        self._send()

        self.assertIn("Dear Zoé", read_texts(self._fetch(execution).content)[0])

    def test_proof_is_the_letter_and_a_new_model_voids_it(self):
        self._create_resident("Zoé", "1 rue A")
        template = self._create_word()
        operation = self._create_mailing(template_id=template.id, needs_proof=True)
        operation.action_request_proof()
        self.assertEqual(operation.proof_file_name, "letter.docx")
        self.assertIn("Dear Zoé", read_texts(base64.b64decode(operation.proof_file))[0])
        operation.with_user(self.manager).action_approve_proof()
        self.assertTrue(operation.with_context(bin_size=True).is_proof_valid)

        document = docx.Document()
        document.add_paragraph("Other")
        template.letter_file = base64.b64encode(save(document))

        self.assertEqual(operation.state, "to_test")

    def test_the_same_letters_are_the_same_bytes(self):
        texts = {1: {"Name": "Zoé"}, 2: {"Name": "Loïc"}}
        model = save(make_model())

        self.assertEqual(len({build_word(model, texts).content for _time in range(2)}), 1)

    def test_every_letter_of_five_hundred_can_be_taken_out(self):
        texts = {number: {"Name": f"Person {number}."} for number in range(500)}

        document = build_word(save(make_model()), texts)

        self.assertEqual(len(read_texts(document.content)), 500)
        for number in (0, 250, 499):
            (letter,) = read_texts(extract(document.content, [document.places[number]]))
            self.assertIn(f"Dear Person {number}.", letter)
