# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import Counter

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Changing one of these makes a preview worth nothing.
PREVIEW_INPUTS = {
    *("audience", "target_id", "company_source", "company_domain", "company_target_id"),
    *("contact_source", "contact_domain", "contact_target_id", "user_id", "campaign_id"),
    *("action_line_ids", "line_ids"),
}


class CrmCampaignOperationAssistant(models.TransientModel):
    """What mass actions ask for: what is to be made on each record, and who gets it."""

    _inherit = "crm.campaign.operation.assistant"

    step = fields.Selection(
        selection_add=[("result",), ("actions", "Actions"), ("delivery",)],
        ondelete={"actions": "cascade"},
    )
    action_line_ids = fields.One2many(
        "crm.campaign.operation.assistant.action", "assistant_id", string="Actions"
    )
    action_preview = fields.Html(readonly=True, sanitize=False)

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — what was counted before a change is worth nothing
        if PREVIEW_INPUTS & set(vals) and "action_preview" not in vals:
            vals = {**vals, "action_preview": False}
        return super().write(vals)

    # === ACTION METHODS === #

    def action_preview_actions(self):
        """Count what would be made, and who would get it; nothing is made."""
        self.ensure_one()
        self._check_step_actions()
        self.action_preview = self._render_action_preview()

    # === BUSINESS METHODS - STEPS === #

    def _is_mass_action(self):
        return self.operation_type == "mass_action"

    def _get_steps(self):
        # EXTENDS crm_campaign — actions instead of delivery and departure
        steps = super()._get_steps()
        others = ("delivery", "departure") if self._is_mass_action() else ("actions",)
        return [step for step in steps if step not in others]

    def _check_step_actions(self):
        self.action_line_ids._assert_complete(self.res_model)

    def _go(self, distance):
        # EXTENDS crm_campaign — who validates sees what that makes
        done = super()._go(distance)
        if self._is_mass_action() and self.step == "validation":
            self.action_preview = self._render_action_preview()
        return done

    def _get_lack_labels(self, people):
        # EXTENDS crm_campaign — nobody is written to
        return {} if self._is_mass_action() else super()._get_lack_labels(people)

    # === BUSINESS METHODS - PREVIEW === #

    def _get_future_execution(self):
        # EXTENDS crm_campaign — with the lines of this assistant
        execution = super()._get_future_execution()
        if self._is_mass_action():
            execution = execution.with_context(campaign_assistant_id=self.id)
            execution.channel = "action"
        return execution

    def _get_action_figures(self):
        """Count what validation would make right now.

        :return: ``records`` and ``leads`` concerned, ``assignees`` (user, to-dos, leads),
            ``left_out`` (reason -> number of records) and ``missed`` ((line, reason) -> number of
            records on which another line makes something)
        :rtype: dict
        """
        execution = self._get_future_execution()
        frozen = SQL(
            "SELECT person_id, company_partner_id, exclusion FROM (%s) AS f",
            execution._get_frozen_sql(),
        )
        rows = self.env.execute_query(frozen)
        included = [row[0] for row in rows if not row[2]]
        todos, leads, missed = self._count_per_user(execution, included)
        if self.res_model == "crm.lead":
            records = len({company or -person for person, company, out in rows if not out})
            concerned = len(included)
        else:
            records, concerned = len(included), sum(leads.values())
        return {
            "records": records,
            "leads": concerned,
            "assignees": [
                # Superuser: names of colleagues.
                (self.env["res.users"].sudo().browse(user_id), todos[user_id], leads[user_id])
                for user_id in sorted(
                    {*todos, *leads}, key=lambda key: (-todos[key] - leads[key], key)
                )
            ],
            "left_out": Counter(row[2] for row in rows if row[2]),
            "missed": missed,
        }

    def _count_per_user(self, execution, record_ids):
        """Count who would get how many to-dos and leads.

        :return: user id -> number, of to-dos and of leads (False = nobody yet); and what is not
            made: pairs of line and reason -> number
        :rtype: tuple[Counter, Counter, Counter]
        """
        People = self.env[self.res_model].sudo().with_context(active_test=False)
        query = People._search(Domain("id", "in", record_ids))
        plan = self.action_line_ids._plan(
            self.env[self.res_model], execution._read_responsibles(query)
        )
        counts, missed = {"todo": Counter(), "lead": Counter()}, Counter()
        for line in self.action_line_ids:
            assignees, reasons = plan[line.id]
            counts[line.kind].update(assignees.values())
            missed.update((line, reason) for reason in reasons.values())
        return counts["todo"], counts["lead"], missed

    def _render_action_preview(self):
        """Show the figures.

        :rtype: Markup
        """
        figures = self._get_action_figures()
        labels = self.env["crm.campaign.recipient"]._get_exclusions()
        left_out = [(labels[code], count) for code, count in figures["left_out"].items()]
        missed = [
            (line.summary, labels[code], count) for (line, code), count in figures["missed"].items()
        ]
        return self.env["ir.qweb"]._render(
            "crm_campaign.action_preview", {**figures, "left_out": left_out, "missed": missed}
        )

    # === BUSINESS METHODS - VALIDATION === #

    def _prepare_operation_vals(self):
        # EXTENDS crm_campaign — to-dos and leads are made, nothing is sent
        values = super()._prepare_operation_vals()
        if not self._is_mass_action():
            return values
        return {
            **values,
            "channel": "action",
            "needs_proof": False,
            "template_id": False,
            "writes_history": False,
            "date_start": False,
            "action_ids": [
                fields.Command.create(line._prepare_action_vals()) for line in self.action_line_ids
            ],
        }

    def _depart(self, operation):
        # EXTENDS crm_campaign — everything is made at confirmation
        if operation.operation_type == "mass_action":
            return operation.action_dispatch() and operation.get_formview_action()
        return super()._depart(operation)
