# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaign(models.Model):
    """The money of a campaign: planned by hand, committed and spent by its operations.

    All stored, and each a plain sum of what operations store in the campaign's currency: a change
    of one line reads the operations of one campaign, and no rate.
    """

    _inherit = "crm.campaign"

    budget_committed = fields.Monetary(
        string="Committed Budget",
        compute="_compute_budget_committed",
        store=True,
        help="Sum of the budgets of the operations that are not cancelled, each converted at the "
        "rate of its own date.",
    )
    budget_remaining = fields.Monetary(
        string="Left", compute="_compute_budget_remaining", store=True
    )
    cost_actual = fields.Monetary(
        string="Actual Cost",
        compute="_compute_cost_actual",
        store=True,
        help="What the operations cost, cancelled ones included, each budget line converted at the "
        "rate of its own date.",
    )
    is_over_budget = fields.Boolean(
        string="Over Budget", compute="_compute_is_over_budget", store=True, tracking=True
    )
    budget_warning = fields.Char(compute="_compute_budget_warning", export_string_translation=False)

    # === COMPUTE METHODS === #

    @api.depends("operation_ids.budget_campaign", "operation_ids.state")
    def _compute_budget_committed(self):
        for campaign in self:
            campaign.budget_committed = campaign._get_budget_committed()

    def _get_budget_committed(self):
        """Add up the operations' budgets in the campaign's currency.

        :rtype: float
        """
        self.ensure_one()
        # What an archived operation committed stays committed.
        return sum(
            operation.budget_campaign
            for operation in self._get_operations()
            if operation.state != "cancelled"
        )

    @api.depends("budget_planned", "budget_committed")
    def _compute_budget_remaining(self):
        for campaign in self:
            campaign.budget_remaining = campaign.budget_planned - campaign.budget_committed

    @api.depends("operation_ids.cost_campaign")
    def _compute_cost_actual(self):
        for campaign in self:
            campaign.cost_actual = sum(campaign._get_operations().mapped("cost_campaign"))

    @api.depends("budget_planned", "budget_committed", "cost_actual", "currency_id")
    def _compute_is_over_budget(self):
        for campaign in self:
            campaign.is_over_budget = bool(campaign._get_excesses())

    @api.depends("budget_planned", "budget_committed", "cost_actual", "currency_id")
    @api.depends_context("lang")
    def _compute_budget_warning(self):
        texts = {
            "budget_committed": self.env._(
                "Operations have committed %(amount)s more than planned."
            ),
            "cost_actual": self.env._("Operations have cost %(amount)s more than planned."),
        }
        for campaign in self:
            campaign.budget_warning = " ".join(
                texts[name] % {"amount": campaign.currency_id.format(amount)}
                for name, amount in campaign._get_excesses().items()
            )

    # === CONSTRAINTS === #

    @api.constrains("currency_id")
    def _check_convertible(self):
        self._get_operations()._check_convertible()

    # === ACTION METHODS === #

    def action_view_budget(self):
        """Open the analysis of the budget: what operations committed and cost."""
        action = self.action_view_operations()
        action["name"] = action["display_name"] = self.env._("Budget Analysis")
        action["context"] |= {"pivot_row_groupby": ["name"], "pivot_column_groupby": []}
        action["views"] = [
            (view_id, mode)
            for mode in ("pivot", "graph", "list", "form")
            for view_id, view_mode in action["views"]
            if view_mode == mode
        ]
        # A cancelled operation commits nothing, but what it cost is spent.
        action["domain"] = [
            *action["domain"],
            "|",
            ("state", "!=", "cancelled"),
            ("cost_actual", "!=", 0),
        ]
        return action

    def action_view_budget_lines(self):
        """Open the budget lines of all operations of the campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_budget_line_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        action["context"] = {"search_default_group_operation": 1}
        return action

    # === BUSINESS METHODS === #

    def _get_excesses(self):
        """Tell by how much the plan is exceeded, if there is one.

        :return: ``budget_committed`` and ``cost_actual``, those that exceed it -> amount
        :rtype: dict[str, float]
        """
        self.ensure_one()
        currency = self.currency_id
        if not self.budget_planned or not currency:
            return {}
        return {
            name: self[name] - self.budget_planned
            for name in ("budget_committed", "cost_actual")
            if currency.compare_amounts(self[name], self.budget_planned) > 0
        }
