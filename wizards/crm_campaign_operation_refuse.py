# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignOperationRefuse(models.TransientModel):
    """Why a proof is refused, for whoever prepared it."""

    _name = "crm.campaign.operation.refuse"
    _description = "Refuse a Proof"

    operation_id = fields.Many2one("crm.campaign.operation", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Send the operation back to preparation."""
        self.ensure_one()
        self.operation_id._refuse_proof(self.reason)
        return {"type": "ir.actions.act_window_close"}
