# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..allowance import read_used
from ..tools.forecast import Limit, expected_end, measure_pace
from ..tools.send_window import next_opening

# Batches whose pace counts: the latest ones.
MEASURED_BATCHES = 30


class CrmCampaignExecution(models.Model):
    """When an execution that is under way will have sent its last message."""

    _inherit = "crm.campaign.execution"

    expected_end = fields.Datetime(
        compute="_compute_expected_end",
        help="From the pace of the latest batches, the sending hours, the limits per hour and the "
        "messages that wait for another try. Other operations that share a limit are left out.",
    )
    forecast_message = fields.Char(string="Expected to End", compute="_compute_expected_end")

    # === COMPUTE METHODS === #

    @api.depends("state", "pending_count", "deferred_count")
    def _compute_expected_end(self):
        running = self.filtered(lambda run: run.state == "running" and run.pending_count)
        (self - running).update({"expected_end": False, "forecast_message": False})
        retries = running._read_retries()
        for execution in running:
            end = execution._forecast_end()
            if end and (retry_at := retries[execution.id][1]):
                end = max(end, retry_at)
            execution.expected_end = end
            execution.forecast_message = end and self.env._(
                "%(moment)s (%(zone)s)",
                moment=execution._format_moment(end),
                zone=execution._get_author_zone(),
            )

    # === BUSINESS METHODS === #

    def _forecast_end(self):
        """Foretell when the last message leaves that is in the queue.

        :return: moment (UTC); None = not known yet, or not within a year
        :rtype: datetime | None
        """
        self.ensure_one()
        pace = measure_pace(self._read_batches())
        if not pace:
            return None
        channel = self._get_channel()
        window = None if channel._repeatable else self._get_window()
        limits = [
            Limit(limit.hourly, read_used(self.env.cr, limit))
            for limit in channel._get_limits(self)
        ]
        return expected_end(
            fields.Datetime.now(),
            self.pending_count - self.deferred_count,
            pace,
            window and (lambda moment: next_opening(moment, window)),
            limits,
        )

    def _read_batches(self):
        """Read the latest batches that ended.

        :return: start, end (UTC) and number of messages
        :rtype: list[tuple[datetime, datetime, int]]
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT started_at, ended_at, message_count FROM crm_campaign_batch
                 WHERE execution_id = %s AND ended_at IS NOT NULL AND message_count > 0
              ORDER BY id DESC LIMIT %s
                """,
                self.id,
                MEASURED_BATCHES,
            )
        )
