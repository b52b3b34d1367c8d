# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCampaignLabelPrint(models.TransientModel):
    """Choose the sheet on which the addresses of an execution are printed."""

    _name = "crm.campaign.label.print"
    _description = "Print Labels"

    execution_id = fields.Many2one("crm.campaign.execution", required=True, readonly=True)
    sheet_id = fields.Many2one(
        "crm.campaign.label.sheet",
        required=True,
        default=lambda self: self.env["crm.campaign.label.sheet"].search([], limit=1),
    )
    first = fields.Integer(
        string="First Label",
        required=True,
        default=1,
        help="Where to begin on the first sheet, when some of its labels were used before.",
    )

    @api.constrains("first", "sheet_id")
    def _check_first(self):
        for wizard in self:
            if not 1 <= wizard.first <= wizard.sheet_id.label_count:
                raise ValidationError(
                    self.env._(
                        "A sheet has labels 1 to %(count)s.", count=wizard.sheet_id.label_count
                    )
                )

    def action_print(self):
        """Download the labels."""
        self.ensure_one()
        url = f"/crm_campaign/execution/{self.execution_id.id}/labels/{self.sheet_id.id}.pdf"
        return {
            "type": "ir.actions.act_url",
            "url": f"{url}?first={self.first}",
            "target": "download",
        }
