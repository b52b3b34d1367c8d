# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL

from ..const import CALL_OPEN_STATES
from .crm_campaign_call_taking import statement_cursor

# Calls that are paused at once: nobody waits long for one of them.
PAUSE_BATCH = 5_000


class CrmCampaignCall(models.Model):
    """Calls of suspended operations are offered no longer.

    They are marked, so that they cost nothing where the next call is looked for. They are many, and
    change at every moment while callers call: hence not in the transaction that suspends, but some
    at a time once it is committed. What is not marked yet, ``take_next`` marks.
    """

    _inherit = "crm.campaign.call"

    # === BUSINESS METHODS === #

    @api.model
    def _pause_suspended(self):
        """Offer the open calls of suspended operations no longer."""
        with statement_cursor(self.env) as cr:
            while self._pause_some(cr):
                pass
        self.invalidate_model(["is_paused"])

    @api.model
    def _pause_some(self, cr, call_id=None):
        """Pause some open calls of suspended operations.

        Those on a screen are left: whoever is on the phone may say how it ended. The rows are
        chosen once, in an expression of their own, as in ``claim.py``.

        :param cr: cursor of ``statement_cursor``
        :param int | None call_id: one that is not left
        :return: number of calls
        :rtype: int
        """
        cr.execute(
            SQL(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT c.id FROM crm_campaign_call c
                      JOIN crm_campaign_operation o ON o.id = c.operation_id
                     WHERE o.state = 'suspended' AND c.state IN %s AND NOT c.is_paused
                       AND (c.taken_by_id IS NULL OR c.id = %s)
                     LIMIT %s FOR UPDATE OF c SKIP LOCKED)
                UPDATE crm_campaign_call SET is_paused = TRUE
                 WHERE id IN (SELECT id FROM chosen)
                """,
                CALL_OPEN_STATES,
                call_id,
                PAUSE_BATCH,
            )
        )
        return cr.rowcount
