# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import csv
import io
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.modules.module import get_module_path
from odoo.tests import tagged

from odoo.addons.base.models.ir_attachment import IrAttachment

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestChannelFile(CrmCampaignCase):
    """Files of recipients, read back by what reads such files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer.group_ids += cls.env.ref("base.group_allow_export")

    @classmethod
    def _create_file_template(cls, file_format, **values):
        values = {
            "name": "Mail House",
            "channel": "file",
            "subject": False,
            "body_html": False,
            "file_format": file_format,
            "column_ids": [
                (0, 0, {"expression": "object.partner_id.name"}),
                (0, 0, {"expression": "object.partner_id.phone", "name": "=Phone"}),
                (0, 0, {"expression": "object.campaign_id.title"}),
            ],
            **values,
        }
        return cls._create_template(**values)

    def _make_file(self, file_format, **values):
        template = values.pop("template", None) or self._create_file_template(file_format)
        return self._sent_execution(channel="file", template_id=template.id, **values)

    def test_csv_has_headings_and_a_neutral_line_for_each_recipient(self):
        self._create_partner("Zoé, the first", phone="+33 6 12")
        self._create_partner("=1+1")

        execution = self._make_file("csv")

        text = execution.file_ids.raw.decode("utf-8-sig")
        self.assertEqual(
            list(csv.reader(io.StringIO(text))),
            [
                ["Name", "'=Phone", "Campaign"],
                ["Zoé, the first", "'+33 6 12", "Spring"],
                ["'=1+1", "", "Spring"],
            ],
        )
        self.assertEqual(execution.operation_id.state, "done")
        self.assertFigures(execution, sent=2)

    def test_workbook_holds_texts_and_no_formula(self):
        self._create_partner("=1+1", phone="007")

        execution = self._make_file("xlsx")

        sheet = load_workbook(io.BytesIO(execution.file_ids.raw)).active
        self.assertEqual(
            [[cell.value for cell in row] for row in sheet.iter_rows()],
            [["Name", "'=Phone", "Campaign"], ["'=1+1", "007", "Spring"]],
        )
        self.assertEqual({cell.data_type for cell in sheet[2]}, {"s"})

    def test_xml_is_valid_against_the_schema_that_ships(self):
        self._create_partner("Zoé <&> \x0bCo", phone="=1")
        self._create_partner("Loïc")

        execution = self._make_file("xml")

        schema = etree.XMLSchema(
            etree.parse(f"{get_module_path('crm_campaign')}/static/xsd/recipients.xsd")
        )
        root = etree.fromstring(execution.file_ids.raw)
        schema.assertValid(root)
        self.assertEqual(root.get("count"), "2")
        first = root[0]
        self.assertEqual(
            [(field.get("name"), field.get("label"), field.text) for field in first],
            [
                ("object.partner_id.name", "Name", "Zoé <&> Co"),
                ("object.partner_id.phone", "=Phone", "=1"),
                ("object.campaign_id.title", "Campaign", "Spring"),
            ],
        )

    def test_schema_refuses_what_is_no_file_of_recipients(self):
        schema = etree.XMLSchema(
            etree.parse(f"{get_module_path('crm_campaign')}/static/xsd/recipients.xsd")
        )
        for text in ("<recipients/>", "<people/>"):
            with self.subTest(text):
                self.assertFalse(schema.validate(etree.fromstring(text)))

    def test_every_merge_field_fits_the_schema(self):
        self._create_partner("Zoé")
        expressions = self.env["crm.campaign.recipient"]._get_merge_fields()
        template = self._create_file_template(
            "xml", column_ids=[(0, 0, {"expression": code}) for code in expressions]
        )

        execution = self._make_file("xml", template=template)

        schema = etree.XMLSchema(
            etree.parse(f"{get_module_path('crm_campaign')}/static/xsd/recipients.xsd")
        )
        schema.assertValid(etree.fromstring(execution.file_ids.raw))

    def test_file_is_named_after_template_login_and_moment(self):
        self._create_partner("Zoé")
        self.marketer.tz = "Europe/Paris"
        template = self._create_file_template("csv", name="Mail / House")

        with freeze_time("2026-03-02 10:15:30"):
            execution = self._make_file("csv", template=template)

        self.assertEqual(
            execution.file_ids.name, "Mail - House_campaign_marketer_2026-03-02_11-15-30.csv"
        )

    def test_no_address_is_needed_and_archived_people_are_out(self):
        bare = self._create_partner("Bare")
        gone = self._create_partner("Gone", active=False)
        target = self._create_target(
            domain=f"[('category_id', 'in', [{self.tag.id}]), ('active', 'in', [True, False])]"
        )

        execution = self._make_file("csv", target_id=target.id)

        self.assertRecipients(
            execution,
            [{"partner": bare, "state": "sent"}, {"partner": gone, "exclusion": "archived"}],
        )

    def test_batches_make_one_file_in_the_order_of_the_recipients(self):
        self._create_partners(5)
        Channel = self.registry["crm.campaign.channel.file"]

        with patch.object(Channel, "_batch_size", 2):
            execution = self._make_file("csv")

        rows = list(csv.reader(io.StringIO(execution.file_ids.raw.decode("utf-8-sig"))))
        self.assertEqual([row[0] for row in rows[1:]], [f"Person {n}" for n in range(1, 6)])

    def test_field_that_raises_fails_alone(self):
        good, bad = self._create_partners(2)
        Channel = self.registry["crm.campaign.channel.file"]
        look_up = Channel._look_up

        def stumble(channel, recipient, expression):
            if recipient.partner_id == bad:
                raise ValueError("no such thing")
            return look_up(channel, recipient, expression)

        with patch.object(Channel, "_look_up", stumble):
            execution = self._make_file("csv")

        self.assertRecipients(
            execution, [{"partner": good, "state": "sent"}, {"partner": bad, "state": "failed"}]
        )
        self.assertEqual(self._get_recipient(execution, bad).failure_reason, "no such thing")
        self.assertEqual(len(execution.file_ids.raw.splitlines()), 2)
        execution.operation_id.action_retry()
        self._send()
        self.assertEqual(len(execution.file_ids), 2)
        self.assertEqual(len(execution.file_ids[0].raw.splitlines()), 3)

    def test_disk_full_at_the_end_is_an_error_and_a_retry_writes_the_file(self):
        self._create_partners(2)
        operation = self._create_operation(
            channel="file", template_id=self._create_file_template("csv").id
        )
        execution = self._dispatch(operation)
        write = IrAttachment._file_write
        calls = []

        def fail_the_second_time(attachments, content, checksum):
            calls.append(checksum)
            if len(calls) == 2:
                raise OSError(28, "No space left on device")
            return write(attachments, content, checksum)

        with patch.object(IrAttachment, "_file_write", fail_the_second_time):
            self._send()

        self.assertEqual(operation.state, "error")
        self.assertIn("No space left on device", operation.error_message)
        self.assertFigures(execution, sent=2)
        self.assertFalse(execution.file_ids)
        operation.action_retry()
        self._send()
        self.assertEqual(operation.state, "done")
        self.assertEqual(len(execution.file_ids.raw.splitlines()), 3)

    def test_who_may_not_export_makes_no_file(self):
        self._create_partner("Zoé")
        operation = self._create_operation(
            channel="file", template_id=self._create_file_template("csv").id
        )
        self.marketer.group_ids -= self.env.ref("base.group_allow_export")

        with self.assertRaisesRegex(UserError, "may not export"):
            operation.action_dispatch()

    def test_template_without_columns_cannot_leave(self):
        self._create_partner("Zoé")
        template = self._create_file_template("csv", column_ids=[])

        with self.assertRaisesRegex(UserError, "has no column"):
            self._create_operation(channel="file", template_id=template.id).action_dispatch()

    def test_column_is_a_merge_field_and_nothing_else(self):
        with self.assertRaisesRegex(UserError, "not a merge field"):
            self._create_file_template(
                "csv", column_ids=[(0, 0, {"expression": "object.env", "name": "x"})]
            )

    def test_columns_of_a_locked_template_are_locked(self):
        template = self._create_file_template("csv")
        template.with_user(self.manager).locked = True

        with self.assertRaisesRegex(UserError, "pre-written"):
            template.column_ids[0].name = "Other"
        with self.assertRaisesRegex(UserError, "pre-written"):
            template.file_format = "xml"

    def test_columns_of_others_are_not_changed(self):
        template = self._create_file_template("csv")

        with self.assertRaises(AccessError):
            template.column_ids[0].with_user(self.other_marketer).name = "Other"
