# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignTarget(models.Model):
    """Recipients of an earlier execution, all or by what became of them: how one follows up.

    What was frozen then, as far as it still exists; what became of it, as it is known now.
    """

    _inherit = "crm.campaign.target"

    mode = fields.Selection(
        selection_add=[("execution", "Earlier Execution")], ondelete={"execution": "cascade"}
    )
    source_execution_id = fields.Many2one(
        "crm.campaign.execution",
        string="Execution",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    source_figure = fields.Selection(
        [
            ("included", "Everybody who was to receive it"),
            ("targeted", "Everybody who was targeted"),
            ("sent", "Those to whom it was sent"),
            ("opened", "Those who opened it"),
            ("not_opened", "Those who did not open it"),
            ("clicked", "Those who clicked"),
            ("not_clicked", "Those who did not click"),
            ("replied", "Those who replied"),
            ("bounced", "Those from whom it bounced"),
            ("failed", "Those to whom it could not be sent"),
            ("excluded", "Those who were left out"),
        ],
        string="Recipients",
        default="included",
        tracking=True,
    )

    source_except_id = fields.Many2one(
        "crm.campaign.execution",
        string="Except Those Of",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Leave out who was to receive this execution: only the new ones remain.",
    )

    # === CONSTRAINTS === #

    @api.constrains("mode", "source_execution_id", "source_except_id", "record_kind")
    def _check_source(self):
        # As the author, who must be able to read the execution; other users then only use it.
        for target in self.sudo(False).filtered(lambda target: target.mode == "execution"):
            for source_sudo in target._get_sources_sudo():
                source_sudo.sudo(False).check_access("read")

    # === BUSINESS METHODS === #

    def _get_sources_sudo(self):
        """Return the execution whose recipients the target holds, and the one it leaves out.

        Superuser: who may use a target may use what it is made of.

        :raise ValidationError: there is none, or it reached records of another model
        :raise AccessError: it was just chosen in a form by a user who may not read it
        """
        names = ("source_execution_id", "source_except_id")
        sources_sudo = [self.sudo()[name]._origin for name in names]
        for name, source_sudo in zip(names, sources_sudo, strict=True):
            if source_sudo and source_sudo != self._origin.sudo()[name]:
                source_sudo.sudo(False).check_access("read")
        models = {source.res_model for source in sources_sudo if source}
        if not sources_sudo[0] or models != {self.res_model}:
            raise ValidationError(
                self.env._(
                    "Target “%s” needs an execution that reached records of its kind.",
                    self.name or "",
                )
            )
        return sources_sudo

    def _get_recipients_sql(self, execution, figure):
        """Give the ids of the records behind a figure of an execution, as a subquery."""
        query = (
            self.env["crm.campaign.recipient"]
            .sudo()
            ._search([("execution_id", "=", execution.id), *execution._get_figure_domain(figure)])
        )
        return query.subselect(SQL.identifier(query.table, "res_id"))

    def _get_criteria_domain(self):
        # EXTENDS crm_campaign — the recipients that were frozen
        if self.mode != "execution":
            return super()._get_criteria_domain()
        source_sudo, except_sudo = self._get_sources_sudo()
        found = self._get_recipients_sql(source_sudo, self.source_figure or "included")
        domain = Domain("id", "in", found)
        if except_sudo:
            left_out = self._get_recipients_sql(except_sudo, "included")
            domain &= Domain("id", "not in", left_out)
        return domain

    def _get_explicit_sql(self):
        # EXTENDS crm_campaign — recipients are named one by one
        named = super()._get_explicit_sql()
        if self.mode != "execution":
            return named
        source_sudo, _except_sudo = self._get_sources_sudo()
        source = self._get_recipients_sql(source_sudo, self.source_figure or "included")
        if named is None:
            return source
        return SQL("(SELECT * FROM %s AS named UNION SELECT * FROM %s AS source)", named, source)

    @api.model
    def _get_definition_fields(self):
        # EXTENDS crm_campaign — follow the execution
        names = ["source_execution_id", "source_except_id", "source_figure"]
        return [*super()._get_definition_fields(), *names]

    def _get_definition(self):
        # EXTENDS crm_campaign — with the execution
        definition = super()._get_definition()
        if self.mode != "execution":
            return definition
        sources = (self.sudo().source_execution_id.id, self.sudo().source_except_id.id)
        return (definition, sources, self.source_figure)

    def _describe_criteria(self):
        # EXTENDS crm_campaign — which execution, and who of it
        if self.mode != "execution":
            return super()._describe_criteria()
        try:
            source_sudo, except_sudo = self._get_sources_sudo()
        except (UserError, AccessError):
            return f"{self._describe_kind()}{self.env._('Execution that cannot be used')}"
        figures = dict(self._fields["source_figure"]._description_selection(self.env))
        words = f"{source_sudo.display_name} · {figures.get(self.source_figure, '')}"
        if except_sudo:
            words = self.env._(
                "%(first)s except %(others)s", first=words, others=except_sudo.display_name
            )
        return f"{self._describe_kind()}{words}"
