# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
from pathlib import PurePath

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.imported_page import decode, get_title

MAX_BYTES = 2_000_000


class CrmCampaignTemplateImport(models.TransientModel):
    """Make a template of a file of HTML, or replace what a template holds."""

    _name = "crm.campaign.template.import"
    _description = "Import HTML"

    template_id = fields.Many2one("crm.campaign.template", ondelete="cascade")
    file = fields.Binary(string="HTML File", required=True, attachment=False)
    file_name = fields.Char()

    def action_import(self):
        """Import the file and show the template.

        :raise UserError: this is no file of HTML
        """
        self.ensure_one()
        source = self._read_file()
        template = self.template_id
        if not template:
            name = get_title(source) or PurePath(self.file_name or "").stem
            template = template.create({"name": name or self.env._("Imported"), "channel": "email"})
        template._import_html(source)
        return {
            "type": "ir.actions.act_window",
            "res_model": template._name,
            "res_id": template.id,
            "views": [(False, "form")],
        }

    def _read_file(self):
        """Return the page in the file.

        :raise UserError: it is too long or no HTML
        """
        data = base64.b64decode(self.file)
        if len(data) > MAX_BYTES:
            raise UserError(
                self.env._("This file is too long: %(mb)s MB at most.", mb=MAX_BYTES // 1_000_000)
            )
        suffix = PurePath(self.file_name or "").suffix.lower()
        if data.startswith(b"PK") or suffix == ".zip":
            raise UserError(
                self.env._(
                    "This is an archive. Unpack it, put its pictures on a web site, and import the "
                    "file that ends with .html."
                )
            )
        try:
            if suffix not in ("", ".html", ".htm"):
                raise ValueError(suffix)
            return decode(data)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%(name)s” is not a file of HTML (.html or .htm).", name=self.file_name or "?"
                )
            ) from error
