# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
from collections import Counter

from odoo import api, fields, models
from odoo.tools.misc import format_date, format_datetime, formatLang, get_lang

from ..const import RESPONSE_KINDS
from ..tools import rates
from ..tools.letter_text import read_paragraphs
from .results_charts import Bar, Series
from .results_pdf import build_report
from .results_sheet import (
    Bars,
    Charts,
    Figure,
    Figures,
    Footer,
    Funnel,
    Grid,
    Months,
    RichText,
    Section,
    Sheet,
    Text,
)

# What stands where there is nothing to divide by.
NO_VALUE = "–"
# Tiles that the line of the budget tells already.
BUDGET_TILES = ("budget", "cost")
# Sums of the operations, in the order of their columns.
COUNTS = ("targeted", "reached", "responses", "leads", "won")


class CrmCampaignResultsDocument(models.AbstractModel):
    """The printed report of campaigns: what ``get_results`` tells, as a PDF.

    In the language, the time zone and with the rights of its reader: figures, responses and
    executions are read as the user. ``results_pdf`` lays it out.
    """

    _name = "crm.campaign.results.document"
    _description = "Printed Report of Campaigns"

    # === BUSINESS METHODS === #

    @api.model
    def _render(self, campaigns):
        """Print campaigns in one document, each beginning a page.

        :param campaigns: at least one ``crm.campaign``
        :return: the PDF
        :rtype: bytes
        :raise AccessError: the user may not read one of them
        """
        sheets = [self._prepare_sheet(campaign) for campaign in campaigns]
        return build_report(sheets, self._prepare_footer(), get_lang(self.env).iso_code)

    @api.model
    def _prepare_footer(self):
        printed = format_datetime(self.env, fields.Datetime.now(), dt_format="short")
        return Footer(
            self.env._("Printed on %(date)s by %(user)s", date=printed, user=self.env.user.name),
            lambda page, count: self.env._("Page %(page)s of %(count)s", page=page, count=count),
        )

    @api.model
    def _prepare_sheet(self, campaign):
        """Prepare the report of one campaign. Extended by integrators.

        :rtype: Sheet
        """
        results = campaign.get_results()
        return Sheet(
            title=campaign.title,
            kind=self.env._("Campaign Report"),
            # Superuser: name and logo of the company, for whoever reads its campaign.
            company=campaign.company_id.sudo().name,
            logo=self._get_logo(campaign.company_id),
            facts=self._get_facts(campaign),
            sections=[
                section
                for section in (
                    self._prepare_objective(campaign),
                    self._prepare_budget(campaign, results),
                    self._prepare_figures(results),
                    self._prepare_funnel(results),
                    self._prepare_charts(results),
                    self._prepare_responses(campaign),
                    self._prepare_operations(results),
                    self._prepare_months(results),
                    self._prepare_exclusions(campaign),
                )
                if section
            ],
        )

    # === BUSINESS METHODS - SECTIONS === #

    @api.model
    def _prepare_objective(self, campaign):
        paragraphs = read_paragraphs(campaign.objective or "")
        is_filled = any(paragraph.markup.strip() for paragraph in paragraphs)
        return is_filled and Section(self.env._("Objective"), RichText(paragraphs))

    @api.model
    def _prepare_budget(self, campaign, results):
        """Planned, committed, spent, and what is left, in the currency of the campaign."""
        currency = campaign.currency_id or self._get_currency(results)
        excesses = campaign._get_excesses()
        figures = [
            Figure(
                self.env._("Planned"), self._format(campaign.budget_planned, "monetary", currency)
            ),
            Figure(
                self.env._("Committed"),
                self._format(campaign.budget_committed, "monetary", currency),
            ),
            Figure(
                self.env._("Actual Cost"),
                self._format(campaign.cost_actual, "monetary", currency),
                "cost_actual" in excesses,
            ),
            Figure(
                self.env._("Left to Commit"),
                self._format(campaign.budget_remaining, "monetary", currency),
                campaign.budget_remaining < 0,
            ),
        ]
        return Section(self.env._("Budget"), Figures(figures))

    @api.model
    def _prepare_figures(self, results, left_out=BUDGET_TILES):
        """Give the figures as boxes, but for those that are told elsewhere.

        :param tuple left_out: names of tiles
        """
        currency = self._get_currency(results)
        figures = [
            Figure(
                tile["label"],
                self._format(tile["value"], tile["kind"], currency),
                bool(tile["alert"]),
            )
            for tile in results["tiles"]
            if tile["name"] not in left_out
        ]
        return figures and Section(self.env._("Results"), Figures(figures))

    @api.model
    def _prepare_funnel(self, results):
        steps = results["funnel"]
        if not any(step["value"] for step in steps):
            return Section(
                self.env._("From the Target to the Sale"),
                Text(self.env._("Nothing has left yet.")),
            )
        bars = [
            Bar(
                step["label"],
                step["value"],
                [
                    self._format(step["value"]),
                    self._format(step["share"], "percentage") if at else "",
                    self._format(step["step"], "percentage") if at else "",
                ],
            )
            for at, step in enumerate(steps)
        ]
        headings = [self.env._("People"), self.env._("Of the first"), self.env._("Of the previous")]
        return Section(self.env._("From the Target to the Sale"), Funnel(bars, headings))

    @api.model
    def _prepare_charts(self, results):
        """Draw the months; what left is in the table: it would dwarf what came back."""
        months = results["months"]
        currency = self._get_currency(results)

        def get_series(name, label, color):
            return Series(label, [month[name] or 0 for month in months], color)

        people = [
            get_series("responses", self.env._("Responses"), "MAIN"),
            get_series("leads", self.env._("Leads"), "SECOND"),
        ]
        money = [
            get_series("cost", self.env._("Actual Cost"), "BAD"),
            get_series("revenue_won", self.env._("Won Revenue"), "GOOD"),
        ]
        charts = [
            Months(title, series, format_value)
            for title, series, format_value in (
                (self.env._("What Came Back"), people, self._format),
                (
                    self.env._("Cost and Revenue"),
                    money,
                    lambda value: self._format_round(value, currency),
                ),
            )
            if any(any(line.values) for line in series)
        ]
        labels = [month["label"] for month in months]
        return charts and Section(self.env._("Month by Month"), Charts(labels, charts))

    @api.model
    def _prepare_responses(self, campaign):
        counts = dict(
            self.env["crm.campaign.total"]._read_group(
                [("campaign_id", "=", campaign.id)], ["kind"], ["response_count:sum"]
            )
        )
        labels = dict(
            self.env["crm.campaign.response"]._fields["kind"]._description_selection(self.env)
        )
        total = sum(counts.values())
        bars = [
            Bar(
                labels[kind],
                counts[kind],
                [
                    self._format(counts[kind]),
                    self._format(rates.rate(counts[kind], total), "percentage"),
                ],
            )
            for kind, _label in RESPONSE_KINDS
            if counts.get(kind)
        ]
        return bars and Section(self.env._("Responses by Kind"), Bars(bars))

    @api.model
    def _prepare_operations(self, results):
        rows = results["operations"]
        currency = self._get_currency(results)
        if not rows:
            return None
        sums = {
            name: sum(row[name] or 0 for row in rows) for name in (*COUNTS, "revenue_won", "cost")
        }
        # The ratio of the sums: a mean of ratios would say something else.
        sums["cost_per_lead"] = rates.unit_cost(sums["cost"], sums["leads"])
        cells = [[self._describe_operation(row), *self._get_numbers(row, currency)] for row in rows]
        headings = [
            self.env._("Operation"),
            self.env._("Targeted"),
            self.env._("Reached"),
            self.env._("Responses"),
            self.env._("Leads"),
            self.env._("Won"),
            self.env._("Won Revenue"),
            self.env._("Actual Cost"),
            self.env._("Cost per Lead"),
        ]
        total = [self.env._("Total"), *self._get_numbers(sums, currency)]
        widths = [38, 14, 16, 15, 12, 15, 23, 21, 20]
        return Section(self.env._("Operations"), Grid(headings, cells, widths, total))

    @api.model
    def _get_numbers(self, row, currency):
        """Write the numbers of a line of the operations."""
        money = ("revenue_won", "cost", "cost_per_lead")
        return [
            *(self._format(row[name]) for name in COUNTS),
            *(self._format(row[name], "monetary", currency) for name in money),
        ]

    @api.model
    def _describe_operation(self, row):
        """Name an operation, and say below what it is.

        :rtype: tuple[str, str]
        """
        date = format_date(self.env, row["date"]) if row["date"] else ""
        return row["name"], " · ".join(filter(None, (row["type"], row["state"], date)))

    @api.model
    def _prepare_months(self, results):
        currency = self._get_currency(results)
        counts, money = ("sent", "responses", "leads"), ("cost", "revenue_won")
        rows = [
            [
                month["label"],
                *(self._format(month[name]) for name in counts),
                *(self._format(month[name], "monetary", currency) for name in money),
            ]
            for month in results["months"]
            if any(month[name] for name in (*counts, *money))
        ]
        headings = [
            self.env._("Month"),
            self.env._("Sends"),
            self.env._("Responses"),
            self.env._("Leads"),
            self.env._("Actual Cost"),
            self.env._("Won Revenue"),
        ]
        return rows and Section(
            self.env._("The Months in Figures"), Grid(headings, rows, [50, 20, 20, 20, 30, 30])
        )

    @api.model
    def _prepare_exclusions(self, campaign):
        """Say who was left out and why, over all departures of the campaign."""
        executions = self.env["crm.campaign.execution"].search([("campaign_id", "=", campaign.id)])
        counts = Counter()
        for execution in executions:
            counts.update(execution.exclusion_counts or {})
        targeted = sum(executions.mapped("targeted_count"))
        rows = [
            [
                label,
                self._format(counts[reason]),
                self._format(rates.rate(counts[reason], targeted), "percentage"),
            ]
            for reason, label in self.env["crm.campaign.recipient"]._get_exclusions().items()
            if counts[reason]
        ]
        if not rows:
            return None
        out = sum(counts.values())
        share = self._format(rates.rate(out, targeted), "percentage")
        headings = [self.env._("Reason"), self.env._("People"), self.env._("Of the targeted")]
        return Section(
            self.env._("Who Was Left Out, and Why"),
            Grid(headings, rows, [100, 40, 40], [self.env._("Total"), self._format(out), share]),
        )

    # === HELPERS === #

    @api.model
    def _get_facts(self, campaign):
        states = dict(campaign._fields["state"]._description_selection(self.env))
        period = [
            format_date(self.env, date) for date in (campaign.date_start, campaign.date_end) if date
        ]
        return [
            (self.env._("Code"), campaign.code),
            # Superuser: the name of a colleague.
            (self.env._("Manager"), campaign.user_id.sudo().name),
            (self.env._("Period"), " – ".join(period)),
            (self.env._("Status"), states[campaign.state]),
        ]

    @api.model
    def _get_logo(self, company):
        """Return the picture of a company, or nothing.

        :rtype: bytes
        """
        # Superuser: the logo of the company, for whoever reads its campaign.
        return base64.b64decode(company.sudo().logo or b"")

    @api.model
    def _get_currency(self, results):
        return self.env["res.currency"].browse(results["currency_id"])

    @api.model
    def _format_round(self, value, currency):
        """Write an amount without cents, for the axis of a chart."""
        number, symbol = self._format(value), currency.symbol or currency.name
        parts = [symbol, number] if currency.position == "before" else [number, symbol]
        return "\xa0".join(parts)

    @api.model
    def _format(self, value, kind="integer", currency=None):
        """Write a number the way of the reader's language, rounded as on the screen.

        :param value: None = there is nothing to divide by
        :param str kind: ``integer``, ``monetary`` or ``percentage`` (0.25 is 25 %)
        :param currency: of an amount
        """
        if value is None or value is False:
            return NO_VALUE
        if kind == "percentage":
            number = formatLang(self.env, 100 * value, digits=1, rounding_method="HALF-UP")
            return self.env._("%(number)s%%", number=number)
        if kind == "monetary":
            return formatLang(self.env, value, rounding_method="HALF-UP", currency_obj=currency)
        return formatLang(self.env, value, digits=0)
