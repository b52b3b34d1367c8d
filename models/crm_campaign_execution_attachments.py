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
        self.attachment_ids = [
            Command.link(file.copy({"res_model": self._name, "res_id": self.id}).id)
            for file in self._get_attachments()
        ]

    def _get_attachments(self):
        """Return the files that go with each message: the template's, then the operation's own.

        Superuser: whoever may send a template may send its files.
        """
        self.ensure_one()
        execution_sudo = self.sudo()
        files = execution_sudo.template_id.attachment_ids.sorted("id")
        return files | execution_sudo.operation_id.attachment_ids.sorted("id")
