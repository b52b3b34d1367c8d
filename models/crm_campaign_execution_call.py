# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL


class CrmCampaignExecution(models.Model):
    """The run of a call campaign: nobody is sent anything, people are called."""

    _inherit = "crm.campaign.execution"

    channel = fields.Selection(selection_add=[("phone", "Phone")], ondelete={"phone": "cascade"})

    # === BUSINESS METHODS === #

    def _get_no_consent_sql(self, query, partner):
        # EXTENDS crm_campaign — where calling hours ask for it, calls need a consent
        condition = super()._get_no_consent_sql(query, partner)
        if condition is None or self.channel != "phone":
            return condition
        # Superuser: rules for everybody; nothing of them is shown.
        Hours = self.env["crm.campaign.calling.hours"].sudo().with_company(self.company_id)
        strict = Hours.search([("needs_consent", "=", True)])
        if not strict:
            return condition
        return SQL(
            "(%s OR consent.decision IS DISTINCT FROM 'given' AND %s IN %s)",
            condition,
            Hours._get_assignment_sql(partner),
            tuple(strict.ids),
        )
