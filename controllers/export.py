# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import tempfile

from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import Response, content_disposition, request

from ..cells import get_column
from ..table_files import write_csv, write_xlsx
from ..tools.spreadsheet import neutralise

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows read and forgotten at a time.
CHUNK = 2000


# File format -> content type and function that writes it.
WRITERS = {"xlsx": (XLSX_TYPE, write_xlsx), "csv": ("text/csv;charset=utf-8", write_csv)}


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
        recipients = request.env["crm.campaign.recipient"]
        query = recipients._search([("execution_id", "=", execution.id)], order="id")
        kind = "task" if execution.task_id else "message"
        name = f"{execution.operation_id.code or kind}-{execution.id}"
        columns = self._get_columns(execution)
        return self._download(name, "xlsx", columns, recipients, query)

    @http.route(
        "/crm_campaign/target/<int:target_id>/records.<string:file_format>",
        type="http",
        auth="user",
    )
    def export_target(self, target_id, file_format, **_kwargs):
        """Download the records of a target with the columns chosen there, as they are now.

        As the user: record rules and the host's right to export hold.
        """
        target = request.env["crm.campaign.target"].search([("id", "=", target_id)])
        if not target or file_format not in WRITERS:
            raise NotFound()
        target._assert_domain()
        people = target._get_people()
        query = people._search(target._get_full_domain(), order="id")
        return self._download(target.code, file_format, target._get_columns(), people, query)

    @http.route(
        "/crm_campaign/operation/<int:operation_id>/<string:page>.<any(csv,xlsx):file_format>",
        type="http",
        auth="user",
    )
    def export_page(self, operation_id, page, file_format, **_kwargs):
        """Download the follow-up of a mass action, or the leads it obtained: the page to print.

        As the user: record rules and the host's right to export hold.
        """
        operation = request.env["crm.campaign.operation"].search([("id", "=", operation_id)])
        pages = operation._get_pages()
        if not operation or page not in pages:
            raise NotFound()
        _title, model, domain, names = pages[page]
        records = request.env[model].with_context(**operation._page_context)
        columns = [get_column(records, name) for name in names]
        name = f"{operation.code}-{page.replace('_', '-')}"
        return self._download(name, file_format, columns, records, records._search(domain))

    def _download(self, name, file_format, columns, model, query):
        """Write records to the disk as they are read, so that memory does not grow with them.

        :param columns: pairs of a label and a function of a record that returns a text
        :param model: empty recordset of the records
        :param query: the records, in their order
        """
        if not request.env.user.has_group("base.group_allow_export"):
            raise Forbidden()
        # Sent from the disk as the client reads it, which closes the file at the end.
        stream = tempfile.TemporaryFile()  # noqa: SIM115
        mimetype, write = WRITERS[file_format]
        rows = self._read_rows(columns, model, query.get_result_ids())
        write(stream, [label for label, _get_text in columns], rows)
        stream.seek(0)
        return Response(
            wrap_file(request.httprequest.environ, stream),
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(f"{name}.{file_format}")),
            ],
            direct_passthrough=True,
        )

    def _read_rows(self, columns, model, ids):
        """Give the texts of each record, chunk by chunk; none of them is a formula."""
        for start in range(0, len(ids), CHUNK):
            for record in model.browse(ids[start : start + CHUNK]):
                yield [neutralise(get_text(record)) for _label, get_text in columns]
            model.env.invalidate_all()

    def _get_columns(self, execution):
        """Give the columns of the export. Extended by integrators.

        :return: pairs of a label and a function of a recipient that returns a text
        :rtype: list[tuple[str, Callable]]
        """
        names = (
            "partner_id",
            "company_partner_id",
            execution._get_channel()._address_column,
            "state",
            "exclusion",
            "failure_reason",
            "sent_at",
            "opened_at",
            "clicked_at",
            "replied_at",
            "unsubscribed_at",
        )
        recipients = request.env["crm.campaign.recipient"]
        return [get_column(recipients, name) for name in names]
