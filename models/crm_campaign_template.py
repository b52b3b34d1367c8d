# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from lxml import etree
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import is_html_empty
from odoo.tools.rendering_tools import parse_inline_template
from odoo.tools.safe_eval import test_python_expr

from ..const import TEMPLATE_CHANNELS
from ..fragment import read_fragment, write_fragment


class CrmCampaignTemplate(models.Model):
    """Reusable content of messages, with merge fields.

    Rendered on ``crm.campaign.recipient`` in the host's sandbox, as the user who is responsible
    for the operation. Who is not a template editor of the host may use the merge fields of
    ``crm.campaign.recipient._get_merge_fields`` and nothing else: checked when it is written.
    """

    _name = "crm.campaign.template"
    _description = "Campaign Template"
    _inherit = ["mail.render.mixin", "mail.thread", "crm.campaign.numbered.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "code"]
    _unrestricted_rendering = True

    name = fields.Char(required=True, tracking=True)
    description = fields.Text()
    active = fields.Boolean(default=True)
    channel = fields.Selection(TEMPLATE_CHANNELS, required=True, default="email")
    purpose_id = fields.Many2one("crm.campaign.purpose", ondelete="restrict", tracking=True)
    tag_ids = fields.Many2many("utm.tag", string="Tags")
    task_type_ids = fields.Many2many(
        "crm.campaign.task.type",
        "crm_campaign_task_type_template_rel",
        "template_id",
        "type_id",
        string="Automatic Task Types",
        help="Proposed for automatic tasks of these types only. None: for all of them.",
    )
    written_in = fields.Char(
        size=2,
        copy=False,
        readonly=True,
        help="Language of a pre-written text, such as fr: automatic tasks propose the company's.",
    )
    user_id = fields.Many2one(
        "res.users", string="Author", default=lambda self: self.env.user, copy=False
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Shared With",
        default=lambda self: self.env.company,
        help="Companies that may use the template. Empty: all of them.",
    )
    locked = fields.Boolean(
        tracking=True,
        copy=False,
        help="A pre-written text: only marketing managers may change it.",
    )
    # Content
    subject = fields.Char(tracking=True)
    body_html = fields.Html(
        string="Body",
        sanitize="email_outgoing",
        render_engine="qweb",
        render_options={"post_process": True},
    )
    merge_fields_help = fields.Html(compute="_compute_merge_fields_help", sanitize=False)
    operation_count = fields.Integer(
        string="Number of Operations", compute="_compute_operation_count"
    )

    # === COMPUTE METHODS === #

    def _compute_render_model(self):
        self.render_model = "crm.campaign.recipient"

    def _compute_merge_fields_help(self):
        """Lay the merge fields out in a table by family, ready to be copied."""
        families = self.env["crm.campaign.recipient"]._get_merge_field_families()
        rows = Markup()
        for expression, info in self.env["crm.campaign.recipient"]._get_merge_fields().items():
            rows += Markup("<tr><td>%s</td><td>%s</td><td><code>%s</code></td></tr>") % (
                families.get(info["family"], info["family"]),
                info["label"],
                "{{ %s }}" % expression,
            )
        self.merge_fields_help = Markup('<table class="table table-sm">%s</table>') % rows

    def _compute_operation_count(self):
        counts = dict(
            self.env["crm.campaign.operation"]._read_group(
                [("template_id", "in", self.ids)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.operation_count = counts.get(template._origin, 0)

    # === CONSTRAINTS === #

    @api.constrains("subject", "body_html")
    def _check_syntax(self):
        for template in self:
            for expression in template._get_expressions():
                template._assert_expression(expression)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._convert_body_placeholders(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._assert_unlocked(vals)
        vals = dict(vals)
        self._convert_body_placeholders(vals)
        done = super().write(vals)
        if set(vals) & set(self._get_content_fields()):
            self.env["crm.campaign.operation"]._void_all_changed_proofs()
        return done

    @api.model
    def _get_content_fields(self):
        """Name the fields that make the content, on every channel. Extended by integrators.

        :rtype: list[str]
        """
        return ["subject", "body_html"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._assert_unlocked({"subject": False})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # Superuser: operations of other companies count too, and nothing of them is shown.
        used = (
            self.env["crm.campaign.operation"]
            .sudo()
            ._read_group([("template_id", "in", self.ids)], ["template_id"])
        )
        if used:
            raise UserError(
                self.env._(
                    "Template “%(name)s” is used by operations: archive it instead of deleting it.",
                    name=used[0][0].name,
                )
            )

    # === ACTION METHODS === #

    def action_view_operations(self):
        """Open the operations that use the template."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_operation_action"
        )
        action["domain"] = [("template_id", "=", self.id)]
        action["context"] = {"default_template_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _assert_unlocked(self, vals):
        """Refuse changes of pre-written texts by who is not a manager.

        :raise UserError: names the first locked template
        """
        if self.env.su or self.env.user.has_group("crm_campaign.crm_campaign_group_manager"):
            return
        locked_fields = self._get_locked_fields() & set(vals)
        if "locked" in vals or (locked_fields and any(self.mapped("locked"))):
            raise UserError(
                self.env._(
                    "“%(name)s” is a pre-written text: only marketing managers may change it. "
                    "Duplicate it to write your own.",
                    name=(self.filtered("locked") or self)[:1].name,
                )
            )

    def _get_locked_fields(self):
        """Name the fields that only a manager may change in a pre-written text.

        :rtype: set[str]
        """
        return {"name", "channel", "purpose_id", *self._get_content_fields()}

    def _assert_content(self):
        """Check that there is something to send.

        :raise UserError: no subject or no body
        """
        self.ensure_one()
        if not (self.subject or "").strip() or is_html_empty(self.body_html):
            raise UserError(
                self.env._("Template “%(name)s” has no subject or no body.", name=self.name)
            )

    @api.model
    def _convert_body_placeholders(self, vals):
        """Turn ``{{ object.x ||| fallback }}`` in a body into what the body's engine understands.

        People write merge fields the same way in the subject and in the body.
        """
        body = vals.get("body_html")
        if not body or "{{" not in body:
            return
        root = read_fragment(body)
        for node in list(root.iter(etree.Element)):
            self._convert_text(node, "text")
            if node is not root:
                self._convert_text(node, "tail")
        vals["body_html"] = write_fragment(root)

    @api.model
    def _convert_text(self, node, place):
        """Replace the placeholders in the text inside or after a node by nodes with ``t-out``.

        :param str place: ``text`` (inside, before the first child) or ``tail`` (after the node)
        """
        text = getattr(node, place)
        if not text or "{{" not in text:
            return
        parent = node if place == "text" else node.getparent()
        position = 0 if place == "text" else parent.index(node) + 1
        setattr(node, place, None)
        previous = None if place == "text" else node
        for literal, expression, fallback in parse_inline_template(text.replace("\xa0", " ")):
            if previous is None:
                parent.text = (parent.text or "") + literal
            else:
                previous.tail = (previous.tail or "") + literal
            if expression:
                previous = etree.Element("t", {"t-out": expression})
                previous.text = fallback.strip() or None
                parent.insert(position, previous)
                position += 1

    def _get_expressions(self):
        """List the expressions of subject and body.

        :rtype: list[str]
        """
        self.ensure_one()
        inline = [
            expression
            for _literal, expression, _default in parse_inline_template(self.subject or "")
        ]
        body = read_fragment(self.body_html)
        directives = [
            value
            for node in body.iter(etree.Element)
            for name, value in node.attrib.items()
            if name in ("t-out", "t-esc", "t-if", "t-elif") or name.startswith("t-att-")
        ]
        return [expression for expression in (*inline, *directives) if expression]

    def _assert_expression(self, expression):
        """Check the syntax of an expression without running it.

        :raise ValidationError: shows the expression
        """
        if test_python_expr(expression.strip(), mode="eval"):
            raise ValidationError(
                self.env._(
                    "Template “%(name)s”: “%(expression)s” cannot be understood.",
                    name=self.name,
                    expression=expression,
                )
            )
        if self.env["crm.campaign.recipient"]._is_unknown_path(expression):
            raise ValidationError(self._describe_unknown_field(expression))

    def _describe_unknown_field(self, expression):
        """Say that an expression is no merge field, and which one was meant.

        :rtype: str
        """
        nearest = self.env["crm.campaign.recipient"]._find_nearest_merge_field(expression)
        if not nearest:
            return self.env._(
                "“%(expression)s” is not a merge field. Choose one from the list of "
                "merge fields, or ask a template editor.",
                expression=expression,
            )
        return self.env._(
            "“%(expression)s” is not a merge field. Did you mean “%(label)s”: {{ %(nearest)s }}?",
            expression=expression,
            label=nearest[1],
            nearest=nearest[0],
        )

    def _check_access_right_dynamic_template(self):
        # OVERRIDE mail — same check, but the message names the expression and says what to do
        if self.env.su or self.env.user.has_group("mail.group_mail_template_editor"):
            return
        allowed = set(self.env["crm.campaign.recipient"].mail_allowed_qweb_expressions())
        for template in self:
            for expression in template._get_expressions():
                if expression.strip() not in allowed:
                    raise AccessError(template._describe_unknown_field(expression))
        super()._check_access_right_dynamic_template()
