# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignTarget(models.Model):
    """Files of people: where they are handed over, and what became of them."""

    _inherit = "crm.campaign.target"

    import_ids = fields.One2many("crm.campaign.target.import", "target_id", string="Imports")
    file_count = fields.Integer(string="Imported Files", compute="_compute_file_count")

    # === COMPUTE METHODS === #

    def _compute_file_count(self):
        counts = dict(
            self.env["crm.campaign.target.import"]._read_group(
                [("target_id", "in", self.ids)], ["target_id"], ["__count"]
            )
        )
        for target in self:
            target.file_count = counts.get(target._origin, 0)

    # === ACTION METHODS === #

    def action_import_file(self):
        """Ask for a file and how its people are recognised."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a File"),
            "res_model": "crm.campaign.target.import",
            "views": [
                (self.env.ref("crm_campaign.crm_campaign_target_import_view_dialog").id, "form")
            ],
            "target": "new",
            "context": {"default_target_id": self.id},
        }

    def action_view_imports(self):
        """Open the files that were brought into the target."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_target_import_action"
        )
        action["domain"] = [("target_id", "=", self.id)]
        action["context"] = {"create": False}
        return action
