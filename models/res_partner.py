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
    campaign_consent_ids = fields.One2many(
        "crm.campaign.consent",
        "partner_id",
        string="Decisions in Force",
        domain=[("is_current", "=", True)],
        groups="crm_campaign.crm_campaign_group_user",
    )
    campaign_recipient_count = fields.Integer(
        string="Campaigns",
        compute="_compute_campaign_recipient_count",
        groups="crm_campaign.crm_campaign_group_user",
    )

    # Unsubscribing finds everybody who has an address, and imports match by it; the host has none.
    _crm_campaign_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

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

    def action_record_consent(self):
        """Enter what the contact decided."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Decision"),
            "res_model": "crm.campaign.consent",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def action_view_consents(self):
        """Open everything that the contact ever decided."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_consent_action"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_open_preferences(self):
        """Open the contact's preference page, as the contact sees it."""
        self.ensure_one()
        self.env["crm.campaign.consent"].check_access("create")
        return {
            "type": "ir.actions.act_url",
            "url": self.env["crm.campaign.consent"]._get_page_url(self, self.env.company),
            "target": "new",
        }
