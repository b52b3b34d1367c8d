# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCampaignRecount(models.Model):
    """A request to count the recipients of an execution again, or the leads of a campaign.

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

    @api.model
    def _request(self, executions):
        """Ask for new figures.

        :param executions: executions of which recipients changed in this transaction
        """
        if executions:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_campaign_recount (execution_id) SELECT unnest(%s)",
                    list(executions.ids),
                )
            )

    @api.model
    def _request_leads(self, utm_campaigns):
        """Ask for new figures of leads.

        :param utm_campaigns: campaigns of the host of which leads changed in this transaction
        """
        if utm_campaigns:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_campaign_recount (utm_campaign_id) SELECT unnest(%s)",
                    list(utm_campaigns.ids),
                )
            )

    @api.model
    def _take_leads(self):
        """Take the requests of this snapshot that are about leads.

        :return: campaigns of ours of which leads are to be counted, each once
        """
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM crm_campaign_recount WHERE utm_campaign_id IS NOT NULL"
                " RETURNING utm_campaign_id"
            )
        )
        ids = sorted({utm_campaign_id for (utm_campaign_id,) in rows})
        campaigns = self.env["crm.campaign"].with_context(active_test=False)
        return campaigns.search([("utm_campaign_id", "in", ids)])

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
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM crm_campaign_recount WHERE execution_id IS NOT NULL"
                " RETURNING execution_id"
            )
        )
        ids = sorted({execution_id for (execution_id,) in rows})
        return self.env["crm.campaign.execution"].browse(ids).exists()
