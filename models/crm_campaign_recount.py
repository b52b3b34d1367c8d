# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCampaignRecount(models.Model):
    """A request to count again: recipients of an execution, leads of a campaign, or costs.

    Rows are only inserted, by every event, and deleted by the job that counts. Events that happen
    at the same moment thus never wait for each other nor for the job, as they would if they
    marked the execution itself; and none is lost: an event commits its request together with what
    happened, and the job deletes the requests of the very snapshot in which it counts.
    """

    _name = "crm.campaign.recount"
    _description = "Campaign Recount Request"
    _log_access = False

    execution_id = fields.Integer(index="btree_not_null")
    # The host's campaign, to which leads are attributed
    utm_campaign_id = fields.Integer(index="btree_not_null")
    # Of which new figures are stored, and costs are still to be counted from them
    operation_id = fields.Integer(index="btree_not_null")

    @api.model
    def _request(self, executions):
        """Ask for new figures.

        :param executions: executions of which recipients changed in this transaction
        """
        self._insert("execution_id", executions)

    @api.model
    def _request_leads(self, utm_campaigns):
        """Ask for new figures of leads.

        :param utm_campaigns: campaigns of the host of which leads changed in this transaction
        """
        self._insert("utm_campaign_id", utm_campaigns)

    @api.model
    def _request_costs(self, operations):
        """Ask for costs to be counted.

        :param operations: operations of which executions have new figures in this transaction
        """
        self._insert("operation_id", operations)

    @api.model
    def _take_leads(self):
        """Take the requests of this snapshot that are about leads.

        :return: campaigns of ours of which leads are to be counted, each once
        """
        campaigns = self.env["crm.campaign"].with_context(active_test=False)
        return campaigns.search([("utm_campaign_id", "in", self._delete("utm_campaign_id"))])

    @api.model
    def _take_costs(self):
        """Take the requests of this snapshot that are about costs.

        :return: operations, each once
        """
        return self.env["crm.campaign.operation"].browse(self._delete("operation_id")).exists()

    @api.model
    def _request_of(self, recipient):
        """Ask for new figures of the execution of one recipient, which is not read for that."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_campaign_recount (execution_id)"
                " SELECT execution_id FROM crm_campaign_recipient WHERE id = %s",
                recipient.id,
            )
        )

    @api.model
    def _take(self):
        """Take the requests of this snapshot that are about recipients.

        :return: executions to count, each once
        """
        return self.env["crm.campaign.execution"].browse(self._delete("execution_id")).exists()

    # === HELPERS === #

    @api.model
    def _insert(self, column, records):
        """Ask for one thing about records.

        :param str column: that names them
        """
        if records:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_campaign_recount (%s) SELECT unnest(%s)",
                    SQL.identifier(column),
                    list(records.ids),
                )
            )

    @api.model
    def _delete(self, column):
        """Delete the requests about one thing.

        :param str column: that names what they are about
        :return: ids of records, each once
        :rtype: list[int]
        """
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM crm_campaign_recount WHERE %(column)s IS NOT NULL"
                " RETURNING %(column)s",
                column=SQL.identifier(column),
            )
        )
        return sorted({record_id for (record_id,) in rows})
