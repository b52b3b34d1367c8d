# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignTaskPeriod(models.Model):
    """Days between which an automatic task runs; outside all of its periods it pauses."""

    _name = "crm.campaign.task.period"
    _description = "Period of an Automatic Task"
    _order = "date_start, id"
    _rec_name = "date_start"

    task_id = fields.Many2one("crm.campaign.task", required=True, ondelete="cascade", index=True)
    date_start = fields.Date(string="First Day", required=True, default=fields.Date.context_today)
    date_end = fields.Date(string="Last Day", help="Empty: until the task ends.")

    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)", "A period ends before it starts."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods.task_id._follow_change(("period_ids",))
        return periods

    def write(self, vals):
        done = super().write(vals)
        self.task_id._follow_change(("period_ids",))
        return done

    def unlink(self):
        tasks = self.task_id
        done = super().unlink()
        tasks._follow_change(("period_ids",))
        return done

    @api.constrains("date_start", "date_end")
    def _check_task(self):
        self.task_id._check_schedule()
