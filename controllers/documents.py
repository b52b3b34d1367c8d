# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
import tempfile

from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import Response, content_disposition, request
from odoo.tools import SQL
from odoo.tools.pdf import PdfReader, PdfWriter


class CrmCampaignDocumentController(http.Controller):
    """Downloads of letters and labels: record rules say who may, files come from the disk."""

    @http.route("/crm_campaign/execution/<int:execution_id>/letters.pdf", type="http", auth="user")
    def download_letters(self, execution_id, **_kwargs):
        """Download the letters of an execution that are made, each recipient's once."""
        execution = self._find("crm.campaign.execution", execution_id)
        places = request.env["crm.campaign.piece"]._read_places(
            SQL("r.execution_id = %s", execution.id)
        )
        return self._send_letters(places, f"{execution.operation_id.code}-{execution.id}")

    @http.route("/crm_campaign/letters.pdf", type="http", auth="user")
    def reprint_letters(self, recipient_ids="", **_kwargs):
        """Download the letters of some recipients again.

        :param str recipient_ids: ids with commas between them
        """
        try:
            ids = [int(text) for text in recipient_ids.split(",")]
        except ValueError as error:
            raise BadRequest() from error
        recipients = request.env["crm.campaign.recipient"].search([("id", "in", ids)])
        if not recipients:
            raise NotFound()
        places = request.env["crm.campaign.piece"]._read_places(
            SQL("r.id IN %s", tuple(recipients.ids))
        )
        return self._send_letters(places, f"letters-{recipients[0].id}")

    @http.route(
        "/crm_campaign/execution/<int:execution_id>/labels/<int:sheet_id>.pdf",
        type="http",
        auth="user",
    )
    def print_labels(self, execution_id, sheet_id, first="1", **_kwargs):
        """Download labels for the included people of an execution.

        :param str first: label of the first sheet on which to begin, counted from 1
        """
        execution = self._find("crm.campaign.execution", execution_id)
        sheet = self._find("crm.campaign.label.sheet", sheet_id)
        if not first.isdecimal():
            raise BadRequest()
        # Superuser: these addresses were frozen with the rights of the responsible; who may read
        # the execution may read them, whatever became of the contacts.
        content = sheet.sudo()._print(execution.sudo(), int(first))
        return self._send_pdf(io.BytesIO(content), f"labels-{execution.id}")

    # --- helpers ---

    def _find(self, model, record_id):
        """Return a record that the user may read."""
        record = request.env[model].search([("id", "=", record_id)])
        if not record:
            raise NotFound()
        return record

    def _send_letters(self, places, name):
        """Send the pages at some places as one document.

        :param places: as ``crm.campaign.piece._read_places`` gives them
        """
        if not places:
            raise NotFound()
        # Superuser: the right to read the execution or the recipients was checked.
        Attachment = request.env["ir.attachment"].sudo()
        readers = {
            part_id: self._open(Attachment.browse(part_id))
            for part_id in dict.fromkeys(part_id for part_id, _first, _count in places)
        }
        writer = PdfWriter()
        for part_id, first, count in places:
            for page in range(first, first + count):
                writer.add_page(readers[part_id].pages[page])
        # Sent from the disk as the client reads it, which closes the file at the end.
        stream = tempfile.TemporaryFile()  # noqa: SIM115
        writer.write(stream)
        return self._send_pdf(stream, name)

    def _open(self, attachment):
        """Open a part, from the disk where it is there."""
        if attachment.store_fname:
            path = attachment._full_path(attachment.store_fname)
            return PdfReader(open(path, "rb"))  # noqa: SIM115 - closed with the response
        return PdfReader(io.BytesIO(attachment.raw))

    def _send_pdf(self, stream, name):
        stream.seek(0)
        return Response(
            wrap_file(request.httprequest.environ, stream),
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{name}.pdf")),
            ],
            direct_passthrough=True,
        )
