# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import tempfile

import xlsxwriter
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wsgi import wrap_file

from odoo import fields, http
from odoo.http import Response, content_disposition, request

from ..tools.spreadsheet import neutralise

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows read and forgotten at a time.
CHUNK = 2000


class CrmCampaignExportController(http.Controller):
    @http.route(
        "/crm_campaign/execution/<int:execution_id>/recipients.xlsx", type="http", auth="user"
    )
    def export_recipients(self, execution_id, **_kwargs):
        """Download all targeted people of an execution with their status.

        As the user: record rules and the host's right to export hold. Rows are written to disk as
        they are read, so that the memory does not grow with their number.
        """
        execution = request.env["crm.campaign.execution"].search([("id", "=", execution_id)])
        if not execution:
            raise NotFound()
        if not request.env.user.has_group("base.group_allow_export"):
            raise Forbidden()
        # Sent from the disk as the client reads it, which closes the file at the end.
        stream = tempfile.TemporaryFile()  # noqa: SIM115
        self._write_workbook(execution, stream)
        stream.seek(0)
        name = f"{execution.operation_id.code}-{execution.id}.xlsx"
        return Response(
            wrap_file(request.httprequest.environ, stream),
            headers=[
                ("Content-Type", XLSX_TYPE),
                ("Content-Disposition", content_disposition(name)),
            ],
            direct_passthrough=True,
        )

    def _write_workbook(self, execution, stream):
        """Write one row a recipient, chunk by chunk."""
        columns = self._get_columns(execution)
        workbook = xlsxwriter.Workbook(
            stream,
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        sheet = workbook.add_worksheet()
        sheet.write_row(
            0, 0, [label for label, _value in columns], workbook.add_format({"bold": 1})
        )
        Recipient = request.env["crm.campaign.recipient"]
        last_id, line = 0, 1
        while recipients := Recipient.search(
            [("execution_id", "=", execution.id), ("id", ">", last_id)], order="id", limit=CHUNK
        ):
            for recipient in recipients:
                values = [value(recipient) for _label, value in columns]
                sheet.write_row(line, 0, [neutralise(text) for text in values])
                line += 1
            last_id = recipients[-1].id
            recipients.env.invalidate_all()
        workbook.close()

    def _get_columns(self, execution):
        """Give the columns of the export. Extended by integrators.

        :return: pairs of a label and a function of a recipient that returns a text
        :rtype: list[tuple[str, Callable]]
        """
        Recipient = request.env["crm.campaign.recipient"]
        labels = {
            name: Recipient._fields[name]._description_string(request.env)
            for name in Recipient._fields
        }

        def selection(name):
            options = dict(Recipient._fields[name]._description_selection(request.env))
            return labels[name], lambda recipient: options.get(recipient[name], "")

        def text(name):
            return labels[name], lambda recipient: recipient[name] or ""

        def moment(name):
            # In the time zone of who exports, as on the screen.
            return labels[name], lambda recipient: self._format_moment(recipient, recipient[name])

        return [
            (labels["partner_id"], lambda recipient: recipient.partner_id.display_name or ""),
            (
                labels["company_partner_id"],
                lambda recipient: recipient.company_partner_id.display_name or "",
            ),
            text("email"),
            selection("state"),
            selection("exclusion"),
            text("failure_reason"),
            *(
                moment(name)
                for name in (
                    "sent_at",
                    "opened_at",
                    "clicked_at",
                    "replied_at",
                    "unsubscribed_at",
                )
            ),
        ]

    def _format_moment(self, recipient, value):
        """Write a moment (UTC) in the time zone of who exports, as on the screen."""
        if not value:
            return ""
        return f"{fields.Datetime.context_timestamp(recipient, value):%Y-%m-%d %H:%M:%S}"
