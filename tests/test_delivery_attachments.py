# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCampaignCase, read_messages, real_smtp, start_sink

PDF = b"%PDF-1.7 spring offer"


@tagged("post_install", "-at_install")
class TestDeliveryAttachments(CrmCampaignCase):
    """Files that go with the messages, as they were at departure."""

    def setUp(self):
        super().setUp()
        self._create_partners(2)

    def _create_file(self, name="offer.pdf", content=PDF, **values):
        values = {"name": name, "raw": content, "mimetype": "application/pdf", **values}
        return self.env["ir.attachment"].with_user(self.marketer).create(values)

    def _start_sink(self):
        self.sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": self.sink.host, "smtp_port": self.sink.port}
        )
        self.enterContext(real_smtp())

    def _read_files(self):
        """Return the attachments of each message that arrived."""
        return [
            [
                (part.get_filename(), part.get_content_type(), part.get_content())
                for part in message.iter_attachments()
            ]
            for message in read_messages(self.sink.folder)
        ]

    def test_files_of_template_and_operation_arrive_as_they_are(self):
        self._start_sink()
        template = self._create_template(
            attachment_ids=self._create_file("Conditions générales.pdf").ids
        )
        file = self._create_file("data.bin", bytes(range(256)) * 20, mimetype="x")

        self._sent_execution(template_id=template.id, attachment_ids=file.ids)

        expected = [
            ("Conditions générales.pdf", "application/pdf", PDF),
            ("data.bin", "application/octet-stream", bytes(range(256)) * 20),
        ]
        self.assertEqual(self._read_files(), [expected, expected])

    def test_both_texts_stay_alternatives_beside_them(self):
        self._start_sink()
        self._sent_execution(attachment_ids=self._create_file().ids)

        message = next(read_messages(self.sink.folder))

        self.assertEqual(message.get_content_type(), "multipart/mixed")
        self.assertIn("Dear Person", message.get_body(("plain",)).get_content())
        self.assertIn("<p>Dear", message.get_body(("html",)).get_content())

    def test_what_left_is_what_was_there_at_departure(self):
        self._start_sink()
        file = self._create_file()
        template = self._create_template(attachment_ids=file.ids)
        execution = self._dispatch(self._create_operation(template_id=template.id))
        file.raw = b"another text"
        template.attachment_ids = [Command.clear()]
        file.unlink()

        self._send()

        self.assertEqual(self._read_files(), [[("offer.pdf", "application/pdf", PDF)]] * 2)
        self.assertEqual(execution.attachment_ids.mapped("name"), ["offer.pdf"])

    def test_too_big_files_are_refused(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.attachments_mb", "0.5")

        with self.assertRaisesRegex(ValidationError, r"take 0\.6 MB, 0\.5 MB are allowed"):
            self._create_template(attachment_ids=self._create_file(content=b"x" * 600_000).ids)

    def test_files_of_template_and_operation_are_too_big_together(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.attachments_mb", "0.5")
        template = self._create_template(
            attachment_ids=self._create_file(content=b"x" * 300_000).ids
        )
        operation = self._create_operation(
            template_id=template.id, attachment_ids=self._create_file(content=b"y" * 300_000).ids
        )

        with self.assertRaisesRegex(ValidationError, r"take 0\.6 MB"):
            operation.action_dispatch()

    def test_links_are_no_files(self):
        link = self._create_file(type="url", url="https://www.example.com", raw=False)

        with self.assertRaises(ValidationError):
            self._create_template(attachment_ids=link.ids)

    def test_nobody_attaches_a_file_that_they_may_not_read(self):
        secret = self.env["ir.attachment"].create(
            {"name": "secret", "raw": PDF, "res_model": "res.company", "res_id": self.company.id}
        )
        self.env["ir.model.access"].search([("model_id.model", "=", "res.company")]).active = False
        self.env.registry.clear_cache()

        with self.assertRaises(AccessError):
            self._create_operation(attachment_ids=secret.ids)

    def test_who_reads_the_operation_reads_its_files(self):
        operation = self._create_operation(attachment_ids=self._create_file().ids)

        file = operation.attachment_ids.with_user(self.manager)
        self.assertEqual(file.raw, PDF)
        with self.assertRaises(AccessError):
            operation.attachment_ids.with_user(self.foreign_manager).read(["raw"])

    def test_a_copy_has_files_of_its_own(self):
        operation = self._create_operation(attachment_ids=self._create_file().ids)

        copied = operation.copy()

        self.assertEqual(copied.attachment_ids.raw, PDF)
        self.assertNotEqual(copied.attachment_ids, operation.attachment_ids)
        self.assertEqual(copied.attachment_ids.res_id, copied.id)

    def test_they_are_not_changed_after_departure(self):
        operation = self._create_operation()
        self._dispatch(operation)

        with self.assertRaisesRegex(UserError, "has already left"):
            operation.attachment_ids = self._create_file().ids

    def test_a_proof_is_void_when_a_file_is_another(self):
        file = self._create_file()
        operation = self._create_operation(needs_proof=True, attachment_ids=file.ids)
        operation.action_request_proof()
        operation.with_user(self.manager).action_approve_proof()
        self.assertTrue(operation.is_proof_valid)

        file.raw = b"another text"
        operation.invalidate_recordset()

        self.assertFalse(operation.is_proof_valid)
        with self.assertRaisesRegex(UserError, "changed since its proof"):
            operation.action_dispatch()
