# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from ..tools.call_shares import assignable_per_day


class CrmCampaignOperationAssistantCaller(models.TransientModel):
    """A caller in the matrix of the assistant: what they can take on, and what they would get."""

    _name = "crm.campaign.operation.assistant.caller"
    _description = "Caller of an Operation Assistant"
    _order = "sequence, id"
    _rec_name = "user_id"

    assistant_id = fields.Many2one(
        "crm.campaign.operation.assistant", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one("res.users", string="Caller", required=True, ondelete="cascade")
    # What they can take on
    objective = fields.Integer(string="Daily Objective", compute="_compute_room")
    overdue_count = fields.Integer(string="Overdue Calls", compute="_compute_room")
    assignable = fields.Float(
        string="Assignable per Day",
        compute="_compute_room",
        digits=(16, 1),
        help="(Objective × days worked - calls already planned in the period) ÷ days worked.",
    )
    percentage = fields.Float(
        string="%",
        digits=(5, 2),
        aggregator="sum",
        help="Part of the calls, by hand. Counts when the column makes 100; else shares are found "
        "automatically.",
    )
    # To know which percentage was entered last
    entered_percentage = fields.Float(export_string_translation=False)
    entry_rank = fields.Integer(export_string_translation=False)
    # What they would get, after a simulation
    assigned_count = fields.Integer(string="Assigned", readonly=True, aggregator="sum")
    last_day = fields.Date(string="Last Call On", readonly=True)
    daily_average = fields.Float(readonly=True, digits=(16, 1), aggregator=None)
    days_worked = fields.Integer(readonly=True)
    simulated = fields.Integer(related="assistant_id.simulated_count", string="Simulated")
    own_count = fields.Integer(
        string="Of Own Accounts",
        readonly=True,
        help="Recipients whose company or contact has this caller as salesperson.",
    )

    _user_uniq = models.Constraint(
        "UNIQUE(assistant_id, user_id)", "A caller is in the matrix once."
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "assistant_id.call_start", "assistant_id.call_end")
    @api.depends_context("uid")
    def _compute_room(self):
        for assistant, lines in self.grouped("assistant_id").items():
            lines._compute_room_for(assistant)

    def _compute_room_for(self, assistant):
        """Work out what callers can take on in the period of one assistant, all at once."""
        Distribution = self.env["crm.campaign.call.distribution"]
        users, start, end = self.user_id, assistant.call_start, assistant.call_end
        overdue = Distribution._count_overdue(users)
        callers = {}
        if start and end and users:
            start = max(start, fields.Date.context_today(self))
            callers = {
                caller.key: caller
                for caller in Distribution._prepare_callers(
                    users._origin, start, end, assistant.company_id
                )
            }
        for line in self:
            user = line.user_id._origin
            line.overdue_count = overdue.get(user.id, 0)
            line.objective = user and user._get_call_objective(assistant.call_objective)
            caller = callers.get(user.id)
            line.assignable = caller and assignable_per_day(
                line.objective,
                len(caller.get_days(start, end)),
                caller.count_planned(start, end),
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._spoil_simulation({"user_id"})
        return lines

    def write(self, vals):
        done = super().write(vals)
        self._spoil_simulation(set(vals))
        return done

    def unlink(self):
        self._spoil_simulation({"user_id"})
        return super().unlink()

    def _spoil_simulation(self, names):
        """Forget what was simulated when somebody else calls, or for another part."""
        if names & {"user_id", "percentage"}:
            assistants = self.assistant_id.filtered("simulation")
            assistants.write(assistants._prepare_no_simulation())
