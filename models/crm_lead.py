# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.tools import SQL


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.campaign.contact.mixin"]

    def _merge_dependences(self, opportunities):
        # EXTENDS crm — what campaigns told merged leads belongs to the one that stays
        done = super()._merge_dependences(opportunities)
        if opportunities:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_campaign_recipient
                       SET lead_id = %(lead)s,
                           res_id = CASE WHEN res_id = lead_id THEN %(lead)s ELSE res_id END
                     WHERE lead_id IN %(merged)s
                    """,
                    lead=self.id,
                    merged=tuple(opportunities.ids),
                )
            )
            self.env["crm.campaign.recipient"].invalidate_model()
        return done
