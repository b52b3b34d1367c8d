# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import CHANNELS, OPERATION_TYPES, RESPONSE_KINDS

KEYS = ("campaign_id", "operation_id", "company_id")
# Columns of the view that are summed, in their order.
COUNTERS = (
    "targeted_count",
    "included_count",
    "excluded_count",
    "sent_count",
    "reached_count",
    "opened_count",
    "clicked_count",
    "bounced_count",
    "failed_count",
    "unsubscribed_count",
    "response_count",
    "lead_count",
    "won_count",
)
AMOUNTS = ("revenue_expected", "revenue_won", "budget", "cost")
# Ratio -> numerator and denominator: always a ratio of sums, never a mean of ratios.
RATIOS = {
    "opened_rate": ("opened_count", "reached_count"),
    "clicked_rate": ("clicked_count", "reached_count"),
    "response_rate": ("response_count", "reached_count"),
    "won_rate": ("won_count", "lead_count"),
    "cost_per_reached": ("cost", "reached_count"),
    "cost_per_response": ("cost", "response_count"),
    "cost_per_lead": ("cost", "lead_count"),
    # Less the cost itself: see tools.rates.return_on_cost
    "return_rate": ("revenue_won", "cost"),
}


class CrmCampaignReport(models.Model):
    """Campaign analysis: what was done, what came of it and what it cost, by day.

    One row an execution, a day of responses and leads (``crm.campaign.total``), a budget line, a
    budget without lines, and the list of a trade show. Each row says one thing, so every measure
    may be added up; no row is about a person, so the number of people does not matter.
    """

    _name = "crm.campaign.report"
    _description = "Campaign Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "operation_id"
    _depends = {
        "crm.campaign.execution": ["campaign_id", "operation_id", "started_at"],
        "crm.campaign.total": ["campaign_id", "operation_id", "date"],
        "crm.campaign.budget.line": [
            "operation_id",
            "date",
            "amount_budget_company",
            "amount_actual_company",
        ],
        "crm.campaign.attendee": ["operation_id", "state"],
        "crm.campaign.operation": [
            *("budget_company", "state", "user_id", "operation_type", "channel", "date_calendar"),
        ],
        "crm.campaign": ["user_id", "company_id"],
    }

    date = fields.Date(readonly=True, help="In the time zone of the company.")
    campaign_id = fields.Many2one("crm.campaign", readonly=True)
    operation_id = fields.Many2one("crm.campaign.operation", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    operation_type = fields.Selection(OPERATION_TYPES, string="Type", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    kind = fields.Selection(RESPONSE_KINDS, string="Kind of Response", readonly=True)
    # People
    targeted_count = fields.Integer(string="Targeted", readonly=True)
    included_count = fields.Integer(string="Included", readonly=True)
    excluded_count = fields.Integer(string="Exclusions", readonly=True)
    sent_count = fields.Integer(string="Sends", readonly=True)
    reached_count = fields.Integer(string="Reached", readonly=True)
    opened_count = fields.Integer(string="Opens", readonly=True)
    clicked_count = fields.Integer(string="Clicks", readonly=True)
    bounced_count = fields.Integer(string="Bounces", readonly=True)
    failed_count = fields.Integer(string="Failures", readonly=True)
    unsubscribed_count = fields.Integer(string="Unsubscribes", readonly=True)
    # What came back
    response_count = fields.Integer(string="Responses", readonly=True)
    lead_count = fields.Integer(string="Leads", readonly=True)
    won_count = fields.Integer(string="Won", readonly=True)
    revenue_expected = fields.Monetary(string="Expected Revenue", readonly=True)
    revenue_won = fields.Monetary(string="Won Revenue", readonly=True)
    # What it cost
    budget = fields.Monetary(readonly=True)
    cost = fields.Monetary(string="Actual Cost", readonly=True)
    # Ratios, of the sums of a group
    opened_rate = fields.Float(
        string="Opening Rate", readonly=True, aggregator="avg", help="Opens ÷ reached."
    )
    clicked_rate = fields.Float(
        string="Click Rate", readonly=True, aggregator="avg", help="Clicks ÷ reached."
    )
    response_rate = fields.Float(readonly=True, aggregator="avg", help="Responses ÷ reached.")
    won_rate = fields.Float(
        string="Winning Rate", readonly=True, aggregator="avg", help="Won leads ÷ leads."
    )
    cost_per_reached = fields.Float(
        string="Cost per Person Reached",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Actual cost ÷ reached, in the currency of the company.",
    )
    cost_per_response = fields.Float(
        string="Cost per Response",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Actual cost ÷ responses, in the currency of the company.",
    )
    cost_per_lead = fields.Float(
        string="Cost per Lead",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Actual cost ÷ leads, in the currency of the company.",
    )
    return_rate = fields.Float(
        string="Return",
        readonly=True,
        aggregator="avg",
        help="(Won revenue − actual cost) ÷ actual cost.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        """Join what the sources have in common.

        Outer joins by primary keys, and nothing of them but what no source has: PostgreSQL leaves
        out those of which a query asks for no column.
        """
        return SQL(
            """
            SELECT f.id, f.date, f.campaign_id, f.operation_id, f.company_id, z.currency_id,
                   COALESCE(o.user_id, u.user_id) AS user_id, o.operation_type, o.channel, f.kind,
                   %s
              FROM (%s) f
         LEFT JOIN crm_campaign c ON c.id = f.campaign_id
         LEFT JOIN utm_campaign u ON u.id = c.utm_campaign_id
         LEFT JOIN res_company z ON z.id = f.company_id
         LEFT JOIN crm_campaign_operation o ON o.id = f.operation_id
            """,
            SQL(", ").join([*self._select_measures(), *self._select_ratios()]),
            SQL(" UNION ALL ").join(self._get_sources()),
        )

    @api.model
    def _select_measures(self):
        return [SQL("f.%s", SQL.identifier(name)) for name in (*COUNTERS, *AMOUNTS)]

    @api.model
    def _select_ratios(self):
        """Give the ratios of single rows; those of groups are made by ``_read_group_select``."""
        return [
            SQL(
                "%s AS %s",
                self._get_ratio_sql(name, *(SQL("f.%s", SQL.identifier(one)) for one in columns)),
                SQL.identifier(name),
            )
            for name, columns in RATIOS.items()
        ]

    @api.model
    def _get_ratio_sql(self, name, part, whole):
        """Divide, for a row or for a group.

        :param str name: key of ``RATIOS``
        :param SQL part: its first measure: of the row, or the sum of the group
        :param SQL whole: its second one
        :rtype: SQL
        """
        if name == "return_rate":
            part = SQL("(%s - %s)", part, whole)
        return SQL("%s::float / NULLIF(%s, 0)", part, whole)

    @api.model
    def _get_sources(self):
        """Give the kinds of rows, each a SELECT of ``_prepare_source``. Extended by integrators.

        Identifiers are multiples of ten plus the number of the source, so that they stay unique.

        :rtype: list[SQL]
        """
        return [
            self._get_execution_source(),
            self._get_total_source(),
            self._get_line_source(),
            self._get_budget_source(),
            self._get_attendee_source(),
        ]

    @api.model
    def _prepare_source(self, number, columns, source):
        """Prepare a SELECT in which every measure that is not given is null.

        :param int number: of the source, 0 to 9
        :param dict[str, SQL] columns: ``id``, ``date``, ``campaign_id``, ``operation_id``,
            ``company_id``, maybe ``kind``, and measures
        :param SQL source: what follows FROM
        :rtype: SQL
        """
        types = {
            "id": SQL("int8"),
            "date": SQL("date"),
            **dict.fromkeys(KEYS, SQL("int4")),
            "kind": SQL("varchar"),
            # Sums of four bytes have eight, and are much faster than those of eight.
            **dict.fromkeys(COUNTERS, SQL("int4")),
            **dict.fromkeys(AMOUNTS, SQL("numeric")),
        }
        columns = {**columns, "id": SQL("%s::int8 * 10 + %s", columns["id"], number)}
        return SQL(
            "SELECT %s FROM %s",
            SQL(", ").join(
                SQL("%s::%s AS %s", columns.get(name, SQL("NULL")), cast, SQL.identifier(name))
                for name, cast in types.items()
            ),
            source,
        )

    @api.model
    def _get_execution_source(self):
        same = [name for name in COUNTERS if name in self.env["crm.campaign.execution"]._fields]
        day = self.env["crm.campaign.total"]._get_day_sql
        return self._prepare_source(
            0,
            {
                "id": SQL("x.id"),
                "date": day(SQL("COALESCE(x.started_at, x.scheduled_at)"), SQL("x.company_id")),
                "campaign_id": SQL("x.campaign_id"),
                "operation_id": SQL("x.operation_id"),
                "company_id": SQL("x.company_id"),
                **{name: SQL("x.%s", SQL.identifier(name)) for name in same},
                "reached_count": SQL("x.delivered_count"),
            },
            SQL("crm_campaign_execution x WHERE x.campaign_id IS NOT NULL"),
        )

    @api.model
    def _get_total_source(self):
        names = ("response_count", "lead_count", "won_count", "revenue_expected", "revenue_won")
        return self._prepare_source(
            1,
            {
                name: SQL("t.%s", SQL.identifier(name))
                for name in ("id", "date", *KEYS, "kind", *names)
            },
            SQL("crm_campaign_total t"),
        )

    @api.model
    def _get_line_source(self):
        return self._prepare_source(
            2,
            {
                "id": SQL("b.id"),
                "date": SQL("b.date"),
                "campaign_id": SQL("b.campaign_id"),
                "operation_id": SQL("b.operation_id"),
                "company_id": SQL("b.company_id"),
                "budget": SQL(
                    "(CASE WHEN p.state != 'cancelled' THEN b.amount_budget_company END)"
                ),
                "cost": SQL("b.amount_actual_company"),
            },
            SQL(
                "crm_campaign_budget_line b JOIN crm_campaign_operation p ON p.id = b.operation_id"
            ),
        )

    @api.model
    def _get_budget_source(self):
        """Give the budgets that were entered as one amount, on the operation's day."""
        day = self.env["crm.campaign.total"]._get_day_sql
        return self._prepare_source(
            3,
            {
                "id": SQL("p.id"),
                "date": day(SQL("COALESCE(p.date_calendar, p.create_date)"), SQL("p.company_id")),
                "campaign_id": SQL("p.campaign_id"),
                "operation_id": SQL("p.id"),
                "company_id": SQL("p.company_id"),
                "budget": SQL("p.budget_company"),
            },
            SQL(
                "crm_campaign_operation p WHERE p.budget_company != 0 AND p.state != 'cancelled'"
                " AND NOT EXISTS (SELECT FROM crm_campaign_budget_line b"
                " WHERE b.operation_id = p.id AND b.amount_budget != 0)"
            ),
        )

    @api.model
    def _get_attendee_source(self):
        day = self.env["crm.campaign.total"]._get_day_sql
        return self._prepare_source(
            4,
            {
                "id": SQL("p.id"),
                "date": day(SQL("COALESCE(p.date_calendar, p.create_date)"), SQL("p.company_id")),
                "campaign_id": SQL("p.campaign_id"),
                "operation_id": SQL("p.id"),
                "company_id": SQL("p.company_id"),
                "targeted_count": SQL("people.invited"),
                "included_count": SQL("people.invited"),
                "reached_count": SQL("people.present"),
            },
            SQL(
                "crm_campaign_operation p JOIN LATERAL (SELECT count(*) AS invited,"
                " count(*) FILTER (WHERE a.state = 'present') AS present"
                " FROM crm_campaign_attendee a WHERE a.operation_id = p.id) people ON TRUE"
                " WHERE p.operation_type = 'trade_show'"
            ),
        )

    # === AGGREGATES === #

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS base — ratios of sums
        name, _separator, function = aggregate_spec.partition(":")
        if function != "avg" or name not in RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        sums = (
            SQL("SUM(%s)", self._field_to_sql(self._table, column, query))
            for column in RATIOS[name]
        )
        return self._get_ratio_sql(name, *sums)

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_action(self, operations, measure=None):
        """Prepare the action that opens the analysis of some operations.

        :param operations: which ones
        :param str | None measure: name of a counter without ``_count``, shown alone
        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_report_action"
        )
        context = {}
        if measure:
            context = {
                "pivot_measures": [f"{measure}_count"],
                "pivot_row_groupby": ["operation_id"],
                "pivot_column_groupby": [],
            }
        return {
            **action,
            "domain": [("operation_id", "in", operations.ids)],
            "context": context,
        }
