# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import CALL_METHODS
from ..tools.send_window import DAY_MINUTES, get_moment

# Steps that only one type of operation has.
CALL_STEPS = ("distribution", "script")
MAILING_STEPS = ("delivery", "departure")


class CrmCampaignOperationAssistant(models.TransientModel):
    """What call campaigns ask for: period, script; who calls is in ``…_distribution``."""

    _inherit = "crm.campaign.operation.assistant"

    step = fields.Selection(
        selection_add=[
            ("result",),
            ("distribution", "Distribution"),
            ("script", "Call Script"),
            ("delivery",),
        ],
        ondelete={"distribution": "cascade", "script": "cascade"},
    )
    # An operation that exists already, whose calls are distributed
    operation_id = fields.Many2one("crm.campaign.operation", readonly=True)
    call_start = fields.Date(string="First Day")
    call_end = fields.Date(string="Last Day")
    call_method = fields.Selection(
        CALL_METHODS, string="Method", required=True, default="availability"
    )
    call_objective = fields.Integer(
        string="Objective for Non-Telemarketers",
        default=lambda self: self.env.company.campaign_call_objective,
        help="Calls a day of callers who have no objective of their own.",
    )
    call_reserve = fields.Float(
        string="Time Kept Free (%)",
        default=lambda self: self.env.company.campaign_call_reserve,
        help="By availability, this part of the objective stays free for other work.",
    )
    call_subject = fields.Char(
        string="Subject of the Calls",
        default=lambda self: self.env.company._get_call_subject(),
    )
    script_id = fields.Many2one("crm.campaign.script", string="Call Script")
    script_question_count = fields.Integer(related="script_id.question_count")

    # === ACTION METHODS === #

    def action_simulate_script(self):
        """Run through the script as a caller would; nothing is stored."""
        self._require("script_id")
        return self.script_id.action_simulate()

    # === BUSINESS METHODS - STEPS === #

    def _get_steps(self):
        # EXTENDS crm_campaign — each type of operation has its own steps
        if self.operation_id:
            return [*CALL_STEPS, "validation"]
        others = MAILING_STEPS if self.operation_type == "call" else CALL_STEPS
        return [step for step in super()._get_steps() if step not in others]

    def _check_step_characteristics(self):
        # EXTENDS crm_campaign — the period bounds the scheduling, the purpose decides on consent
        done = super()._check_step_characteristics()
        if self.operation_type == "call":
            self._require("call_start", "call_end", "purpose_id")
            if self.call_end < self.call_start:
                raise UserError(self.env._("The period ends before it starts."))
            if self.call_end < fields.Date.context_today(self):
                raise UserError(self.env._("The period is over already."))
        return done

    def _check_step_script(self):
        if self.script_id:
            self.script_id._assert_ready()

    # === BUSINESS METHODS - LACKS === #

    @api.model
    def _get_lack_labels(self, people):
        # EXTENDS crm_campaign — who is called needs a number, whatever its form
        labels = super()._get_lack_labels(people)
        if self.operation_type != "call":
            return labels
        return {"phone": self.env._("No phone number")}

    @api.model
    def _get_lack_domains(self, people):
        # EXTENDS crm_campaign
        domains = super()._get_lack_domains(people)
        if "phone" in people._fields:
            domains["phone"] = fields.Domain("phone", "=", False)
        return domains

    # === BUSINESS METHODS - VALIDATION === #

    def _prepare_operation_vals(self):
        # EXTENDS crm_campaign — people are called, nothing is sent
        values = super()._prepare_operation_vals()
        if self.operation_type != "call":
            return values
        return {
            **values,
            "channel": "phone",
            "needs_proof": False,
            "template_id": False,
            "caller_ids": [fields.Command.set(self.caller_line_ids.user_id.ids)],
            "script_id": self.script_id.id,
            "call_subject": self.call_subject,
            "call_objective": self.call_objective,
            "call_method": self.call_method,
            "call_plan": self.simulation,
            **self._prepare_period(),
        }

    def _prepare_period(self):
        """Give the bounds of the period as moments (UTC) in the zone of the responsible.

        :rtype: dict
        """
        zone = ZoneInfo(self._get_zone())
        return {
            "date_start": get_moment(self.call_start, 0, zone),
            "date_end": get_moment(self.call_end, DAY_MINUTES - 1, zone),
        }

    def _get_zone(self):
        """Name the time zone of the responsible, in which the period is meant."""
        return self.env["crm.campaign.call"]._get_caller_zone(self.user_id, self.company_id)

    def _make_operation(self):
        # EXTENDS crm_campaign — an operation that exists gets its distribution
        if not self.operation_id:
            return super()._make_operation()
        self.operation_id.write(self._prepare_distribution_vals())
        return self.operation_id

    def _prepare_distribution_vals(self):
        """Prepare what the distribution of an operation that exists changes in it.

        :rtype: dict
        """
        names = ("caller_ids", "script_id", "call_subject", "call_objective", "call_method")
        values = self._prepare_operation_vals()
        return {name: values[name] for name in (*names, "call_plan", "date_start", "date_end")}

    def _depart(self, operation):
        # EXTENDS crm_campaign — calls are made at confirmation
        if operation.operation_type == "call":
            return operation.action_dispatch() and operation.get_formview_action()
        return super()._depart(operation)
