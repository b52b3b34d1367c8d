# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import MACHINE_REASONS

# Columns of a verdict and their types, in the order of the statement that writes them.
VERDICT = {
    "id": SQL("integer"),
    "opened_at": SQL("timestamp"),
    "clicked_at": SQL("timestamp"),
    "machine_opened_at": SQL("timestamp"),
    "machine_clicked_at": SQL("timestamp"),
    "machine_reason": SQL("varchar"),
    "machine_scanner_id": SQL("integer"),
}


class CrmCampaignRecipient(models.Model):
    """What people did with a message, and what machines did with it."""

    _inherit = "crm.campaign.recipient"

    machine_opened_at = fields.Datetime(string="Opened by a Scanner On", readonly=True)
    machine_clicked_at = fields.Datetime(string="Clicked by a Scanner On", readonly=True)
    machine_reason = fields.Selection(
        MACHINE_REASONS, string="Known as a Scanner By", readonly=True
    )
    machine_scanner_id = fields.Many2one(
        "crm.campaign.scanner", string="Scanner", ondelete="set null", readonly=True
    )

    @api.model
    def _apply_verdicts(self, verdicts):
        """Write what was judged: first moments stay, states of people only move forward.

        Machines leave the state alone: they tell nothing of the person.

        :param list verdicts: as ``crm.campaign.event._prepare_verdict`` makes them
        """
        if not verdicts:
            return
        moments = [name for name in VERDICT if name != "id"]
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_campaign_recipient r
                   SET %(moments)s,
                       state = CASE
                           WHEN v.clicked_at IS NOT NULL AND r.state IN %(before_clicked)s
                           THEN 'clicked'
                           WHEN v.opened_at IS NOT NULL AND r.state IN %(before_opened)s
                           THEN 'opened'
                           ELSE r.state END
                  FROM (VALUES %(rows)s) AS v (%(names)s)
                 WHERE r.id = v.id
             RETURNING r.execution_id
                """,
                moments=SQL(", ").join(
                    SQL("%(name)s = COALESCE(r.%(name)s, v.%(name)s)", name=SQL.identifier(name))
                    for name in moments
                ),
                before_clicked=self._get_states_before("clicked"),
                before_opened=self._get_states_before("opened"),
                rows=SQL(", ").join(map(self._get_verdict_sql, verdicts)),
                names=SQL(", ").join(map(SQL.identifier, VERDICT)),
            )
        )
        self.invalidate_model()
        execution_ids = {execution_id for (execution_id,) in rows}
        executions = self.env["crm.campaign.execution"].browse(execution_ids)
        self.env["crm.campaign.recount"]._request(executions)

    @api.model
    def _get_verdict_sql(self, verdict):
        """Give the row of a verdict, with types: a column of NULL has none of its own."""
        values = (SQL("%s::%s", verdict[name], kind) for name, kind in VERDICT.items())
        return SQL("(%s)", SQL(", ").join(values))
