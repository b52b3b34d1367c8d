# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class IrActionsActWindowView(models.Model):
    """The timeline as a view of an action."""

    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[("campaign_timeline", "Campaign Timeline")],
        ondelete={"campaign_timeline": "cascade"},
    )
