# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class ResPartner(models.Model):
    """What a contact answered to."""

    _inherit = "res.partner"

    campaign_response_count = fields.Integer(
        string="Responses",
        compute="_compute_campaign_response_count",
        groups="crm_campaign.crm_campaign_group_user",
    )

    def _compute_campaign_response_count(self):
        counts = dict(
            self.env["crm.campaign.response"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.campaign_response_count = counts.get(partner._origin, 0)

    def action_view_campaign_responses(self):
        """Open what the contact answered to."""
        self.ensure_one()
        return self.env["crm.campaign.response"]._prepare_action(
            self.display_name, [("partner_id", "=", self.id)], {"default_partner_id": self.id}
        )


class CrmCampaignConsent(models.Model):
    _inherit = "crm.campaign.consent"

    @api.model
    def _merge(self, sources, destination):
        # EXTENDS crm_campaign — so are responses
        done = super()._merge(sources, destination)
        self.env["crm.campaign.response"]._merge_people(
            "partner_id", (sources | destination).ids, destination.id
        )
        return done
