# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignClose(models.TransientModel):
    """The question before a campaign is closed: what that gives up."""

    _name = "crm.campaign.close"
    _description = "Close a Campaign"

    campaign_id = fields.Many2one("crm.campaign", required=True, ondelete="cascade")
    operation_count = fields.Integer(string="Operations", compute="_compute_counts")
    recipient_count = fields.Integer(string="People Who Wait", compute="_compute_counts")
    call_count = fields.Integer(string="Calls to Make", compute="_compute_counts")
    todo_count = fields.Integer(string="To-Dos", compute="_compute_counts")

    @api.depends("campaign_id")
    def _compute_counts(self):
        for wizard in self:
            counts = wizard.campaign_id._count_to_close()
            wizard.operation_count = counts["operations"]
            wizard.recipient_count = counts["recipients"]
            wizard.call_count = counts["calls"]
            wizard.todo_count = counts["todos"]

    def action_close(self):
        """Close the campaign."""
        self.campaign_id.action_close()
        return {"type": "ir.actions.act_window_close"}
