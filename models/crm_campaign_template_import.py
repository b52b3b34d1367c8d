# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import FOREIGN_FIELDS, FOREIGN_PLACEHOLDERS
from ..tools.imported_html import clean
from ..tools.imported_page import find_foreign, find_merge_fields, get_body, replace_foreign

# One character is one byte at least: what readers and browsers take without pain.
MAX_LENGTH = 2_000_000
# Gmail cuts messages there.
CLIPPED_LENGTH = 102_000
BRACES = re.compile(r"\{\{(.+?)\}\}")


class CrmCampaignTemplate(models.Model):
    """Templates made elsewhere: a page of HTML that leaves as it came.

    The host's fields of HTML write what they are given again, which would lose the head, the
    styles and what only Outlook reads. So the page is kept as text, cleaned by our own kernel
    whoever writes it, never seen by QWeb, and its merge fields are looked up, never evaluated.
    ``body_html`` holds what the host makes of it, for whoever wants the content without the page.
    """

    _inherit = "crm.campaign.template"

    imported_html = fields.Text(
        string="Imported HTML",
        help="Sent as it is, with merge fields filled and links tracked.",
    )
    is_imported = fields.Boolean(
        string="Imported", compute="_compute_is_imported", store=True, precompute=True
    )
    import_notes = fields.Text(readonly=True, copy=False)
    unknown_placeholders = fields.Char(compute="_compute_unknown_placeholders")

    # === COMPUTE METHODS === #

    @api.depends("imported_html")
    def _compute_is_imported(self):
        for template in self:
            template.is_imported = bool(template.imported_html)

    @api.depends("imported_html")
    def _compute_unknown_placeholders(self):
        for template in self:
            template.unknown_placeholders = ", ".join(find_foreign(template.imported_html or ""))

    # === CONSTRAINTS === #

    @api.constrains("imported_html")
    def _check_imported_html(self):
        """Refuse what was not cleaned, by whatever way it came (a default value, for instance)."""
        for template in self.filtered("imported_html"):
            if self._clean_imported(template.imported_html)[0] != template.imported_html:
                raise ValidationError(self.env._("This HTML must be imported again."))
            template._check_imported_fields()

    def _check_imported_fields(self):
        """Check that what is filled is a merge field, for template editors too.

        :raise ValidationError: names the first other one
        """
        allowed = self.env["crm.campaign.recipient"]._get_merge_fields()
        for field in find_merge_fields(self.imported_html):
            if field.expression not in allowed:
                raise ValidationError(self._describe_unknown_field(field.expression))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_imported_vals(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._prepare_imported_vals(vals)
        if "body_html" in vals and "imported_html" not in vals and any(self.mapped("is_imported")):
            # The last one who writes is right.
            vals |= {"imported_html": False, "import_notes": False}
        return super().write(vals)

    @api.model
    def _get_content_fields(self):
        # EXTENDS crm_campaign — the page
        return [*super()._get_content_fields(), "imported_html"]

    # === ACTION METHODS === #

    def action_import_html(self):
        """Choose a file for this template."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_campaign.crm_campaign_template_import_action"
            ),
            "context": {"default_template_id": self.id},
        }

    def action_edit_imported(self):
        """Leave the imported page for what the editor can show of it."""
        self.ensure_one()
        self.write({"imported_html": False})

    # === BUSINESS METHODS === #

    def _import_html(self, source):
        """Take a page over: placeholders replaced, dangers taken out.

        :param str source: the page
        :raise UserError: nothing can be made of it
        """
        self.ensure_one()
        page, left_out, unknown = replace_foreign(
            source, FOREIGN_PLACEHOLDERS, self._get_foreign_fields()
        )
        page, removed = self._clean_imported(page)
        if not get_body(page).strip():
            raise UserError(self.env._("There is nothing to send in this file."))
        still_there = [name for name in unknown if name in page]
        notes = self._describe_import(removed, left_out, still_there, len(page.encode()))
        # Alone in its write: the notes are about this page.
        self.write({"imported_html": page, "channel": "email"})
        self.import_notes = "\n".join(notes)

    @api.model
    def _get_foreign_fields(self):
        """Give our merge fields for the names of other tools. Extended by integrators.

        :return: name in lower-case letters and digits -> expression, local address or ""
        :rtype: dict[str, str]
        """
        known = self.env["crm.campaign.recipient"]._get_merge_fields()
        return {
            name: next(target for target in targets if target in known or target[:1] in ("", "/"))
            for name, targets in FOREIGN_FIELDS.items()
        }

    @api.model
    def _clean_imported(self, source):
        """Take dangers out of a page; see ``clean``.

        :raise ValidationError: it is too long, or cannot be cleaned
        """
        if len(source) > MAX_LENGTH:
            raise ValidationError(
                self.env._("This HTML is too long: %(mb)s MB at most.", mb=MAX_LENGTH // 1_000_000)
            )
        try:
            return clean(source)
        except ValueError as error:
            raise ValidationError(
                self.env._("This HTML is made to deceive its readers: it cannot be imported.")
            ) from error

    @api.model
    def _prepare_imported_vals(self, vals):
        """Clean a page that is about to be written, and make the body that goes with it.

        :rtype: dict
        """
        if "imported_html" not in vals:
            return vals
        page = vals["imported_html"]
        if not page:
            return {**vals, "import_notes": False}
        page, _removed = self._clean_imported(page)
        return {
            **vals,
            "imported_html": page,
            "body_html": self._get_rendition(page),
            "import_notes": False,
        }

    @api.model
    def _get_rendition(self, page):
        """Give what the host's editor can show of a page; placeholders of others in brackets."""
        allowed = self.env["crm.campaign.recipient"]._get_merge_fields()

        def neutralise(match):
            is_ours = match[1].partition("|||")[0].strip() in allowed
            return match[0] if is_ours else f"[{match[1].strip()}]"

        return BRACES.sub(neutralise, get_body(page))

    @api.model
    def _has_unsafe_expression_template_inline_template(self, template_txt, model, fname=None):
        # EXTENDS mail — braces of other tools in a page are text: they are never evaluated, and
        # ours are checked by _check_imported_fields
        if fname in ("imported_html", "import_notes", "unknown_placeholders", "preview_html"):
            return False
        return super()._has_unsafe_expression_template_inline_template(template_txt, model, fname)

    @api.model
    def _describe_import(self, removed, left_out, unknown, size):
        """Say what became of a file.

        :param dict removed: as ``clean`` counts
        :return: sentences
        :rtype: list[str]
        """
        labels = self._get_removal_labels()
        parts = [f"{labels.get(kind, kind)} ({count})" for kind, count in removed.items()]
        notes = []
        if parts:
            notes.append(self.env._("Taken out: %(parts)s.", parts=", ".join(parts)))
        if left_out:
            notes.append(
                self.env._(
                    "Left out, because the name of a contact is one field: %(names)s.",
                    names=", ".join(left_out),
                )
            )
        if unknown:
            notes.append(
                self.env._(
                    "Unknown placeholders, to be replaced before departure: %(names)s.",
                    names=", ".join(unknown),
                )
            )
        if size > CLIPPED_LENGTH:
            notes.append(
                self.env._(
                    "Long: Gmail shows the first 102 kB only, this is %(kb)s kB.", kb=size // 1000
                )
            )
        return notes

    @api.model
    def _get_removal_labels(self):
        """Name what is taken out of imported pages.

        :rtype: dict[str, str]
        """
        return {
            "script": self.env._("scripts and drawings"),
            "handler": self.env._("event handlers"),
            "form": self.env._("forms"),
            "frame": self.env._("frames and embedded objects"),
            "link": self.env._("unsafe addresses"),
            "style": self.env._("unsafe styles"),
            "redirection": self.env._("redirections"),
            "template": self.env._("template directives"),
            "comment": self.env._("unsafe comments"),
            "broken": self.env._("broken HTML"),
        }

    def _assert_content(self):
        # EXTENDS crm_campaign — nobody receives placeholders
        result = super()._assert_content()
        if self.channel == "email" and self.unknown_placeholders:
            raise UserError(
                self.env._(
                    "Template “%(name)s” holds placeholders that nothing fills: %(placeholders)s. "
                    "Replace them in its source.",
                    name=self.name,
                    placeholders=self.unknown_placeholders,
                )
            )
        return result
