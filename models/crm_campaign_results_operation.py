# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime

from odoo import fields, models

from ..tools import rates
from .crm_campaign_results import LEADS, PEOPLE

COUNTERS = {
    "targeted": "targeted_count",
    "included": "included_count",
    "reached": "delivered_count",
    "opened": "opened_count",
    "clicked": "clicked_count",
    "sent": "sent_count",
}


class CrmCampaignOperation(models.Model):
    """The results of an operation, and of several of them as the rows of a table."""

    _name = "crm.campaign.operation"
    _inherit = ["crm.campaign.operation", "crm.campaign.results.mixin"]

    # === BUSINESS METHODS === #

    def _get_result_operations(self):
        return self

    def _get_results_domain(self):
        return [("operation_id", "=", self.id)]

    def _get_result_rows(self):
        """Give the figures of each operation, a constant number of queries for all of them.

        :return: ``id``, ``name``, ``type``, ``state`` (labels), ``date`` (ISO or False), the keys
            of ``COUNTERS``, ``by_email``, ``responses``, ``leads``, ``won``, ``revenue_won``,
            ``budget``, ``cost`` and ``cost_per_lead``; amounts in the company's currency
        :rtype: list[dict]
        """
        people = self._count_people()
        types = dict(self._fields["operation_type"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": operation.id,
                "name": operation.name,
                "type": types[operation.operation_type],
                "state": states[operation.state],
                "date": fields.Datetime.to_string(operation.date_calendar),
                "by_email": operation.channel == "email",
                **people[operation.id],
                "responses": operation.response_count,
                "leads": operation.lead_count,
                "won": operation.won_count,
                "revenue_won": operation.revenue_won,
                # What is cancelled commits nothing, but what it cost is spent.
                "budget": operation.budget_company if operation.state != "cancelled" else 0.0,
                "cost": operation.cost_company,
                "cost_per_lead": rates.unit_cost(operation.cost_company, operation.lead_count),
            }
            for operation in self.sorted(lambda operation: operation.date_calendar or datetime.max)
        ]

    def _count_people(self):
        """Add up the stored counters of executions; of trade shows, count who was invited and came.

        :return: operation id -> {key of ``COUNTERS``: number}
        :rtype: dict[int, dict[str, int]]
        """
        counts = {operation.id: dict.fromkeys(COUNTERS, 0) for operation in self}
        # Superuser, here and below: figures count everything that operations did, whoever had them
        # leave; the right on the operations was checked.
        for operation, *sums in (
            self.env["crm.campaign.execution"]
            .sudo()
            ._read_group(
                [("operation_id", "in", self.ids)],
                ["operation_id"],
                [f"{column}:sum" for column in COUNTERS.values()],
            )
        ):
            counts[operation.id] = dict(zip(COUNTERS, sums, strict=True))
        shows = self.filtered(lambda operation: operation.operation_type == "trade_show")
        for operation, state, number in (
            self.env["crm.campaign.attendee"]
            .sudo()
            ._read_group(
                [("operation_id", "in", shows.ids)], ["operation_id", "state"], ["__count"]
            )
        ):
            row = counts[operation.id]
            row["targeted"] += number
            row["included"] += number
            row["reached"] += number if state == "present" else 0
        return counts

    # === ACTION METHODS === #

    def _get_leads_action(self, name):
        action = self.action_view_obtained_leads()
        # Superuser: which campaign of the host is ours.
        utm_campaign = self.campaign_id.sudo().utm_campaign_id
        return {
            **action,
            "name": self.env._("Leads: %s", self.name),
            # A lead that lost its campaign keeps the operation, and counts no more.
            "domain": [
                *action["domain"],
                ("campaign_id", "=", utm_campaign.id),
                *LEADS[name],
            ],
        }

    def _get_budget_action(self):
        action = self.campaign_id.action_view_budget_lines()
        return {
            **action,
            "domain": [("operation_id", "=", self.id)],
            "context": {"default_operation_id": self.id},
        }

    def _get_people_action(self, name):
        """Return the action that lists the people behind a figure of self.

        People of shows and of executions are two lists: for both at once, the analysis is opened.

        :param str name: key of ``PEOPLE``
        :rtype: dict
        """
        shows = self.filtered("attendee_ids")
        executions = self.execution_ids
        if shows and executions:
            return self.env["crm.campaign.report"]._prepare_action(self, name)
        if not shows:
            return executions._get_recipients_action(executions._get_figure_domain(PEOPLE[name]))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_attendee_action"
        )
        present = [("state", "=", "present")] if name == "reached" else []
        return {**action, "domain": [("operation_id", "in", self.ids), *present]}
