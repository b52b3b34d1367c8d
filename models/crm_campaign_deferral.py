# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..claim import requeue_deferred

_logger = logging.getLogger(__name__)


class CrmCampaignDeferral(models.Model):
    """A recipient whose server said “not now” (greylisting, a full mailbox): tried again later.

    The row stands apart with the state ``deferred``, so that senders never look at it; when its
    moment has come it goes back to the queue. A side table, since very few of millions of
    recipients have one. Written by ``claim.py``.
    """

    _name = "crm.campaign.deferral"
    _description = "Campaign Message to Be Tried Again"
    _log_access = False

    recipient_id = fields.Integer(required=True)
    execution_id = fields.Integer(required=True, index=True)
    attempt_count = fields.Integer(required=True)
    # UTC; empty while the row is in the queue again
    retry_at = fields.Datetime()

    _recipient_uniq = models.UniqueIndex("(recipient_id)")
    _due_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")

    # Minutes before the second try, the third… of a message: after the last one it failed.
    _retry_minutes = (5, 15, 60, 240)

    @api.model
    def _get_retry_minutes(self):
        """Return how long a message waits for its second try, its third…

        At least a minute: a try that is due before its row is marked deferred would be lost.

        :rtype: tuple[int, ...]
        """
        # Superuser: a setting of the server, of which nothing is shown.
        text = self.env["ir.config_parameter"].sudo().get_param("crm_campaign.retry_minutes")
        try:
            minutes = tuple(max(1, int(word)) for word in (text or "").replace(",", " ").split())
        except ValueError:
            _logger.warning("crm_campaign.retry_minutes is no list of minutes: %r", text)
            return self._retry_minutes
        return minutes or self._retry_minutes

    @api.model
    def _requeue_due(self):
        """Put what is due back in the queue; commits where something was.

        :return: moment (UTC) of the next try of the others; None = there is none
        :rtype: datetime | None
        """
        due, retry_at = self._read_next()
        if due:
            requeue_deferred(self.env)
            # The queue is read in a snapshot that knows of it.
            self.env["ir.cron"]._commit_progress()
            _due, retry_at = self._read_next()
        return retry_at

    @api.model
    def _read_next(self):
        """Read whether a try is due, and the moment (UTC) of the next one that is not yet."""
        (row,) = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE retry_at <= %(now)s) > 0,
                       min(retry_at) FILTER (WHERE retry_at > %(now)s)
                  FROM crm_campaign_deferral WHERE retry_at IS NOT NULL
                """,
                now=SQL("clock_timestamp() AT TIME ZONE 'UTC'"),
            )
        )
        return row

    @api.model
    def _forget(self, executions, only_tried=False):
        """Forget the tries of executions.

        :param executions: executions; may be empty
        :param bool only_tried: keep those that still wait for their moment
        """
        if executions:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM crm_campaign_deferral WHERE execution_id IN %s AND %s",
                    tuple(executions.ids),
                    SQL("retry_at IS NULL") if only_tried else SQL("TRUE"),
                )
            )
