# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCampaignBudgetLine(models.Model):
    """One item of an operation's budget: what was set aside for it, and what it really cost.

    Amounts are in the line's own currency. They are stored in the currencies of operation, campaign
    and company too, converted once, at the rate of the line's date, so that whoever adds them up
    never converts. Written by marketing users; lines that fill themselves, by the jobs as well.
    """

    _name = "crm.campaign.budget.line"
    _description = "Campaign Budget Line"
    _order = "operation_id, date, id"
    _check_company_auto = True

    operation_id = fields.Many2one(
        "crm.campaign.operation", required=True, ondelete="cascade", index=True
    )
    campaign_id = fields.Many2one(related="operation_id.campaign_id", store=True, index=True)
    company_id = fields.Many2one(related="operation_id.company_id", store=True, index=True)
    name = fields.Char(
        string="Item", compute="_compute_name", store=True, precompute=True, readonly=False
    )
    date = fields.Date(
        compute="_compute_date",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        copy=False,
        help="Day whose exchange rate and unit costs hold.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Supplier", check_company=True, index="btree_not_null"
    )
    reference = fields.Char(copy=False, help="E.g. the number of the supplier's bill.")
    # By the unit
    unit_cost_id = fields.Many2one(
        "crm.campaign.unit.cost",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    kind = fields.Selection(
        lambda self: (
            self.env["crm.campaign.unit.cost"]._fields["kind"]._description_selection(self.env)
        ),
        string="Unit",
        compute="_compute_kind",
        store=True,
        precompute=True,
    )
    quantity = fields.Float(string="Planned Quantity", digits=(16, 2))
    price_unit = fields.Float(
        string="Unit Price",
        digits=(16, 4),
        compute="_compute_price_unit",
        store=True,
        precompute=True,
        readonly=False,
        help="The unit cost as it was when it was chosen: later changes leave the line as it is.",
    )
    is_automatic = fields.Boolean(
        string="Fills Itself",
        compute="_compute_is_automatic",
        store=True,
        precompute=True,
        readonly=False,
        help="The actual cost is what was really sent, called or held, times the unit price.",
    )
    quantity_actual = fields.Float(
        string="Actual Quantity", digits=(16, 2), readonly=True, copy=False
    )
    # Amounts
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    amount_budget = fields.Monetary(
        string="Budget",
        compute="_compute_amount_budget",
        store=True,
        precompute=True,
        readonly=False,
        copy=True,
    )
    amount_actual = fields.Monetary(
        string="Actual Cost",
        compute="_compute_amount_actual",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
    )
    # The same, converted at the line's date
    operation_currency_id = fields.Many2one(
        related="operation_id.currency_id", string="Currency of the Operation"
    )
    amount_budget_operation = fields.Monetary(
        string="Budget (Operation)",
        currency_field="operation_currency_id",
        compute="_compute_converted",
        store=True,
    )
    amount_actual_operation = fields.Monetary(
        string="Actual Cost (Operation)",
        currency_field="operation_currency_id",
        compute="_compute_converted",
        store=True,
    )
    campaign_currency_id = fields.Many2one(
        related="operation_id.campaign_id.currency_id", string="Currency of the Campaign"
    )
    amount_budget_campaign = fields.Monetary(
        string="Budget (Campaign)",
        currency_field="campaign_currency_id",
        compute="_compute_converted",
        store=True,
    )
    amount_actual_campaign = fields.Monetary(
        string="Actual Cost (Campaign)",
        currency_field="campaign_currency_id",
        compute="_compute_converted",
        store=True,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Company"
    )
    amount_budget_company = fields.Monetary(
        string="Budget (Company)",
        currency_field="company_currency_id",
        compute="_compute_converted",
        store=True,
    )
    amount_actual_company = fields.Monetary(
        string="Actual Cost (Company)",
        currency_field="company_currency_id",
        compute="_compute_converted",
        store=True,
    )

    _automatic_uniq = models.UniqueIndex(
        "(operation_id, kind) WHERE is_automatic",
        "Only one line of a unit fills itself: untick the box of the other one.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0 AND price_unit >= 0)",
        "Quantities and unit prices are never negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("unit_cost_id")
    def _compute_name(self):
        for line in self:
            line.name = line.name or line.unit_cost_id.name

    @api.depends("operation_id")
    def _compute_date(self):
        for line in self:
            line.date = line.date or line.operation_id._get_budget_day()

    @api.depends("unit_cost_id")
    def _compute_kind(self):
        for line in self:
            line.kind = line.unit_cost_id.kind

    @api.depends("unit_cost_id")
    def _compute_price_unit(self):
        for line in self:
            cost = line.unit_cost_id
            line.price_unit = cost.amount if cost else line.price_unit

    @api.depends("unit_cost_id")
    def _compute_is_automatic(self):
        for line in self:
            line.is_automatic = bool(line.unit_cost_id)

    @api.depends("unit_cost_id", "operation_id")
    def _compute_currency_id(self):
        for line in self:
            line.currency_id = (
                line.unit_cost_id.currency_id or line.currency_id or line.operation_id.currency_id
            )

    @api.depends("quantity", "price_unit", "currency_id")
    def _compute_amount_budget(self):
        """Multiply where there is a quantity; without one the amount is typed."""
        for line in self:
            if line.quantity:
                line.amount_budget = line._round(line.quantity * line.price_unit)
            else:
                line.amount_budget = line.amount_budget

    @api.depends("is_automatic", "quantity_actual", "price_unit", "currency_id")
    def _compute_amount_actual(self):
        for line in self:
            if line.is_automatic:
                line.amount_actual = line._round(line.quantity_actual * line.price_unit)
            else:
                line.amount_actual = line.amount_actual

    @api.depends(
        "amount_budget",
        "amount_actual",
        "currency_id",
        "date",
        "company_id.currency_id",
        "operation_id.currency_id",
        "operation_id.campaign_id.currency_id",
    )
    def _compute_converted(self):
        for line in self:
            currencies = {
                "operation": line.operation_currency_id,
                "campaign": line.campaign_currency_id or line.company_currency_id,
                "company": line.company_currency_id,
            }
            for name, currency in currencies.items():
                line[f"amount_budget_{name}"] = line._convert(line.amount_budget, currency)
                line[f"amount_actual_{name}"] = line._convert(line.amount_actual, currency)

    # === CONSTRAINTS === #

    @api.constrains("name")
    def _check_name(self):
        for line in self:
            if not line.name:
                raise ValidationError(self.env._("Say what the budget line is for."))

    @api.constrains("amount_budget", "amount_actual")
    def _check_amounts(self):
        for line in self:
            if line.amount_budget < 0 or line.amount_actual < 0:
                raise ValidationError(
                    self.env._("An amount of the line “%(name)s” is negative.", name=line.name)
                )

    @api.constrains("amount_actual", "is_automatic")
    def _check_automatic(self):
        for line in self.filtered("is_automatic"):
            if not line.unit_cost_id:
                raise ValidationError(
                    self.env._(
                        "Line “%(name)s” cannot fill itself: choose a unit cost.", name=line.name
                    )
                )
            counted = line.quantity_actual * line.price_unit
            if line.currency_id.compare_amounts(line.amount_actual, counted):
                raise ValidationError(
                    self.env._(
                        "The actual cost of “%(name)s” fills itself: untick that box to type it.",
                        name=line.name,
                    )
                )

    @api.constrains("currency_id", "operation_id")
    def _check_currency(self):
        """Refuse what could only be converted as if both currencies were worth the same."""
        for line in self:
            if not line.operation_id.currency_id:
                raise ValidationError(
                    self.env._(
                        "Operation “%(name)s” has no currency: choose it before its budget.",
                        name=line.operation_id.name,
                    )
                )
            line._get_currencies()._assert_convertible(line.company_id, line.name)

    # === BUSINESS METHODS === #

    def _round(self, amount):
        return self.currency_id.round(amount) if self.currency_id else amount

    def _convert(self, amount, currency):
        """Convert an amount of the line at the rate of its date.

        :rtype: float
        """
        if not self.currency_id or not currency:
            return 0.0
        return self.currency_id._convert(amount, currency, self.company_id, self.date)

    def _get_currencies(self):
        """Return the currencies between which the line is converted.

        :rtype: res.currency
        """
        return self.currency_id | self.operation_id._get_currencies()
