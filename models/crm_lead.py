# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.campaign.contact.mixin"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS crm — leads that are born won
        leads = super().create(vals_list)
        leads._note_customers()
        return leads

    def write(self, vals):
        # EXTENDS crm — leads that are won
        done = super().write(vals)
        if {"stage_id", "probability", "active", "partner_id"} & set(vals):
            self._note_customers()
        return done

    # === BUSINESS METHODS === #

    def _note_customers(self):
        """Have the contacts of won leads become customers, where nobody knows since when."""
        won = self.filtered(lambda lead: lead.won_status == "won")
        won.partner_id._become_customers()

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
