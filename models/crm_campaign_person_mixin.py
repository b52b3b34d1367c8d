# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignPersonMixin(models.AbstractModel):
    """Somebody who is a contact, or a lead, whose contact is then the person's.

    Each model says by ``ondelete`` what becomes of its row when they are deleted.
    """

    _name = "crm.campaign.person.mixin"
    _description = "Person of a Campaign"

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
    )
    lead_id = fields.Many2one(
        "crm.lead", string="Lead or Opportunity", index="btree_not_null", check_company=True
    )

    @api.depends("lead_id")
    def _compute_partner_id(self):
        for person in self:
            # Superuser: whom a lead is about; the right to the lead is that of who chose it.
            person.partner_id = person.partner_id or person.lead_id.sudo().partner_id
