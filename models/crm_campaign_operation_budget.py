# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class CrmCampaignOperation(models.Model):
    """What an operation may cost, and what it costs.

    The budget is typed, or it is the sum of the budget lines as soon as one of them has a budget.
    Everything is stored, in the currencies of operation, campaign and company: lists, the campaign
    and analyses add up, and convert nothing.
    """

    _inherit = "crm.campaign.operation"

    budget_line_ids = fields.One2many(
        "crm.campaign.budget.line", "operation_id", string="Budget Lines"
    )
    has_budget_lines = fields.Boolean(
        compute="_compute_has_budget_lines", export_string_translation=False
    )
    budget = fields.Monetary(compute="_compute_budget", store=True, readonly=False, copy=True)
    cost_actual = fields.Monetary(
        string="Actual Cost",
        compute="_compute_cost_actual",
        store=True,
        copy=False,
        help="Sum of the actual costs of the budget lines, each converted at the rate of its own "
        "date.",
    )
    budget_left = fields.Monetary(
        string="Left of the Budget", compute="_compute_budget_left", store=True
    )
    is_over_budget = fields.Boolean(
        string="Over Budget",
        compute="_compute_is_over_budget",
        store=True,
        copy=False,
        tracking=True,
    )
    budget_warning = fields.Char(compute="_compute_budget_warning", export_string_translation=False)
    # In the campaign's currency: what the campaign adds up
    campaign_currency_id = fields.Many2one(
        related="campaign_id.currency_id", string="Currency of the Campaign"
    )
    budget_campaign = fields.Monetary(
        string="Budget (Campaign)",
        currency_field="campaign_currency_id",
        compute="_compute_budget_campaign",
        store=True,
        copy=False,
    )
    cost_campaign = fields.Monetary(
        string="Actual Cost (Campaign)",
        currency_field="campaign_currency_id",
        compute="_compute_cost_campaign",
        store=True,
        copy=False,
    )
    # In the company's currency (a field of crm.campaign.results.mixin): what analyses add up
    budget_company = fields.Monetary(
        string="Budget (Company)",
        currency_field="company_currency_id",
        compute="_compute_budget_company",
        store=True,
        copy=False,
    )
    cost_company = fields.Monetary(
        string="Actual Cost (Company)",
        currency_field="company_currency_id",
        compute="_compute_cost_company",
        store=True,
        copy=False,
    )
    budget_left_company = fields.Monetary(
        string="Left of the Budget (Company)",
        currency_field="company_currency_id",
        compute="_compute_budget_left_company",
        store=True,
        copy=False,
    )

    # === COMPUTE METHODS === #

    @api.depends("budget_line_ids.amount_budget")
    def _compute_has_budget_lines(self):
        for operation in self:
            operation.has_budget_lines = any(operation.budget_line_ids.mapped("amount_budget"))

    @api.depends("budget_line_ids.amount_budget_operation")
    def _compute_budget(self):
        for operation in self:
            if operation.has_budget_lines:
                operation.budget = operation._sum_lines("amount_budget_operation")
            else:
                operation.budget = operation.budget

    @api.depends("budget_line_ids.amount_actual_operation")
    def _compute_cost_actual(self):
        for operation in self:
            operation.cost_actual = operation._sum_lines("amount_actual_operation")

    @api.depends("budget", "cost_actual")
    def _compute_budget_left(self):
        for operation in self:
            operation.budget_left = operation.budget - operation.cost_actual

    @api.depends("budget", "cost_actual", "currency_id")
    def _compute_is_over_budget(self):
        for operation in self:
            operation.is_over_budget = bool(operation.budget) and operation._exceeds(
                operation.cost_actual, operation.budget
            )

    @api.depends("is_over_budget", "budget_left")
    @api.depends_context("lang")
    def _compute_budget_warning(self):
        for operation in self:
            operation.budget_warning = operation.is_over_budget and self.env._(
                "The actual cost exceeds the budget by %(amount)s.",
                amount=operation.currency_id.format(-operation.budget_left),
            )

    @api.depends(
        "budget",
        "currency_id",
        "date_calendar",
        "tz",
        "campaign_id.currency_id",
        "company_id.currency_id",
        "budget_line_ids.amount_budget_campaign",
    )
    def _compute_budget_campaign(self):
        for operation in self:
            currency = operation.campaign_currency_id or operation.company_currency_id
            operation.budget_campaign = operation._get_budget_in(currency, "amount_budget_campaign")

    @api.depends("budget_line_ids.amount_actual_campaign")
    def _compute_cost_campaign(self):
        for operation in self:
            operation.cost_campaign = operation._sum_lines("amount_actual_campaign")

    @api.depends(
        "budget",
        "currency_id",
        "date_calendar",
        "tz",
        "company_id.currency_id",
        "budget_line_ids.amount_budget_company",
    )
    def _compute_budget_company(self):
        for operation in self:
            operation.budget_company = operation._get_budget_in(
                operation.company_currency_id, "amount_budget_company"
            )

    @api.depends("budget_line_ids.amount_actual_company")
    def _compute_cost_company(self):
        for operation in self:
            operation.cost_company = operation._sum_lines("amount_actual_company")

    @api.depends("budget_company", "cost_company")
    def _compute_budget_left_company(self):
        for operation in self:
            operation.budget_left_company = operation.budget_company - operation.cost_company

    # === CONSTRAINTS === #

    @api.constrains("budget", "budget_line_ids")
    def _check_budget_lines(self):
        for operation in self.filtered("has_budget_lines"):
            budget = operation._sum_lines("amount_budget_operation")
            if operation.currency_id.compare_amounts(operation.budget, budget):
                raise ValidationError(
                    self.env._(
                        "The budget of “%(name)s” is the sum of its lines: change those.",
                        name=operation.name,
                    )
                )

    @api.constrains("budget", "currency_id", "campaign_id")
    def _check_convertible(self):
        for operation in self.filtered("budget"):
            operation._get_currencies()._assert_convertible(operation.company_id, operation.name)
        self.budget_line_ids._check_currency()

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        # EXTENDS base — the budget lines come along, what they cost stays behind
        vals_list = super().copy_data(default)
        for operation, vals in zip(self, vals_list, strict=True):
            if "budget_line_ids" not in vals:
                planned = operation.budget_line_ids.filtered("amount_budget")
                vals["budget_line_ids"] = [Command.create(line) for line in planned.copy_data()]
        return vals_list

    # === BUSINESS METHODS === #

    def _sum_lines(self, name):
        """Add up amounts of the budget lines that are in one currency.

        :param str name: field of ``crm.campaign.budget.line``
        :rtype: float
        """
        return sum(self.budget_line_ids.mapped(name))

    def _exceeds(self, amount, limit):
        """Tell whether an amount is above another one, as the currency rounds them.

        :rtype: bool
        """
        currency = self.currency_id or self.company_id.currency_id
        return currency.compare_amounts(amount, limit) > 0

    def _get_budget_in(self, currency, line_field):
        """Give the budget in another currency: each line at its own date, else at one's own.

        :param str line_field: the field of the lines that is in that currency already
        :rtype: float
        """
        if self.has_budget_lines:
            return self._sum_lines(line_field)
        if not self.budget or not self.currency_id or not currency:
            return 0.0
        company = self.company_id or self.env.company
        return self.currency_id._convert(self.budget, currency, company, self._get_budget_day())

    def _get_currencies(self):
        """Return the currencies between which budgets and costs are converted.

        :rtype: res.currency
        """
        return self.currency_id | self.campaign_currency_id | self.company_currency_id

    def _get_budget_day(self):
        """Give the day of the operation where it is at home, today while there is none.

        :rtype: date
        """
        moment = self.date_calendar or fields.Datetime.now()
        local = self.with_context(tz=self.tz or self.env.context.get("tz"))
        return fields.Datetime.context_timestamp(local, moment).date()
