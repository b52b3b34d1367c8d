# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.fields import Domain


class CrmCampaignTemplate(models.Model):
    """Circumstances: tags that say when a template is of use (cancellation, goodwill gesture…)."""

    _inherit = "crm.campaign.template"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        # EXTENDS base — those of the circumstance in the context come first
        tag_id = self.env.context.get("crm_campaign_circumstance_id")
        if not tag_id:
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        suits = Domain("tag_ids", "in", tag_id)
        found = super().name_search(name, domain & suits, operator, limit)
        if limit and len(found) >= limit:
            return found
        rest = limit and limit - len(found)
        return found + super().name_search(name, domain & ~suits, operator, rest)
