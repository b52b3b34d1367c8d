# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignOperationResume(models.TransientModel):
    """What becomes of the messages that waited while an operation was suspended."""

    _name = "crm.campaign.operation.resume"
    _description = "Resume an Operation"

    operation_id = fields.Many2one("crm.campaign.operation", required=True, ondelete="cascade")
    waiting_count = fields.Integer(
        string="Waiting Messages", compute="_compute_waiting_count", store=True
    )
    decision = fields.Selection(
        [("late", "Send them now, late"), ("skip", "Give them up")],
        required=True,
        default="late",
    )

    @api.depends("operation_id")
    def _compute_waiting_count(self):
        for wizard in self:
            wizard.waiting_count = self.env["crm.campaign.recipient"].search_count(
                [
                    ("execution_id", "in", wizard.operation_id.execution_ids.ids),
                    ("state", "in", ("pending", "deferred")),
                ]
            )

    def action_confirm(self):
        """Resume as decided."""
        self.ensure_one()
        if self.decision == "skip":
            self.operation_id._resume_without_waiting()
        else:
            self.operation_id.action_resume()
        return {"type": "ir.actions.act_window_close"}
