# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.call_distribution import Terms
from ..tools.call_shares import settle_percentages

# Changing one of these makes a simulation worth nothing.
SIMULATION_INPUTS = {
    *("audience", "target_id", "company_source", "company_domain", "company_target_id"),
    *("contact_source", "contact_domain", "contact_target_id", "address_rule", "campaign_id"),
    *("purpose_id", "user_id", "call_start", "call_end", "call_method", "call_objective"),
    *("call_reserve", "caller_line_ids"),
}
# Callers whose bars are told apart in the chart; the others make one.
MOST_SERIES = 12
# Notices that are told one by one.
MOST_NOTICES = 10


class CrmCampaignOperationAssistant(models.TransientModel):
    """Who calls, how much and when: the matrix of callers and its simulation.

    Simulated as often as one wants; the last simulation is what validation makes calls of.
    """

    _inherit = "crm.campaign.operation.assistant"

    caller_line_ids = fields.One2many(
        "crm.campaign.operation.assistant.caller", "assistant_id", string="Callers"
    )
    callers_from = fields.Selection(
        [("all", "All callers"), ("telemarketers", "Telemarketers only")],
        string="Choose Among",
        required=True,
        default="all",
    )
    candidate_ids = fields.Many2many(
        "res.users", string="Possible Callers", compute="_compute_candidate_ids"
    )
    # What the last simulation started from: a plan (see crm.campaign.call.distribution)
    simulation = fields.Json(readonly=True)
    simulated_count = fields.Integer(string="Calls", readonly=True)
    chart = fields.Json(readonly=True)
    notices = fields.Json(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("callers_from", "company_id", "operation_type")
    def _compute_candidate_ids(self):
        for assistant in self:
            assistant.candidate_ids = (
                assistant._find_candidates() if assistant.operation_type == "call" else False
            )

    # === ONCHANGE METHODS === #

    @api.onchange("caller_line_ids")
    def _onchange_caller_line_ids(self):
        """Cut what was entered last to what was left of 100 %."""
        lines = self.caller_line_ids
        rank = max(lines.mapped("entry_rank"), default=0)
        for line in lines.filtered(lambda line: line.percentage != line.entered_percentage):
            rank += 1
            line.entry_rank = rank
        if sum(lines.mapped("percentage")) > 100:
            self._settle_percentages()
        for line in lines:
            line.entered_percentage = line.percentage

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — what was simulated before a change is worth nothing
        if SIMULATION_INPUTS & set(vals) and "simulation" not in vals:
            vals = {**vals, **self._prepare_no_simulation()}
        return super().write(vals)

    @api.model
    def _prepare_no_simulation(self):
        return {"simulation": False, "simulated_count": 0, "chart": False, "notices": False}

    # === ACTION METHODS === #

    def action_add_callers(self):
        """Add everybody among whom one chooses."""
        self.ensure_one()
        missing = self.candidate_ids - self.caller_line_ids.user_id
        self.write({"caller_line_ids": [fields.Command.create({"user_id": u.id}) for u in missing]})

    def action_remove_callers(self):
        """Empty the matrix."""
        self.ensure_one()
        self.write({"caller_line_ids": [fields.Command.clear()]})

    def action_simulate_calls(self):
        """Distribute the calls, and show what each caller would get; nothing is made."""
        self.ensure_one()
        self._require("call_start", "call_end")
        Distribution = self.env["crm.campaign.call.distribution"]
        self._settle_percentages()
        users = self.caller_line_ids.user_id
        terms = Terms(
            self.call_method,
            max(self.call_start, fields.Date.context_today(self)),
            self.call_end,
            self.call_reserve / 100,
        )
        calls = Distribution._read_future_calls(
            self._get_future_execution(), users, self.call_method
        )
        result, callers = Distribution._simulate(
            calls,
            users,
            terms,
            self.company_id,
            objective=self.call_objective,
            percentages={line.user_id.id: line.percentage for line in self.caller_line_ids},
        )
        self._show(result, users)
        self.write(
            {
                "simulation": Distribution._dump_plan(callers, terms, len(calls)),
                "simulated_count": len(calls),
                "chart": self._prepare_chart(result.loads, terms),
                "notices": self._prepare_notices(result.notices),
            }
        )

    # === BUSINESS METHODS - CALLERS === #

    def _find_candidates(self):
        """Find who may call: colleagues of the company who have the role.

        :rtype: res.users
        """
        # Superuser: who has the role; nothing but names is shown.
        group = self.env.ref("crm_campaign.crm_campaign_group_caller").sudo()
        company = self.company_id or self.env.company
        users = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        users = self.env["res.users"].browse(users.sorted("name").ids)
        return users._filter_telemarketers() if self.callers_from == "telemarketers" else users

    def _settle_percentages(self):
        """Settle the percentages in the order in which they were entered.

        :raise UserError: one of them is no percentage
        """
        lines = self.caller_line_ids.sorted(lambda line: (line.entry_rank, line.sequence))
        try:
            settled = settle_percentages(lines.mapped("percentage"))
        except ValueError as error:
            Distribution = self.env["crm.campaign.call.distribution"]
            raise UserError(Distribution._describe_problem(str(error))) from error
        for line, percentage in zip(lines, settled, strict=True):
            if line.percentage != percentage:
                line.percentage = percentage

    # === BUSINESS METHODS - SIMULATION === #

    def _get_future_execution(self):
        """Return the execution that validation would make, without making it."""
        # Superuser: the target is evaluated as the responsible, whom the user is or may designate.
        return (
            self.env["crm.campaign.execution"]
            .sudo()
            .new(
                {
                    "channel": "phone",
                    "target_id": self._get_target(),
                    "record_kind": self.record_kind,
                    "res_model": self.res_model,
                    "user_id": self.user_id.id,
                    "company_id": self.company_id.id,
                    "purpose_id": self.purpose_id.id,
                    "address_rule": self.address_rule if self.record_kind == "contact" else "own",
                }
            )
        )

    def _show(self, result, users):
        """Write what callers would get in the matrix.

        :param Distribution result: in the order of ``users``
        """
        loads = {load.caller: load for load in result.loads}
        for line in self.caller_line_ids:
            load = loads[line.user_id.id]
            line.write(
                {
                    "assigned_count": load.assigned,
                    "last_day": load.last_day,
                    "daily_average": load.daily_average,
                    "days_worked": load.days_worked,
                    "own_count": load.own_calls,
                }
            )

    def _prepare_chart(self, loads, terms):
        """Prepare the bars of the chart: calls per day, a colour a caller.

        :return: ``{"days": [ISO dates], "end": ISO date, "series": [{"name", "counts"}]}``
        :rtype: dict
        """
        days = sorted({day for load in loads for day in load.per_day})
        names = {user.id: user.name for user in self.caller_line_ids.user_id}
        ranked = sorted(loads, key=lambda load: -load.assigned)
        series = [(names[load.caller], load.per_day) for load in ranked[:MOST_SERIES]]
        if rest := ranked[MOST_SERIES:]:
            series.append(
                (self.env._("Others"), sum((Counter(r.per_day) for r in rest), Counter()))
            )
        return {
            "days": [day.isoformat() for day in days],
            "end": terms.end.isoformat(),
            "series": [
                {"name": name, "counts": [per_day.get(day, 0) for day in days]}
                for name, per_day in series
                if per_day
            ],
        }

    def _prepare_notices(self, notices):
        """Put in words what a manager should know before validating.

        :rtype: list[str]
        """
        Distribution = self.env["crm.campaign.call.distribution"]
        names = {user.id: user.name for user in self.caller_line_ids.user_id}
        texts = [Distribution._describe_notice(notice, names) for notice in notices[:MOST_NOTICES]]
        if len(notices) > MOST_NOTICES:
            texts.append(self.env._("And %(count)s more.", count=len(notices) - MOST_NOTICES))
        return texts

    # === BUSINESS METHODS - STEPS === #

    def _check_step_distribution(self):
        if not self.caller_line_ids:
            raise UserError(self.env._("Choose who calls."))
        # Superuser: whether colleagues still work here.
        gone = self.caller_line_ids.user_id.sudo().filtered(lambda user: not user.active)
        if gone:
            raise UserError(
                self.env._(
                    "%(name)s does not work here any more: simulate again.", name=gone[0].name
                )
            )
        if not self.simulation:
            raise UserError(self.env._("Simulate first: validation makes what you simulated."))

    def _change(self, values):
        # EXTENDS crm_campaign — other people, other calls
        done = super()._change(values)
        self.write(self._prepare_no_simulation())
        return done
