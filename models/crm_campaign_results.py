# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..tools import rates

# Steps and tiles that open the people of executions: the figure of an execution that each one is.
PEOPLE = {
    "targeted": "targeted",
    "included": "included",
    "reached": "delivered",
    "opened": "opened",
    "clicked": "clicked",
}
# Leads behind each figure.
LEADS = {
    "leads": [],
    "won": [("won_status", "=", "won")],
    "revenue_expected": [("won_status", "=", "pending")],
    "revenue_won": [("won_status", "=", "won")],
}
MONTHS = 13
# Figures of a month: columns of the analysis, where days are those of the company.
MONTH_MEASURES = {
    "sent": "sent_count",
    "responses": "response_count",
    "leads": "lead_count",
    "cost": "cost",
    "revenue_won": "revenue_won",
}
# Types of stored fields that nobody types where they are read-only.
FIGURES = ("integer", "float", "monetary", "boolean")
HELP_LEADS = "Brought up to date every minute."


class CrmCampaignResultsMixin(models.AbstractModel):
    """What came of campaigns and operations: figures, funnel, cost, return.

    Everything is read from stored counters, a constant number of queries whatever the number of
    people. Amounts are in the currency of the company: see docs/results.md for every rule.
    """

    _name = "crm.campaign.results.mixin"
    _description = "Campaign Results"

    company_id = fields.Many2one("res.company")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    # Written by the job that counts (crm.campaign.total)
    lead_count = fields.Integer(string="Leads", readonly=True, copy=False, help=HELP_LEADS)
    won_count = fields.Integer(string="Won", readonly=True, copy=False, help=HELP_LEADS)
    revenue_expected = fields.Monetary(
        string="Expected Revenue",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Of leads that are neither won nor lost.",
    )
    revenue_won = fields.Monetary(
        string="Won Revenue",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Of won leads. Each lead counts for one operation only: see the help of the lead's "
        "operation.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._assert_not_counted(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._assert_not_counted(vals)
        return super().write(vals)

    @api.model
    def _assert_not_counted(self, vals):
        """Refuse figures from users: the host keeps them out of its screens only.

        :raise AccessError: names the first one
        """
        for name in vals if not self.env.su else ():
            field = self._fields.get(name)
            if field and field.store and field.readonly and field.type in FIGURES:
                raise AccessError(
                    self.env._(
                        "“%(figure)s” is counted, not typed.",
                        figure=field._description_string(self.env),
                    )
                )

    # === PUBLIC METHODS === #

    def get_results(self):
        """Give what the screens and the printed report show.

        :return: ``currency_id`` (of all amounts); ``tiles`` (``name``, ``label``, ``value`` or None
            = nothing to divide by, ``kind`` integer | monetary | percentage, ``help``, ``alert``,
            ``opens``); ``funnel`` (``name``, ``label``, ``value``, ``share``, ``step``, ``opens``:
            see ``tools.rates.funnel``); ``operations`` (a row each, of a campaign only); ``months``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        rows = self._get_result_operations()._get_result_rows()
        figures = self._get_figures(rows)
        return {
            "currency_id": self.company_currency_id.id,
            "tiles": self._prepare_tiles(figures),
            "funnel": self._prepare_funnel(figures),
            "operations": rows if self._name == "crm.campaign" else [],
            "months": self._prepare_months(),
        }

    def action_view_result(self, name):
        """Open the list behind a figure.

        :param str name: of a tile or of a step of the funnel
        :return: action; False for a figure that is no list
        :rtype: dict | bool
        """
        self.ensure_one()
        operations = self._get_result_operations()
        if name in PEOPLE:
            return operations._get_people_action(name)
        if name == "responses":
            return self.action_view_responses()
        if name in LEADS:
            return self._get_leads_action(name)
        if name in ("budget", "cost"):
            return self._get_budget_action()
        return False

    # === BUSINESS METHODS === #

    def _get_result_operations(self):
        """Return the operations of which the results are those of self, archived ones too."""
        raise NotImplementedError

    def _get_results_domain(self):
        """Return the domain of what belongs to self, in models that name campaign and operation.

        :rtype: list
        """
        raise NotImplementedError

    def _get_budget_action(self):
        """Return the action that shows what makes up budget and cost.

        :rtype: dict
        """
        raise NotImplementedError

    def _get_leads_action(self, name):
        """Return the action that lists the leads behind a figure.

        :param str name: key of ``LEADS``
        :rtype: dict
        """
        raise NotImplementedError

    def _get_figures(self, rows):
        """Add the rows of the operations up; leads and responses also count without an operation.

        :param list[dict] rows: of ``_get_result_rows``
        :return: name -> number
        :rtype: dict[str, float]
        """
        others = [row for row in rows if not row["by_email"]]
        return {
            **{name: sum(row[name] for row in rows) for name in (*PEOPLE, "budget", "cost")},
            "reached_otherwise": sum(row["reached"] for row in others),
            "responses": self.response_count,
            "leads": self.lead_count,
            "won": self.won_count,
            "revenue_expected": self.revenue_expected,
            "revenue_won": self.revenue_won,
        }

    def _prepare_tiles(self, figures):
        """Prepare the figures of the dashboard, in their order. Extended by integrators.

        :param dict figures: of ``_get_figures``
        :rtype: list[dict]
        """
        cost = figures["cost"]
        values = {
            **figures,
            "cost_per_reached": rates.unit_cost(cost, figures["reached"]),
            "cost_per_response": rates.unit_cost(cost, figures["responses"]),
            "cost_per_lead": rates.unit_cost(cost, figures["leads"]),
            "return": rates.return_on_cost(figures["revenue_won"], cost),
        }
        # As the currency rounds them: sums of cents are not exact.
        compare = self.company_currency_id.compare_amounts
        alerts = {
            "cost": bool(figures["budget"]) and compare(cost, figures["budget"]) > 0,
            "return": bool(figures["leads"]) and compare(cost, figures["revenue_won"]) > 0,
        }
        opening = {*PEOPLE, *LEADS, "responses", "budget", "cost"}
        return [
            {
                "name": name,
                "label": label,
                "value": values[name],
                "kind": kind,
                "help": text,
                "alert": alerts.get(name, False),
                "opens": name in opening,
            }
            for name, (label, kind, text) in self._get_tile_words().items()
        ]

    @api.model
    def _get_tile_words(self):
        """Name the figures of the dashboard, in their order.

        :return: name -> (label, kind, rule in words)
        :rtype: dict[str, tuple[str, str, str]]
        """
        return {
            "targeted": (
                self.env._("Targeted"),
                "integer",
                self.env._(
                    "People of the targets, whether they were written to or not. Somebody whom two "
                    "operations target counts twice."
                ),
            ),
            "reached": (
                self.env._("Reached"),
                "integer",
                self.env._(
                    "Messages that were accepted and did not bounce, people who were spoken to on "
                    "the phone or came to the stand, to-dos that are done."
                ),
            ),
            "responses": (
                self.env._("Responses"),
                "integer",
                self.env._("One a person, operation and kind of response."),
            ),
            "leads": (
                self.env._("Leads"),
                "integer",
                self.env._(
                    "Each counts for one operation: the one that made it, else the last one that "
                    "reached its contact before; without any, for the campaign alone."
                ),
            ),
            "won": (self.env._("Won"), "integer", self.env._("Leads that are won.")),
            "revenue_expected": (
                self.env._("Expected Revenue"),
                "monetary",
                self.env._("Of leads that are neither won nor lost."),
            ),
            "revenue_won": (
                self.env._("Won Revenue"),
                "monetary",
                self.env._("Of won leads, each once."),
            ),
            "budget": (
                self.env._("Committed"),
                "monetary",
                self.env._("Budgets of the operations that are not cancelled."),
            ),
            "cost": (
                self.env._("Actual Cost"),
                "monetary",
                self.env._("Budget lines and unit costs, each converted at the rate of its day."),
            ),
            "cost_per_reached": (
                self.env._("Cost per Person Reached"),
                "monetary",
                self.env._("Actual cost ÷ reached."),
            ),
            "cost_per_response": (
                self.env._("Cost per Response"),
                "monetary",
                self.env._("Actual cost ÷ responses."),
            ),
            "cost_per_lead": (
                self.env._("Cost per Lead"),
                "monetary",
                self.env._("Actual cost ÷ leads."),
            ),
            "return": (
                self.env._("Return"),
                "percentage",
                self.env._("(Won revenue − actual cost) ÷ actual cost."),
            ),
        }

    def _prepare_funnel(self, figures):
        """Prepare the steps from targeted to won; openings and clicks where all goes by email.

        :param dict figures: of ``_get_figures``
        :rtype: list[dict]
        """
        labels = {
            "targeted": self.env._("Targeted"),
            "included": self.env._("Included"),
            "reached": self.env._("Reached"),
            "opened": self.env._("Opens"),
            "clicked": self.env._("Clicks"),
            "responses": self.env._("Responses"),
            "leads": self.env._("Leads"),
            "won": self.env._("Won"),
        }
        if figures["reached_otherwise"] or not figures["reached"]:
            del labels["opened"], labels["clicked"]
        steps = rates.funnel([(name, figures[name]) for name in labels])
        return [{**step, "label": labels[step["name"]], "opens": True} for step in steps]

    def _prepare_months(self):
        """Prepare what happened in each of the last months, from the first one with anything.

        :return: ``month`` (YYYY-MM), ``label``, ``sent``, ``responses``, ``leads``, ``cost`` and
            ``revenue_won``, oldest first; months in which nothing happened stand between the others
        :rtype: list[dict]
        """
        months = self._read_months()
        first, last = min(months, default=None), max(months, default=None)
        rows = []
        while first and first <= last:
            values = months.get(first, {})
            rows.append(
                {
                    "month": f"{first:%Y-%m}",
                    "label": format_date(self.env, first, date_format="MMM yyyy"),
                    **{name: values.get(name) or 0 for name in MONTH_MEASURES},
                }
            )
            first += relativedelta(months=1)
        return rows

    def _read_months(self):
        """Add up the last months in which something happened, as the analysis does.

        :return: first day of a month -> {key of ``MONTH_MEASURES``: number}
        :rtype: dict[date, dict]
        """
        # Superuser: figures count everything that came of a record which the user may read.
        record = self.sudo()
        zone = record.company_id.partner_id.tz or "UTC"
        today = fields.Date.context_today(record.with_context(tz=zone))
        since = fields.Date.start_of(today, "month") - relativedelta(months=MONTHS - 1)
        groups = record.env["crm.campaign.report"]._read_group(
            [*record._get_results_domain(), ("date", ">=", since)],
            ["date:month"],
            [f"{column}:sum" for column in MONTH_MEASURES.values()],
        )
        return {
            month: dict(zip(MONTH_MEASURES, sums, strict=True))
            for month, *sums in groups
            if any(sums)
        }
