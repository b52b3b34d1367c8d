# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.campaign.contact.mixin"]

    # Same name and type as in the OCA's contact addons, so that both may be installed together.
    birthdate_date = fields.Date(string="Birthdate")
    campaign_recipient_ids = fields.One2many(
        "crm.campaign.recipient",
        "partner_id",
        string="Campaign Messages",
        groups="crm_campaign.crm_campaign_group_user",
    )
    campaign_recipient_count = fields.Integer(
        string="Campaigns",
        compute="_compute_campaign_recipient_count",
        groups="crm_campaign.crm_campaign_group_user",
    )

    def _compute_campaign_recipient_count(self):
        counts = dict(
            self.env["crm.campaign.recipient"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.campaign_recipient_count = counts.get(partner._origin, 0)

    def action_view_campaign_recipients(self):
        """Open the executions that the contact was part of, with what became of each."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_recipient_action"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        return action
