# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

# Longer than any limit looks back.
KEPT_DAYS = 2


class CrmCampaignBatch(models.Model):
    """One batch of a sender: when it worked and how many messages it handed over.

    What limits per hour add up and what the forecast measures. Written by ``allowance.py`` only.
    """

    _name = "crm.campaign.batch"
    _description = "Campaign Batch"
    _log_access = False

    execution_id = fields.Integer(required=True)
    operation_id = fields.Integer(required=True)
    mail_server_id = fields.Integer()
    started_at = fields.Datetime(required=True)
    ended_at = fields.Datetime()
    # While the batch is under way: as many as it may hand over.
    message_count = fields.Integer(required=True)

    _execution_idx = models.Index("(execution_id, id)")
    _operation_idx = models.Index("(operation_id, (COALESCE(ended_at, started_at)))")
    _server_idx = models.Index(
        "(mail_server_id, (COALESCE(ended_at, started_at))) WHERE mail_server_id IS NOT NULL"
    )

    @api.autovacuum
    def _gc_old(self):
        """Forget what no limit looks at any more, unless a forecast still does."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_campaign_batch b
                 WHERE b.started_at < now() AT TIME ZONE 'UTC' - %s * interval '1 day'
                   AND NOT EXISTS (SELECT 1 FROM crm_campaign_execution e
                                    WHERE e.id = b.execution_id
                                      AND e.state IN ('running', 'suspended'))
                """,
                KEPT_DAYS,
            )
        )
