# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
import os
import shutil
import tempfile
import zipfile

from odoo import api, models
from odoo.tools.pdf import PdfReader, PdfWriter

from ..word import extract

# Above that, letters are downloaded as an archive of their parts: one document would have to be
# held in memory, and no printer takes it anyway.
LARGEST_PDF_MB = 50


class CrmCampaignPiece(models.Model):
    """Letters put together for a download, each recipient's once."""

    _inherit = "crm.campaign.piece"

    @api.model
    def _open_download(self, places, name, as_archive=False):
        """Put letters together in a file that is deleted when it is closed.

        One document where that is possible: PDF up to a size, Word of one part. Otherwise an
        archive of the parts, which are copied one by one, so that memory does not grow with them.
        The caller has checked the right to read them.

        :param places: as ``_read_places`` gives them; not empty
        :param str name: of the file, without its extension
        :param bool as_archive: whether an archive is asked for
        :return: file, open at its beginning, and its name
        :rtype: tuple[BinaryIO, str]
        """
        parts = {}
        for part_id, first, count in places:
            parts.setdefault(part_id, []).append((first, count))
        # Superuser: see above.
        attachments = self.env["ir.attachment"].sudo().browse(parts)
        extensions = {part.name.rsplit(".", 1)[-1] for part in attachments}
        size = sum(attachments.mapped("file_size"))
        stream = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the caller
        if extensions == {"pdf"} and not as_archive and size <= self._get_largest_pdf():
            self._write_pdf(stream, places)
            extension = "pdf"
        elif extensions == {"docx"} and not as_archive and len(parts) == 1:
            self._write_part(stream, attachments, parts[attachments.id])
            extension = "docx"
        else:
            self._write_archive(stream, attachments, parts)
            extension = "zip"
        stream.seek(0)
        return stream, f"{name}.{extension}"

    @api.model
    def _get_largest_pdf(self):
        """Return the bytes up to which letters are downloaded as one PDF."""
        # Superuser: a setting of the server, of which nothing is shown.
        parameters = self.env["ir.config_parameter"].sudo()
        megabytes = parameters.get_param("crm_campaign.largest_pdf_mb", LARGEST_PDF_MB)
        return float(megabytes) * 1024**2

    @api.model
    def _write_archive(self, stream, attachments, parts):
        """Write an archive of the parts; what is compressed already is stored as it is."""
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for number, part in enumerate(attachments.sorted("id"), start=1):
                name = f"{number:04d}-{part.name}"
                with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
                    self._write_part(target, part, parts[part.id])

    @api.model
    def _write_part(self, stream, part, places):
        """Write the pieces of one part that count: all of it, or what is taken out of it.

        :param places: (position, extent) of the pieces
        """
        with self._open_part(part) as source:
            # Superuser: as in _open_download; users have no right on pieces.
            if len(places) == self.sudo().search_count([("attachment_id", "=", part.id)]):
                shutil.copyfileobj(source, stream)
            elif part.name.endswith(".docx"):
                stream.write(extract(source.read(), places))
            else:
                self._write_pages(stream, [(PdfReader(source), *place) for place in places])

    @api.model
    def _write_pdf(self, stream, places):
        """Write the pages at some places as one document.

        :param places: as ``_read_places`` gives them
        """
        Attachment = self.env["ir.attachment"].sudo()
        readers = {
            part_id: PdfReader(self._open_part(Attachment.browse(part_id)))
            for part_id in dict.fromkeys(part_id for part_id, _first, _count in places)
        }
        self._write_pages(stream, [(readers[part_id], *place) for part_id, *place in places])
        for reader in readers.values():
            reader.stream.close()

    @api.model
    def _write_pages(self, stream, places):
        """Write pages as one document.

        :param places: tuples (reader, first page, number of pages)
        """
        writer = PdfWriter()
        for reader, first, count in places:
            for page in range(first, first + count):
                writer.add_page(reader.pages[page])
        document = io.BytesIO()
        writer.write(document)
        stream.write(document.getvalue())

    @api.model
    def _open_part(self, part):
        """Open a part, from the disk where it is there."""
        path = part.store_fname and part._full_path(part.store_fname)
        if path and os.path.exists(path):
            return open(path, "rb")
        return io.BytesIO(part.raw)
