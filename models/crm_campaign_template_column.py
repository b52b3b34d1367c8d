# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import FILE_FORMATS


class CrmCampaignTemplate(models.Model):
    """Templates of files: a format and columns instead of a text."""

    _inherit = "crm.campaign.template"

    file_format = fields.Selection(FILE_FORMATS, default="xlsx", tracking=True)
    column_ids = fields.One2many("crm.campaign.template.column", "template_id", copy=True)

    @api.model
    def _get_content_fields(self):
        # EXTENDS crm_campaign — the content of a file
        return [*super()._get_content_fields(), "file_format", "column_ids"]


class CrmCampaignTemplateColumn(models.Model):
    """One column of a file: a merge field and its heading. Written by users, in the template."""

    _name = "crm.campaign.template.column"
    _description = "Column of a Campaign File"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "crm.campaign.template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    # Nothing but merge fields, so nothing is ever evaluated.
    expression = fields.Selection(
        lambda self: self._selection_expression(), string="Merge Field", required=True
    )
    name = fields.Char(
        string="Heading",
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )

    @api.model
    def _selection_expression(self):
        merge_fields = self.env["crm.campaign.recipient"]._get_merge_fields()
        return [(expression, info["label"]) for expression, info in merge_fields.items()]

    @api.depends("expression")
    def _compute_name(self):
        labels = dict(self._selection_expression())
        for column in self:
            column.name = labels.get(column.expression, column.name)

    @api.constrains("expression")
    def _check_expression(self):
        allowed = dict(self._selection_expression())
        for column in self:
            if column.expression not in allowed:
                raise ValidationError(
                    self.env._(
                        "“%(expression)s” is not a merge field.", expression=column.expression
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        columns = super().create(vals_list)
        columns.template_id._assert_unlocked({"column_ids": True})
        return columns

    def write(self, vals):
        self.template_id._assert_unlocked({"column_ids": True})
        result = super().write(vals)
        self.template_id._assert_unlocked({"column_ids": True})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.template_id._assert_unlocked({"column_ids": True})
