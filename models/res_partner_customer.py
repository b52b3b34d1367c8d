# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class ResPartner(models.Model):
    """Since when a contact is a customer, and until when: what tasks count days from."""

    _inherit = "res.partner"

    customer_since = fields.Date(
        help="Day of the first won opportunity, unless somebody knows better."
    )
    customer_until = fields.Date(
        help="Last day of the contract or subscription, or day on which the customer left."
    )

    # Few have them; tasks look for one day among a million contacts.
    _crm_campaign_since_idx = models.Index("(customer_since) WHERE customer_since IS NOT NULL")
    _crm_campaign_until_idx = models.Index("(customer_until) WHERE customer_until IS NOT NULL")
    _crm_campaign_created_idx = models.Index("(create_date)")

    def _become_customers(self):
        """Note that contacts, and the companies they belong to, are customers from today on."""
        # Superuser: whoever wins an opportunity may not be allowed to read or change contacts.
        partners = self.sudo() | self.sudo().commercial_partner_id
        partners.filtered(
            lambda partner: not partner.customer_since
        ).customer_since = fields.Date.context_today(self)
