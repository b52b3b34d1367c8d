# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from ..const import CHANNELS


class CrmCampaignTargetExplain(models.TransientModel):
    """Why somebody is in a target or not, and what else would hold a message back."""

    _name = "crm.campaign.target.explain"
    _description = "Explain a Target"

    target_id = fields.Many2one("crm.campaign.target", required=True, ondelete="cascade")
    res_model = fields.Char(related="target_id.res_model", string="Model of Record")
    record = fields.Reference("_selection_record", default=lambda self: self._default_record())
    channel = fields.Selection(CHANNELS, required=True, default="email")
    purpose_id = fields.Many2one(
        "crm.campaign.purpose", required=True, default=lambda self: self._default_purpose_id()
    )
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    # === DEFAULTS === #

    @api.model
    def _default_record(self):
        """Return the record whose form the explanation is asked from."""
        model = self.env.context.get("active_model")
        is_target_model = model in dict(self._selection_record())
        active_id = self.env.context.get("active_id")
        return f"{model},{active_id}" if is_target_model and active_id else False

    @api.model
    def _default_purpose_id(self):
        return self.env["crm.campaign.purpose"].search([], order="sequence desc", limit=1)

    @api.model
    def _selection_record(self):
        models_by_kind = self.env["crm.campaign.target"]._get_models_by_kind()
        return [
            (model, self.env["ir.model"]._get(model).name)
            for model in dict.fromkeys(models_by_kind.values())
        ]

    # === COMPUTE METHODS === #

    @api.depends("target_id", "record", "channel", "purpose_id")
    def _compute_explanation(self):
        for wizard in self:
            ready = wizard.target_id and wizard.record and wizard.channel and wizard.purpose_id
            is_same_model = ready and wizard.record._name == wizard.target_id.res_model
            wizard.explanation = wizard._render_explanation() if is_same_model else False

    # === BUSINESS METHODS === #

    def _render_explanation(self):
        """Put criteria and obstacles into a page."""
        target = self.target_id._origin
        record = self.record
        record.check_access("read")
        reasons, address = self._get_departure_execution(target)._explain_reasons(record)
        labels = self.env["crm.campaign.recipient"]._get_exclusions()
        node = target._explain(record)
        return self.env["ir.qweb"]._render(
            "crm_campaign.explanation",
            {
                "node": node,
                "record": record,
                "address": address,
                "obstacles": [labels[reason] for reason in reasons],
                "receives": node["passed"] and not reasons,
            },
        )

    def _get_departure_execution(self, target):
        """Return an execution of the target for the user who asks; it is never stored."""
        # Superuser: nothing is written, and people are looked up as the user.
        return (
            self.env["crm.campaign.execution"]
            .sudo()
            .new(
                {
                    "target_id": target.id,
                    "channel": self.channel,
                    "purpose_id": self.purpose_id.id,
                    "user_id": self.env.uid,
                    "company_id": self.env.company.id,
                    "res_model": target.res_model,
                }
            )
        )
