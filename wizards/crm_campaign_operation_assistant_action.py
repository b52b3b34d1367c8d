# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignOperationAssistantAction(models.TransientModel):
    """A line of a mass action while it is prepared; becomes a line of the operation."""

    _name = "crm.campaign.operation.assistant.action"
    _description = "Mass Action Line of an Operation Assistant"
    _inherit = ["crm.campaign.action.mixin"]

    assistant_id = fields.Many2one(
        "crm.campaign.operation.assistant", required=True, ondelete="cascade", index=True
    )

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — the preview was of something else
        self.assistant_id.filtered("action_preview").write({"action_preview": False})
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _get_company(self):
        # EXTENDS crm_campaign — that of the campaign
        return self.assistant_id.company_id or super()._get_company()

    def _prepare_action_vals(self):
        """Prepare the line of the operation.

        :rtype: dict
        """
        names = self.env["crm.campaign.action.mixin"]._fields
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name, field in names.items()
            if name in self.env["crm.campaign.action"]._fields
            and field.store
            and name not in models.MAGIC_COLUMNS
        }
