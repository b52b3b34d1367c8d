# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import UNIT_COST_KINDS


class CrmCampaignUnitCost(models.Model):
    """What one letter, one part of a text message, one hour of a caller… costs, from a day on.

    With it budgets are typed as quantities, and actual costs fill themselves. None is shipped: a
    price that nobody agreed upon would be worse than none. Written by marketing managers.
    """

    _name = "crm.campaign.unit.cost"
    _description = "Campaign Unit Cost"
    _order = "kind, company_id, date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(UNIT_COST_KINDS, string="Unit", required=True)
    amount = fields.Float(string="Cost per Unit", digits=(16, 4))
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all companies")
    date_from = fields.Date(
        string="In Force from",
        help="Until a later one of the same unit takes over. Empty: always was.",
    )

    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A unit cost is never negative.")

    # === COMPUTE METHODS === #

    @api.depends("name", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for cost in self:
            day = cost.date_from and format_date(self.env, cost.date_from)
            cost.display_name = f"{cost.name} ({day})" if day else cost.name

    # === CRUD METHODS === #

    def write(self, vals):
        if "kind" in vals:
            self.filtered(lambda cost: cost.kind != vals["kind"])._assert_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._assert_unused()

    def _assert_unused(self):
        """Refuse to take away the price that budget lines were made with.

        :raise UserError: names the first one that is used
        """
        # Superuser: lines of other companies and of others' operations count, and none is shown.
        line = (
            self.env["crm.campaign.budget.line"]
            .sudo()
            .search([("unit_cost_id", "in", self.ids)], limit=1)
        )
        if line:
            raise UserError(
                self.env._(
                    "Budget lines use “%(name)s”: archive it and make another one.",
                    name=line.unit_cost_id.name,
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_candidates(self, companies):
        """Return the unit costs of companies and those of all, as ``_get_in_force`` wants them."""
        return self.search([("company_id", "in", [False, *companies.ids])])

    def _get_in_force(self, kind, company, day):
        """Pick the one of self that holds: a company's own before those of all, then the latest.

        :param str kind: one of the values of ``kind``
        :param company: whose cost it is
        :param date day: on which it must be in force
        :return: one unit cost, or none
        """
        found = self.filtered(
            lambda cost: (
                cost.kind == kind
                and cost.company_id <= company
                and (not cost.date_from or cost.date_from <= day)
            )
        )
        return found.sorted(
            lambda cost: (bool(cost.company_id), cost.date_from or date.min, cost.id)
        )[-1:]

    def _lacks_rate(self, operation):
        """Tell whether the cost cannot be converted for an operation: then nothing is counted.

        :rtype: bool
        """
        currencies = self.currency_id | operation._get_currencies()
        return bool(currencies._filter_without_rate(operation.company_id))
