# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.tools import SQL

from ..const import EXCLUSIONS


class CrmCampaignExecution(models.Model):
    """From a target to recipient rows: one statement, whatever the number of people."""

    _inherit = "crm.campaign.execution"

    # === BUSINESS METHODS - FREEZING === #

    def _freeze_recipients(self):
        """Turn the target into recipient rows, once, in one statement.

        Every targeted record becomes a row, in or out with its first reason, with a copy of the
        address it has now. The target is evaluated as the author, in the operation's company.

        :return: number of rows made
        :rtype: int
        """
        self.ensure_one()
        channel = self._get_channel()
        query = self.target_id._get_query(self.user_id, self.company_id)
        address = channel._address_sql(query)
        person = SQL.identifier(query.table)
        targeted = query.select(
            SQL("%s.id AS person_id", person),
            SQL("%s AS company_partner_id", self._get_company_partner_sql(person)),
            SQL("%s AS address", address),
            SQL("%s AS reason", self._get_reason_sql(query, address)),
        )
        columns = self._prepare_recipient_columns()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_recipient (%s)
                SELECT %s FROM (%s) AS ranked ORDER BY person_id
                """,
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL(", ").join(columns.values()),
                SQL(
                    """
                    SELECT *, CASE
                        WHEN reason IS NOT NULL THEN reason
                        WHEN row_number() OVER (
                            PARTITION BY address, reason IS NULL ORDER BY person_id) > 1
                        THEN 'duplicate'
                    END AS exclusion
                    FROM (%s) AS targeted
                    """,
                    targeted,
                ),
            )
        )
        self.env["crm.campaign.recipient"].invalidate_model()
        return self.env.cr.rowcount

    def _get_company_partner_sql(self, person):
        """Give the company that a person belongs to, as an SQL expression."""
        if self.res_model == "res.partner":
            return SQL("%s.commercial_partner_id", person)
        return SQL("%s.partner_id", person)

    def _get_reason_sql(self, query, address):
        """Give the first reason why a person is out, as an SQL expression; NULL = in.

        :param query: query over the people, to which joins may be added
        :param SQL address: the address of the channel, copied or about to be
        """
        reasons = {
            "archived": SQL("NOT %s.active", SQL.identifier(query.table)),
            "no_address": SQL("%s IS NULL", address),
            **dict(self._get_channel()._eligibility_sql(self, query, address)),
        }
        ordered = [(code, reasons[code]) for code, _label in EXCLUSIONS if code in reasons]
        return SQL(
            "CASE %s END",
            SQL(" ").join(SQL("WHEN %s THEN %s", condition, code) for code, condition in ordered),
        )

    def _prepare_recipient_columns(self):
        """Give the columns of a recipient row, as SQL over the columns of the frozen selection.

        Available there: ``person_id``, ``company_partner_id``, ``address``, ``exclusion``.
        Integrators add columns of their own.

        :return: column -> SQL expression
        :rtype: dict[str, SQL]
        """
        self.ensure_one()
        is_partner = self.res_model == "res.partner"
        columns = {
            "execution_id": SQL("%s", self.id),
            "operation_id": SQL("%s", self.operation_id.id),
            "campaign_id": SQL("%s", self.campaign_id.id),
            "company_id": SQL("%s", self.company_id.id),
            "partner_id": SQL("person_id") if is_partner else SQL("company_partner_id"),
            "company_partner_id": SQL("company_partner_id"),
            "exclusion": SQL("exclusion"),
            "state": SQL("CASE WHEN exclusion IS NULL THEN 'pending' ELSE 'excluded' END"),
        }
        columns[self._get_channel()._address_column] = SQL("address")
        return columns
