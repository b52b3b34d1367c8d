# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL, Query

from ..const import ADDRESS_RULES


class CrmCampaignExecution(models.Model):
    """Whose address reaches a contact: their own, or that of the company they belong to."""

    _inherit = "crm.campaign.execution"

    address_rule = fields.Selection(ADDRESS_RULES, readonly=True)

    # === BUSINESS METHODS === #

    def _get_address_sql(self, query):
        """Give the address that freezing copies, by the rule of the operation.

        The rule concerns contacts only: other records have the address that the channel finds.

        :param query: query over the people, to which joins may be added
        :return: SQL expression over the query; NULL = no address
        :rtype: odoo.tools.SQL
        """
        self.ensure_one()
        channel = self._get_channel()
        own = channel._address_sql(query, self.env[self.res_model])
        rule = self.address_rule or "own"
        # A channel that takes the record itself for its address has no other.
        if rule == "own" or self.res_model != "res.partner" or channel._address_column == "res_id":
            return own
        company = self._get_company_address_sql(query)
        return company if rule == "company" else SQL("COALESCE(%s, %s)", own, company)

    def _get_company_address_sql(self, query):
        """Give the address of the company that a contact belongs to.

        People who belong to none are their own company, as for the host.

        :rtype: odoo.tools.SQL
        """
        company = Query(self.env, "address_company", SQL.identifier("res_partner"))
        # Superuser: as for the contact's own, nothing but the address is read.
        Company = self.env["res.partner"].sudo()
        address = self._get_channel()._address_sql(company, Company)
        company.add_where(
            SQL(
                "%s = %s",
                SQL.identifier(company.table, "id"),
                SQL.identifier(query.table, "commercial_partner_id"),
            )
        )
        return SQL("(%s)", company.select(address))
