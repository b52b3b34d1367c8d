# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import RESPONSE_KINDS


class CrmCampaignTotal(models.Model):
    """What came of an operation on one day: responses of a kind, and the leads among them.

    The days are those of the company's time zone. Results and analyses read these rows instead of
    people, and so cost the same for five thousand recipients as for five million. Written by the
    count of responses and by the job that counts, never by users.
    """

    _name = "crm.campaign.total"
    _description = "Campaign Total of a Day"
    _order = "date desc, id desc"
    _rec_name = "campaign_id"
    _log_access = False

    campaign_id = fields.Many2one("crm.campaign", required=True, readonly=True, ondelete="cascade")
    # Empty: of the campaign as a whole
    operation_id = fields.Many2one(
        "crm.campaign.operation", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(RESPONSE_KINDS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    response_count = fields.Integer(string="Responses", readonly=True)
    # Of kind "lead" only. Leads and what is expected of open ones stand on the day on which they
    # were made, what was won on the day on which it was.
    lead_count = fields.Integer(string="Leads", readonly=True)
    won_count = fields.Integer(string="Won", readonly=True)
    revenue_expected = fields.Monetary(string="Expected Revenue", readonly=True)
    revenue_won = fields.Monetary(string="Won Revenue", readonly=True)

    _day_uniq = models.UniqueIndex("(campaign_id, COALESCE(operation_id, 0), kind, date)")

    # === BUSINESS METHODS - RESPONSES === #

    @api.model
    def _get_day_sql(self, moment, company):
        """Give the day of a moment, in the time zone of a company.

        :param SQL moment: column in UTC
        :param SQL company: column with the company's id
        :rtype: SQL
        """
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE((SELECT p.tz FROM res_company z"
            " JOIN res_partner p ON p.id = z.partner_id WHERE z.id = %s), 'UTC'))::date",
            moment,
            company,
        )

    @api.model
    def _get_response_insert_sql(self, source):
        """Give the statement that adds responses to the totals of their days.

        :param SQL source: what follows FROM; its columns are those of ``crm_campaign_response``
        :rtype: SQL
        """
        return SQL(
            """
            INSERT INTO crm_campaign_total AS t
                        (campaign_id, operation_id, company_id, kind, date, response_count)
            SELECT r.campaign_id, r.operation_id, r.company_id, r.kind, %s, count(*)
              FROM (SELECT * FROM %s) r
          GROUP BY 1, 2, 3, 4, 5
                ON CONFLICT (campaign_id, COALESCE(operation_id, 0), kind, date) DO UPDATE
               SET response_count = COALESCE(t.response_count, 0) + EXCLUDED.response_count
            """,
            self._get_day_sql(SQL("r.date"), SQL("r.company_id")),
            source,
        )

    @api.model
    def _rebuild_responses(self, campaigns):
        """Count the responses of campaigns again, after some are gone or belong elsewhere.

        :param campaigns: of which responses changed
        """
        if not campaigns:
            return
        ids = tuple(campaigns.ids)
        self.env.cr.execute(
            SQL("UPDATE crm_campaign_total SET response_count = 0 WHERE campaign_id IN %s", ids)
        )
        self.env.cr.execute(
            self._get_response_insert_sql(
                SQL("crm_campaign_response WHERE is_counted AND campaign_id IN %s", ids)
            )
        )
        self._drop_empty(ids)

    # === BUSINESS METHODS - LEADS === #

    @api.model
    def _rebuild_leads(self, campaigns):
        """Count the leads of campaigns again, and their revenue; then the sums of operations.

        :param campaigns: of which leads changed
        """
        if not campaigns:
            return
        ids = tuple(campaigns.ids)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_total SET lead_count = 0, won_count = 0, revenue_expected = 0,"
                " revenue_won = 0 WHERE kind = 'lead' AND campaign_id IN %s",
                ids,
            )
        )
        self.env.cr.execute(self._get_lead_insert_sql(ids))
        self._drop_empty(ids)
        self._sum_leads(ids)

    @api.model
    def _get_revenue_sql(self):
        """Give what a lead is worth, in the currency of its company.

        Hook for integrators: an addon that knows better (invoices, margins) answers with an
        expression over ``l``, a row of ``crm_lead``.

        :rtype: SQL
        """
        return SQL("l.expected_revenue")

    @api.model
    def _get_converted_sql(self, amount, day):
        """Convert an amount of a lead into the currency of the campaign's company.

        Rule: at the rate of the day, as the campaign's company knows it; leads of that company, or
        of another one with its currency, are taken as they are.

        :param SQL amount: over ``l``, a row of ``crm_lead``
        :param SQL day: of the rate
        :rtype: SQL
        """
        return SQL(
            """
            CASE WHEN own.currency_id IS NULL OR own.currency_id = company.currency_id
                 THEN %(amount)s
                 ELSE %(amount)s * COALESCE(%(to)s, 1) / COALESCE(NULLIF(%(from)s, 0), 1) END
            """,
            **{
                "amount": amount,
                "to": self._get_rate_sql(SQL("company.currency_id"), day),
                "from": self._get_rate_sql(SQL("own.currency_id"), day),
            },
        )

    @api.model
    def _get_rate_sql(self, currency, day):
        """Give the rate of a currency on a day, chosen as ``res.currency._get_rates`` does.

        The last one until that day; before the first one, the first.
        """
        return SQL(
            """
            (SELECT r.rate FROM res_currency_rate r
              WHERE r.currency_id = %(currency)s
                AND (r.company_id IS NULL OR r.company_id
                     = split_part(company.parent_path, '/', 1)::int)
           ORDER BY (r.name <= %(day)s) DESC, r.company_id, abs(r.name - %(day)s) LIMIT 1)
            """,
            currency=currency,
            day=day,
        )

    @api.model
    def _get_lead_insert_sql(self, ids):
        """Give the statement that counts the leads of campaigns into the totals of their days.

        :param tuple[int] ids: campaigns
        :rtype: SQL
        """
        day = {"made": SQL("l.create_date"), "won": SQL("COALESCE(l.date_closed, l.create_date)")}
        revenue = self._get_revenue_sql()
        return SQL(
            """
            INSERT INTO crm_campaign_total
                        (campaign_id, operation_id, company_id, kind, date,
                         lead_count, won_count, revenue_expected, revenue_won)
            SELECT c.id, o.id, c.company_id, 'lead', fact.day,
                   sum(fact.lead), sum(fact.won), sum(fact.expected), sum(fact.revenue)
              FROM crm_lead l
              JOIN crm_campaign c ON c.utm_campaign_id = l.campaign_id
              JOIN res_company company ON company.id = c.company_id
         LEFT JOIN res_company own ON own.id = l.company_id
         LEFT JOIN crm_campaign_operation o
                   ON o.id = l.campaign_operation_id AND o.campaign_id = c.id
        CROSS JOIN LATERAL (SELECT %(made)s AS made, %(won)s AS won) day
        CROSS JOIN LATERAL (
                   SELECT day.made AS day, 1 AS lead, 0 AS won, 0 AS revenue,
                          CASE WHEN l.won_status = 'pending' THEN %(expected)s ELSE 0 END
                              AS expected
                UNION ALL
                   SELECT day.won, 0, 1, %(revenue)s, 0 WHERE l.won_status = 'won') fact
             WHERE c.id IN %(ids)s
          GROUP BY 1, 2, 3, 4, 5
                ON CONFLICT (campaign_id, COALESCE(operation_id, 0), kind, date) DO UPDATE
               SET lead_count = EXCLUDED.lead_count, won_count = EXCLUDED.won_count,
                   revenue_expected = EXCLUDED.revenue_expected,
                   revenue_won = EXCLUDED.revenue_won
            """,
            **{name: self._get_day_sql(at, SQL("c.company_id")) for name, at in day.items()},
            expected=self._get_converted_sql(revenue, SQL("day.made")),
            revenue=self._get_converted_sql(revenue, SQL("day.won")),
            ids=ids,
        )

    @api.model
    def _sum_leads(self, ids):
        """Add the totals of the days up on operations and campaigns.

        :param tuple[int] ids: campaigns
        """
        for model, column, scope in (
            ("crm.campaign", "campaign_id", "id"),
            ("crm.campaign.operation", "operation_id", "campaign_id"),
        ):
            table = self.env[model]._table
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s r
                       SET lead_count = s.leads, won_count = s.won,
                           revenue_expected = s.expected, revenue_won = s.revenue
                      FROM (SELECT x.id, COALESCE(sum(t.lead_count), 0) AS leads,
                                   COALESCE(sum(t.won_count), 0) AS won,
                                   COALESCE(sum(t.revenue_expected), 0) AS expected,
                                   COALESCE(sum(t.revenue_won), 0) AS revenue
                              FROM %(table)s x
                         LEFT JOIN crm_campaign_total t
                                   ON t.%(column)s = x.id AND t.kind = 'lead'
                             WHERE x.%(scope)s IN %(ids)s
                          GROUP BY x.id) s
                     WHERE r.id = s.id AND (r.lead_count, r.won_count, r.revenue_expected,
                                            r.revenue_won)
                           IS DISTINCT FROM (s.leads, s.won, s.expected, s.revenue)
                    """,
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    scope=SQL.identifier(scope),
                    ids=ids,
                )
            )
            self.env[model].invalidate_model()

    # === HELPERS === #

    @api.model
    def _drop_empty(self, ids):
        """Delete the rows of campaigns that say nothing any more.

        :param tuple[int] ids: campaigns
        """
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_campaign_total
                 WHERE campaign_id IN %s AND COALESCE(response_count, 0) = 0
                   AND COALESCE(lead_count, 0) = 0 AND COALESCE(won_count, 0) = 0
                """,
                ids,
            )
        )
        self.invalidate_model()
