# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.fields import Command


class CrmCampaignExecution(models.Model):
    """Attachments as they were at departure: copies, which nobody changes or deletes."""

    _inherit = "crm.campaign.execution"

    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments as Sent", readonly=True, bypass_search_access=True
    )

    def _freeze_attachments(self):
        """Copy the files of operation and template; the host keeps equal contents once."""
        self.ensure_one()
        if not self.operation_id:
            return  # a message to one person
        self.attachment_ids = [
            Command.link(file.copy({"res_model": self._name, "res_id": self.id}).id)
            for file in self.operation_id._get_attachments()
        ]
