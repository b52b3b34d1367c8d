# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignOperationCheck(models.TransientModel):
    """The waterfall of a departure: targeted, each reason to be left out, who will receive."""

    _name = "crm.campaign.operation.check"
    _description = "Departure Check"

    operation_id = fields.Many2one("crm.campaign.operation", required=True, ondelete="cascade")
    state = fields.Selection(related="operation_id.state")
    targeted_count = fields.Integer(string="Targeted", compute="_compute_figures", store=True)
    included_count = fields.Integer(string="Included", compute="_compute_figures", store=True)
    exclusion_summary = fields.Json(compute="_compute_figures", store=True)

    @api.depends("operation_id")
    def _compute_figures(self):
        """Count once, when the check opens: ``exclusion_summary`` as on executions."""
        labels = self.env["crm.campaign.recipient"]._get_exclusions()
        for check in self:
            figures = check.operation_id._get_departure_figures()
            check.targeted_count = figures.pop("targeted")
            check.included_count = figures.pop("included")
            check.exclusion_summary = [
                {"reason": reason, "label": labels[reason], "count": count}
                for reason, count in figures.items()
            ]

    def action_view_recipients(self):
        """Open the records of one figure, named by the context: ``recipient_figure``."""
        self.ensure_one()
        figure = self.env.context.get("recipient_figure", "targeted")
        model = self.operation_id.target_id.res_model
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Departure of “%s”", self.operation_id.name),
            "res_model": model,
            "view_mode": "list,kanban,form",
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": [("campaign_departure", "in", [f"{self.operation_id.id}:{figure}"])],
            "context": {"active_test": False, "create": False},
        }

    def action_dispatch(self):
        """Depart."""
        self.ensure_one()
        return self.operation_id.action_dispatch()
