# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCampaignExecution(models.Model):
    """Figures of machines, apart from those of people."""

    _inherit = "crm.campaign.execution"

    machine_opened_count = fields.Integer(
        string="Opens by Scanners",
        readonly=True,
        help="Recipients whose message was opened by a machine, whether they did too or not.",
    )
    machine_clicked_count = fields.Integer(
        string="Clicks by Scanners",
        readonly=True,
        help="Recipients of whom a machine followed links, whether they did too or not.",
    )

    @api.model
    def _get_counter_conditions(self):
        # EXTENDS crm_campaign — machines are counted too, and never as people
        return {
            **super()._get_counter_conditions(),
            "machine_opened_count": SQL("r.machine_opened_at IS NOT NULL"),
            "machine_clicked_count": SQL("r.machine_clicked_at IS NOT NULL"),
        }

    @api.model
    def _get_figure_domain(self, figure):
        # EXTENDS crm_campaign — as in _get_counter_conditions
        if figure in ("machine_opened", "machine_clicked"):
            return [(f"{figure}_at", "!=", False)]
        return super()._get_figure_domain(figure)

    @api.model
    def _cron_refresh_counters(self):
        # EXTENDS crm_campaign — what visitors did is judged before it is counted
        Event = self.env["crm.campaign.event"]
        while judged := Event._judge_settled():
            if not self.env["ir.cron"]._commit_progress(judged):
                break
        return super()._cron_refresh_counters()
