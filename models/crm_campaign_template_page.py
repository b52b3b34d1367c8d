# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from lxml import etree, html
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import is_html_empty

from ..fragment import read_fragment
from ..tools.imported_page import fill_merge_fields, insert

CHIP = "background:#e7f1ff;border-radius:4px;padding:0 4px;color:#0a58ca;"


class CrmCampaignTemplate(models.Model):
    """How a template begins (a layout) and how it looks with what the company puts around it."""

    _inherit = "crm.campaign.template"

    layout = fields.Selection(
        lambda self: self._selection_layout(), string="Start From", copy=False, default="blank"
    )
    has_banner = fields.Boolean(
        string="Banner", help="The banner of the company, from Settings, at the top."
    )
    has_footer = fields.Boolean(
        string="Footer", help="The footer of the company, from Settings, at the bottom."
    )
    has_social_links = fields.Boolean(
        string="Social Links", help="The pages of the company on networks, from Settings."
    )
    is_empty = fields.Boolean(compute="_compute_is_empty")
    missing_parts = fields.Char(compute="_compute_missing_parts")
    preview_html = fields.Text(string="Preview", compute="_compute_preview_html")

    # === COMPUTE METHODS === #

    @api.depends("body_html")
    def _compute_is_empty(self):
        for template in self:
            template.is_empty = is_html_empty(template.body_html)

    @api.depends("has_banner", "has_footer", "has_social_links", "company_ids")
    @api.depends_context("company")
    def _compute_missing_parts(self):
        for template in self:
            company = template._get_preview_company()
            parts = {
                self.env._("banner"): template.has_banner and not company.campaign_banner,
                self.env._("footer"): template.has_footer and not company._get_campaign_footer(),
                self.env._("social links"): template.has_social_links
                and not company._get_campaign_social_links(),
            }
            template.missing_parts = ", ".join(label for label, missing in parts.items() if missing)

    @api.depends(
        "imported_html", "body_html", "channel", "has_banner", "has_footer", "has_social_links"
    )
    @api.depends_context("company", "lang")
    def _compute_preview_html(self):
        """Show merge fields by their names: nothing is evaluated."""
        merge_fields = self.env["crm.campaign.recipient"]._get_merge_fields()
        for template in self:
            if template.channel not in ("email", "post") or template.is_empty:
                template.preview_html = False
                continue
            page = template.imported_html if template.channel == "email" else False
            if page:
                page = fill_merge_fields(page, lambda field: self._show_field(field, merge_fields))
            else:
                page = self._show_body(template.body_html, merge_fields)
            company = template._get_preview_company()
            is_email = template.channel == "email"
            template.preview_html = str(template._dress(page, company) if is_email else page)

    @api.model
    def _show_field(self, field, merge_fields):
        """Show a merge field of an imported page."""
        label = merge_fields.get(field.expression, {}).get("label", field.expression)
        if field.context != "text":
            return str(escape(label))
        return str(Markup('<span style="%s">%s</span>') % (CHIP, label))

    @api.model
    def _show_body(self, body, merge_fields):
        """Show the merge fields of a body.

        :rtype: str
        """
        root = read_fragment(body)
        for node in root.iter(etree.Element):
            expression = node.attrib.pop("t-out", None)
            if expression:
                for child in list(node):
                    node.remove(child)
                node.tag = "span" if node.tag == "t" else node.tag
                node.text = merge_fields.get(expression, {}).get("label", expression)
                node.set("style", f"{node.get('style') or ''};{CHIP}")
        return html.tostring(root, encoding="unicode")

    def _get_preview_company(self):
        """Return the company whose banner the preview shows."""
        return self.company_ids[:1] or self.env.company

    # === ONCHANGE METHODS === #

    @api.onchange("layout")
    def _onchange_layout(self):
        """Begin with a layout; what somebody wrote is never replaced."""
        if not self.layout or not self.is_empty or self.channel != "email":
            return
        values = self._prepare_layout_vals(self.layout)
        self.update(values)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._begin_with_layout(vals) for vals in vals_list])

    @api.model
    def _begin_with_layout(self, vals):
        """Add the content of the layout that was chosen, unless there is some.

        :rtype: dict
        """
        written = vals.get("imported_html") or not is_html_empty(vals.get("body_html"))
        begun = {} if written else self._prepare_layout_vals(vals.get("layout"))
        return {**begun, **vals, "body_html": begun["body_html"]} if begun else vals

    @api.model
    def _get_content_fields(self):
        # EXTENDS crm_campaign — what is put around the body
        return [*super()._get_content_fields(), "has_banner", "has_footer", "has_social_links"]

    # === BUSINESS METHODS - LAYOUTS === #

    @api.model
    def _get_layouts(self):
        """Give the layouts that a template may begin with. Extended by integrators.

        :return: code -> ``{"label", "template": QWeb template of the body or None, "parts": names
            of the Boolean fields that it sets}``
        :rtype: dict[str, dict]
        """
        parts = ["has_banner", "has_footer", "has_social_links"]
        return {
            "blank": {"label": self.env._("Blank"), "template": None, "parts": []},
            "simple": {
                "label": self.env._("Simple"),
                "template": "crm_campaign.layout_simple",
                "parts": parts,
            },
            "columns": {
                "label": self.env._("Two Columns"),
                "template": "crm_campaign.layout_columns",
                "parts": parts,
            },
            "columns_image": {
                "label": self.env._("Two Columns with Picture"),
                "template": "crm_campaign.layout_columns_image",
                "parts": parts,
            },
        }

    @api.model
    def _selection_layout(self):
        return [(code, layout["label"]) for code, layout in self._get_layouts().items()]

    @api.model
    def _prepare_layout_vals(self, code):
        """Prepare the content with which a template begins.

        :rtype: dict
        """
        layout = self._get_layouts().get(code)
        if not layout or not layout["template"]:
            return {}
        # The layouts write merge fields with braces: QWeb must leave them alone.
        body = self.env["ir.qweb"]._render(layout["template"], {})
        vals = {"body_html": body, **dict.fromkeys(layout["parts"], True)}
        self._convert_body_placeholders(vals)
        return vals

    # === BUSINESS METHODS - COMPANY === #

    def _dress(self, body, company):
        """Put the company's banner, footer and links around a body, as the template asks.

        :param body: a body of the editor, or an imported page
        :rtype: Markup
        """
        self.ensure_one()
        top = company._get_campaign_banner() if self.has_banner else ""
        bottom = company._get_campaign_footer() if self.has_footer else ""
        if self.has_social_links:
            bottom += company._get_campaign_social_block()
        return Markup(insert(str(body or ""), str(top), str(bottom)))
