# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import io
import resource
import zipfile
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_attachment import IrAttachment

from .common_post import PostCase


@tagged("post_install", "-at_install")
class TestChannelPost(PostCase):
    """Letters from departure to the printer."""

    def test_each_recipient_has_one_page_with_address_and_merge_values(self):
        zoe = self._create_resident("Zoé L'Hostis", "12, rue de l'Église")
        loic = self._create_resident("Loïc N'Diaye", "3 quai Nord", street2="Bât. B")

        execution = self._sent_letters()

        self.assertRecipients(
            execution, [{"partner": zoe, "state": "sent"}, {"partner": loic, "state": "sent"}]
        )
        self.assertEqual(execution.operation_id.state, "done")
        first, second = self._read_letters(execution)
        self.assertIn("Zoé L'Hostis\n12 RUE DE L EGLISE\n75001 PARIS", first)
        self.assertIn("Dear Zoé L'Hostis, hello.", first)
        self.assertIn("Loïc N'Diaye\n3 QUAI NORD\nBAT B\n75001 PARIS", second)
        self.assertNotIn("Zoé", second)

    def test_address_stands_in_the_window_of_the_envelope(self):
        self._create_resident("Zoé", "1 rue A")
        template = self._create_letter(body_html="<p>Hello</p>")
        execution = self._sent_letters(template_id=template.id)
        places = {}

        def visit(text, _cm, matrix, _font, _size):
            places[text.strip()] = (matrix[4] / 72 * 25.4, 297 - matrix[5] / 72 * 25.4)

        page = PdfReader(io.BytesIO(self._get_parts(execution).raw)).pages[0]
        page.extract_text(visitor_text=visit)

        for line in ("Zoé", "1 RUE A", "75001 PARIS"):
            x, y = places[line]
            self.assertTrue(100 <= x <= 190 and 45 <= y <= 79, f"{line} at {x:.0f}, {y:.0f} mm")

    def _get_parts(self, execution):
        return self.env["ir.attachment"].search(
            [("res_model", "=", execution._name), ("res_id", "=", execution.id)]
        )

    def test_incomplete_address_is_no_address(self):
        partners = [
            self._create_resident("No Zip", "1 rue A", zip=False),
            self._create_resident("No City", "1 rue B", city=" "),
            self._create_resident("No Street", False),
        ]
        whole = self._create_resident("Whole", "1 rue C", country_id=False)

        execution = self._dispatch(self._create_mailing())

        self.assertRecipients(
            execution,
            [
                *({"partner": partner, "exclusion": "no_address"} for partner in partners),
                {"partner": whole, "exclusion": False, "postal_address": "1 RUE C\n75001 PARIS\n"},
            ],
        )

    def test_the_same_address_typed_differently_is_written_to_once(self):
        first = self._create_resident("Zoé Martin", "12, rue de l'Église")
        second = self._create_resident("ZOE  MARTIN", "12  RUE DE L’EGLISE", city="PARIS ")

        execution = self._dispatch(self._create_mailing())

        self.assertRecipients(
            execution,
            [{"partner": first, "exclusion": False}, {"partner": second, "exclusion": "duplicate"}],
        )

    def test_two_people_at_one_address_get_a_letter_each(self):
        first = self._create_resident("Zoé Martin", "12 rue de l'Église")
        second = self._create_resident("Luc Martin", "12 rue de l'Église")

        execution = self._dispatch(self._create_mailing())

        self.assertRecipients(
            execution,
            [{"partner": first, "exclusion": False}, {"partner": second, "exclusion": False}],
        )

    def test_who_asked_for_no_letters_gets_none(self):
        quiet = self._create_resident("Quiet", "1 rue A", do_not_write=True)
        willing = self._create_resident("Willing", "2 rue A")
        late = self._create_resident("Late", "3 rue A")
        execution = self._dispatch(self._create_mailing())
        late.do_not_write = True

        self._send()

        self.assertRecipients(
            execution,
            [
                {"partner": quiet, "exclusion": "blacklisted"},
                {"partner": willing, "state": "sent"},
                {"partner": late, "state": "withdrawn"},
            ],
        )

    def test_refusal_of_letters_counts_and_refusal_of_emails_does_not(self):
        refuses = self._create_resident("Refuses", "1 rue A")
        reads = self._create_resident("Reads", "2 rue A")
        Consent = self.env["crm.campaign.consent"]
        Consent._record(refuses, self.purpose, "post", "refused", source="manual")
        Consent._record(reads, self.purpose, "email", "refused", source="manual")

        execution = self._dispatch(self._create_mailing())

        self.assertRecipients(
            execution,
            [
                {"partner": refuses, "exclusion": "no_consent"},
                {"partner": reads, "exclusion": False},
            ],
        )

    def test_letter_to_a_company_is_addressed_to_the_generic_title(self):
        house = self._create_resident("Big House", "1 rue A", is_company=True)
        self._create_resident("Ann", "2 rue A", parent_id=house.id, type="other")

        execution = self._sent_letters(generic_title="The Sales Director")

        company, person = self._read_letters(execution)
        self.assertIn("Big House\nThe Sales Director\n1 RUE A", company)
        self.assertIn("Big House\nAnn\n2 RUE A", person)
        self.assertNotIn("Sales Director", person)

    def test_address_without_a_name_is_addressed_to_the_generic_title(self):
        house = self._create_partner("Big House", is_company=True, category_id=False)
        self._create_resident(False, "2 rue A", parent_id=house.id, type="invoice")

        (letter,) = self._read_letters(self._sent_letters(generic_title="Purchasing"))

        self.assertIn("Big House\nPurchasing\n2 RUE A", letter)

    def test_proof_is_the_page_that_will_be_printed(self):
        self._create_resident("Zoé", "1 rue A")
        operation = self._create_mailing(needs_proof=True)

        operation.action_request_proof()

        self.assertEqual(operation.proof_file_name, "letter.pdf")
        (page,) = PdfReader(io.BytesIO(base64.b64decode(operation.proof_file))).pages
        self.assertIn("Zoé\n1 RUE A", page.extract_text())

    def test_country_is_printed_abroad_only_and_formats_are_those_of_the_country(self):
        self._create_resident(
            "Jan", "Markt 1", zip="1000", city="Brussel", country_id=self.env.ref("base.be").id
        )
        self._create_resident(
            "Joe",
            "1 Main St.",
            zip="10001",
            city="New York",
            country_id=self.env.ref("base.us").id,
            state_id=self.env.ref("base.state_us_27").id,
        )

        execution = self._sent_letters()

        belgian, american = self._read_letters(execution)
        self.assertIn("MARKT 1\n1000 BRUSSEL\nBELGIUM", belgian)
        self.assertIn("1 MAIN ST\nNEW YORK NY 10001\nUNITED STATES", american)

    def test_letter_of_several_pages_keeps_every_word(self):
        self._create_resident("Zoé", "1 rue A")
        self._create_resident("Loïc", "2 rue A")
        text = " ".join(f"word{number}" for number in range(1500))
        template = self._create_letter(body_html=f"<p>{text}</p><ul><li>last item</li></ul>")

        execution = self._sent_letters(template_id=template.id)

        pages = self._read_letters(execution)
        half = len(pages) // 2
        self.assertGreater(half, 1)
        self.assertIn("Zoé", pages[0])
        self.assertIn("Loïc", pages[half])
        words = " ".join(pages[:half]).split()
        self.assertEqual([word for word in words if word.startswith("word")], text.split())
        self.assertIn("last item", pages[half - 1])

    def test_letters_of_other_alphabets_are_printed(self):
        self._create_resident("Łukasz Żółć", "ul. Długa 1", city="Gdańsk")
        self._create_resident("Ελένη", "Οδός 1")

        execution = self._sent_letters()

        polish, greek = self._read_letters(execution)
        self.assertIn("Łukasz Żółć\nUL DLUGA 1\n75001 GDANSK", polish)
        self.assertIn("Ελένη", greek)

    def test_characters_that_no_font_has_fail_that_letter_alone(self):
        good = self._create_resident("Zoé", "1 rue A")
        bad = self._create_resident("漢字", "2 rue A")

        execution = self._sent_letters()

        self.assertRecipients(
            execution, [{"partner": good, "state": "sent"}, {"partner": bad, "state": "failed"}]
        )
        self.assertEqual(
            self._get_recipient(execution, bad).failure_reason,
            "No font can print these characters: 字 漢",
        )
        self.assertEqual(len(self._read_letters(execution)), 1)

    def test_merge_field_that_raises_fails_alone_and_is_retried_at_its_place(self):
        first = self._create_resident("First", "1 rue A", ref="0")
        second = self._create_resident("Second", "2 rue A", ref="1")
        template = self._create_letter()
        template.with_user(
            self.env.ref("base.user_admin")
        ).body_html = '<p><t t-out="1 / int(object.partner_id.ref)"/></p>'

        execution = self._sent_letters(template_id=template.id)

        self.assertRecipients(
            execution, [{"partner": first, "state": "failed"}, {"partner": second, "state": "sent"}]
        )
        self.assertIn("division by zero", self._get_recipient(execution, first).failure_reason)
        first.ref = "2"
        execution.operation_id.with_user(self.marketer).action_retry()
        self._send()
        self.assertFigures(execution, sent=2, failed=0)
        pages = self._read_letters(execution)
        self.assertEqual(["First" in page for page in pages], [True, False])
        self.assertEqual(["Second" in page for page in pages], [False, True])

    def test_batches_make_one_document(self):
        for number in range(5):
            self._create_resident(f"Person {number}", f"{number} rue A")
        Channel = self.registry["crm.campaign.channel.post"]

        with patch.object(Channel, "_batch_size", 2):
            execution = self._sent_letters()

        self.assertEqual(len(self._get_parts(execution)), 3)
        pages = self._read_letters(execution)
        names = [f"Person {number}" for number in range(5)]
        self.assertEqual(
            [name in page for name, page in zip(names, pages, strict=True)], [True] * 5
        )

    def test_archive_holds_each_letter_once_after_a_retry(self):
        for number in range(3):
            self._create_resident(f"Person {number}.", f"{number} rue A", ref=str(number))
        template = self._create_letter()
        template.with_user(
            self.env.ref("base.user_admin")
        ).body_html = '<p><t t-out="1 / int(object.partner_id.ref)"/></p>'
        execution = self._sent_letters(template_id=template.id)
        self.env["res.partner"].search([("ref", "=", "0")]).ref = "4"
        execution.operation_id.action_retry()
        self._send()

        response = self._download(f"/crm_campaign/execution/{execution.id}/letters.zip")

        self.assertEqual(response.headers["Content-Type"], "application/zip")
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            documents = [PdfReader(io.BytesIO(archive.read(name))) for name in archive.namelist()]
        texts = [[page.extract_text() for page in document.pages] for document in documents]
        self.assertEqual([len(pages) for pages in texts], [2, 1])
        self.assertIn("Person 1.", texts[0][0])
        self.assertIn("Person 2.", texts[0][1])
        self.assertIn("Person 0.", texts[1][0])

    def test_letter_that_does_not_count_any_more_is_in_no_archive(self):
        for number in range(3):
            self._create_resident(f"Person {number}.", f"{number} rue A")
        execution = self._sent_letters()
        last = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)], order="id desc", limit=1
        )
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'withdrawn' WHERE id = %s", (last.id,)
        )

        response = self._download(f"/crm_campaign/execution/{execution.id}/letters.zip")

        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            (name,) = archive.namelist()
            pages = PdfReader(io.BytesIO(archive.read(name))).pages
        self.assertEqual(len(pages), 2)
        self.assertNotIn("Person 2.", pages[1].extract_text())

    def test_letters_too_large_for_one_document_come_as_an_archive(self):
        self._create_resident("Zoé", "1 rue A")
        execution = self._sent_letters()
        self.env["ir.config_parameter"].set_param("crm_campaign.largest_pdf_mb", "0.0001")

        response = self._download(f"/crm_campaign/execution/{execution.id}/letters.pdf")

        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertRegex(response.headers["Content-Disposition"], r"\.zip")

    def test_the_same_letters_are_the_same_bytes(self):
        self._create_resident("Zoé", "1 rue A")
        execution = self._dispatch(self._create_mailing())
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        channel = execution._get_channel()

        documents = {channel._make_part(execution, recipients)[0][1] for _time in range(2)}

        self.assertEqual(len(documents), 1)

    @mute_logger("odoo.addons.base.models.ir_attachment")
    def test_full_disk_loses_nobody_and_a_retry_makes_whole_letters(self):
        for number in range(20):
            self._create_resident(f"Person {number}", f"{number} rue A")
        operation = self._create_mailing()
        execution = self._dispatch(operation)
        write = IrAttachment._file_write
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

        def write_to_full_disk(attachments, content, checksum):
            # The kernel cuts the file after 2,000 bytes.
            resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
            try:
                return write(attachments, content, checksum)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        with patch.object(IrAttachment, "_file_write", write_to_full_disk):
            self._send()

        self.assertEqual(operation.state, "error")
        self.assertIn("could not be written (File too large)", operation.error_message)
        self.assertFigures(execution, pending=20, sent=0, unknown=0)
        self.assertFalse(self._get_parts(execution))
        operation.action_retry()
        self._send()
        self.assertEqual(operation.state, "done")
        self.assertEqual(len(self._read_letters(execution)), 20)

    def test_reprint_is_the_letter_as_it_was_made(self):
        zoe = self._create_resident("Zoé", "1 rue A")
        self._create_resident("Loïc", "2 rue A")
        execution = self._sent_letters()
        zoe.write({"name": "Other", "street": "9 rue Z"})

        action = self._get_recipient(execution, zoe).with_user(self.marketer).action_reprint()

        pages = PdfReader(io.BytesIO(self._download(action["url"]).content)).pages
        self.assertEqual(len(pages), 1)
        self.assertIn("Zoé\n1 RUE A", pages[0].extract_text())

    def test_letters_are_for_who_may_read_the_execution(self):
        self._create_resident("Zoé", "1 rue A")
        execution = self._sent_letters()
        recipient = execution.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        sheet = self.env.ref("crm_campaign.crm_campaign_label_sheet_l7160")
        for login in ("campaign_other", "campaign_foreign"):
            for url in (
                f"/crm_campaign/execution/{execution.id}/letters.pdf",
                f"/crm_campaign/letters.pdf?recipient_ids={recipient.id}",
                f"/crm_campaign/execution/{execution.id}/labels/{sheet.id}.pdf",
            ):
                with self.subTest(login=login, url=url):
                    self.assertEqual(self._download(url, login).status_code, 404)

    def test_letter_without_text_cannot_leave(self):
        self._create_resident("Zoé", "1 rue A")
        template = self._create_letter(body_html="<p><br></p>")

        with self.assertRaisesRegex(UserError, "has no text"):
            self._create_mailing(template_id=template.id).action_dispatch()
