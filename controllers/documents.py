# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io

from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import Response, content_disposition, request
from odoo.tools import SQL

MIME_TYPES = {
    "pdf": "application/pdf",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class CrmCampaignDocumentController(http.Controller):
    """Downloads of letters and labels: record rules say who may, files come from the disk."""

    @http.route(
        "/crm_campaign/execution/<int:execution_id>/letters.<string:kind>",
        type="http",
        auth="user",
    )
    def download_letters(self, execution_id, kind="pdf", **_kwargs):
        """Download the letters of an execution that are made, each recipient's once.

        :param str kind: ``pdf`` (one document where that is possible) or ``zip``
        """
        execution = self._find("crm.campaign.execution", execution_id)
        places = request.env["crm.campaign.piece"]._read_places(
            SQL("r.execution_id = %s", execution.id)
        )
        name = f"{execution.operation_id.code}-{execution.id}"
        return self._send_letters(places, name, as_archive=kind == "zip")

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
        return self._send(io.BytesIO(content), f"labels-{execution.id}.pdf")

    # --- helpers ---

    def _find(self, model, record_id):
        """Return a record that the user may read."""
        record = request.env[model].search([("id", "=", record_id)])
        if not record:
            raise NotFound()
        return record

    def _send_letters(self, places, name, as_archive=False):
        """Send letters in one file; the right to read them was checked.

        :param places: as ``crm.campaign.piece._read_places`` gives them
        """
        if not places:
            raise NotFound()
        return self._send(
            *request.env["crm.campaign.piece"]._open_download(places, name, as_archive)
        )

    def _send(self, stream, name):
        """Send a file from the disk as the client reads it, which closes it at the end."""
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        return Response(
            wrap_file(request.httprequest.environ, stream),
            headers=[
                ("Content-Type", MIME_TYPES[name.rsplit(".", 1)[-1]]),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(name)),
            ],
            direct_passthrough=True,
        )
