# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCampaignExecutionCompare(models.TransientModel):
    """Two runs side by side: who is new, who is gone, who is in both."""

    _name = "crm.campaign.execution.compare"
    _description = "Compare Executions"

    execution_id = fields.Many2one("crm.campaign.execution", required=True, ondelete="cascade")
    before_id = fields.Many2one(
        "crm.campaign.execution", string="Compared With", required=True, ondelete="cascade"
    )
    res_model = fields.Char(related="execution_id.res_model")
    new_count = fields.Integer(string="New", compute="_compute_counts")
    gone_count = fields.Integer(string="Gone", compute="_compute_counts")
    both_count = fields.Integer(string="In Both", compute="_compute_counts")

    @api.depends("execution_id", "before_id")
    def _compute_counts(self):
        """Count the records that were to receive one of the runs, or both."""
        for wizard in self:
            now, before = wizard.execution_id, wizard.before_id
            (now | before).check_access("read")
            counts = wizard._count_runs() if now.res_model == before.res_model else {}
            wizard.new_count = counts.get(1, 0)
            wizard.gone_count = counts.get(2, 0)
            wizard.both_count = counts.get(3, 0)

    def _count_runs(self):
        """Return how many records were in the later run (1), in the earlier one (2), in both (3).

        :rtype: dict[int, int]
        """
        query = SQL(
            """
            SELECT runs, count(*)
              FROM (SELECT res_id,
                           bit_or(CASE execution_id WHEN %(now)s THEN 1 ELSE 2 END) AS runs
                      FROM crm_campaign_recipient
                     WHERE execution_id IN (%(now)s, %(before)s) AND exclusion IS NULL
                  GROUP BY res_id) AS found
          GROUP BY runs
            """,
            now=self.execution_id.id,
            before=self.before_id.id,
        )
        return dict(self.env.execute_query(query))

    def action_target_new(self):
        """Prepare a target of the new ones, to write to them alone."""
        self.ensure_one()
        return self._get_target_action(self.execution_id, self.before_id, self.env._("New ones"))

    def action_target_gone(self):
        """Prepare a target of those who are in the earlier run only."""
        self.ensure_one()
        return self._get_target_action(self.before_id, self.execution_id, self.env._("Gone ones"))

    def _get_target_action(self, source, without, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.campaign.target",
            "view_mode": "form",
            "views": [[False, "form"]],
            "context": {
                "default_mode": "execution",
                "default_source_execution_id": source.id,
                "default_source_except_id": without.id,
                "default_source_figure": "included",
                "default_record_kind": source.record_kind,
                "default_name": f"{name} · {source.display_name}",
            },
        }
