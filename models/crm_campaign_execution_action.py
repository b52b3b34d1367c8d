# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL


class CrmCampaignExecution(models.Model):
    """The run of a mass action: over once every to-do that it made is done or cancelled."""

    _inherit = "crm.campaign.execution"

    channel = fields.Selection(
        selection_add=[("action", "To-Dos and Leads")], ondelete={"action": "cascade"}
    )

    # === BUSINESS METHODS === #

    def _get_action_lines(self):
        """Return what is to be made on each record.

        :return: lines of the operation; those of an assistant for a run that only counts
        :rtype: crm.campaign.action.mixin
        """
        assistant_id = self.env.context.get("campaign_assistant_id")
        if assistant_id and not self.operation_id:
            assistant = self.env["crm.campaign.operation.assistant"].browse(assistant_id)
            return assistant.action_line_ids
        return self.operation_id.action_ids

    def _read_responsibles(self, query):
        """Read who is responsible of the records of a query, from whom they would get a to-do.

        That of a contact without one is the company's.

        :param query: query over records of ``res_model``
        :return: record id -> user id or None, in the order of the records
        :rtype: dict[int, int | None]
        """
        People = self.env[self.res_model].sudo()
        person = SQL.identifier(query.table, "id")
        name = self.env["crm.campaign.task"]._get_responsible_field(self.res_model)
        owner = People._field_to_sql(query.table, name, query) if name else SQL("NULL::int")
        company = self._get_company_partner_sql(query, self._get_partner_sql(query))
        # No join: whoever gave the query goes on with it.
        found = SQL(
            """
            SELECT DISTINCT ON (picked.id) picked.id, u.id
              FROM (%s) AS picked (id, user_id, company_partner_id)
         LEFT JOIN res_partner c ON c.id = picked.company_partner_id
         LEFT JOIN res_users u ON u.active
                   AND u.id IN (picked.user_id, CASE WHEN %s THEN c.user_id END)
          ORDER BY picked.id, u.id = picked.user_id DESC
            """,
            query.select(person, owner, company),
            self.res_model == "res.partner",
        )
        return dict(self.env.execute_query(found))

    def _end_followed(self):
        """Wake the jobs for the runs in which nobody has anything to do any more."""
        for execution in self.filtered(lambda run: run.state == "running"):
            waiting = [("execution_id", "=", execution.id), ("state", "=", "to_do")]
            if not self.env["crm.campaign.recipient"].search_count(waiting, limit=1):
                execution._trigger_sender()
