# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL

from ..const import RECIPIENT_SENT_STATES


class CrmCampaignResponse(models.Model):
    """How what happens becomes responses: statements over whole sets, run by the job that counts.

    Each may run again and again: what is recorded already stays as it is.
    """

    _inherit = "crm.campaign.response"

    @api.model
    def _insert(self, columns, source):
        """Insert responses of which nobody has one yet. Figures follow in the job.

        :param columns: column -> SQL expression over ``source``; ``person`` is worked out here
            from ``partner_id``, ``lead_id`` and ``address`` when it is not given
        :param SQL source: what follows FROM
        :return: number of responses made
        :rtype: int
        """
        known = {name: columns.get(name, SQL("NULL")) for name in ("partner_id", "lead_id")}
        person = SQL(
            "COALESCE('p' || (%s)::text, 'l' || (%s)::text, 'a' || (%s)::text)",
            *known.values(),
            columns.get("address", SQL("NULL")),
        )
        columns = {"person": person, **columns}
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_campaign_response (%s) SELECT %s FROM %s ON CONFLICT DO NOTHING",
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL(", ").join(columns.values()),
                source,
            )
        )
        number = self.env.cr.rowcount
        self.invalidate_model()
        return number

    @api.model
    def _note_returns(self, executions):
        """Make responses of the replies and clicks of executions.

        Only what people did counts: clicks of scanners are none. Executions of automatic tasks and
        messages to one person belong to no campaign and make none.

        :param executions: of which something happened
        """
        if not executions:
            return
        self.env["crm.campaign.recipient"].flush_model()
        source = SQL(
            """
            crm_campaign_recipient r
              JOIN crm_campaign_execution x ON x.id = r.execution_id
        CROSS JOIN LATERAL (VALUES ('reply', r.replied_at), ('click', r.clicked_at))
                   AS happened (kind, moment)
             WHERE x.id IN %s AND x.campaign_id IS NOT NULL AND happened.moment IS NOT NULL
               AND COALESCE(r.partner_id::text, r.lead_id::text, r.email, r.phone) IS NOT NULL
               AND NOT EXISTS (SELECT FROM crm_campaign_response known
                                WHERE known.recipient_id = r.id AND known.kind = happened.kind)
          ORDER BY happened.moment
            """,
            tuple(executions.ids),
        )
        self._insert(
            {
                "partner_id": SQL("r.partner_id"),
                "lead_id": SQL("r.lead_id"),
                "address": SQL(
                    "CASE WHEN COALESCE(r.partner_id, r.lead_id) IS NULL"
                    " THEN COALESCE(r.email, r.phone) END"
                ),
                "campaign_id": SQL("x.campaign_id"),
                "operation_id": SQL("x.operation_id"),
                "company_id": SQL("x.company_id"),
                "recipient_id": SQL("r.id"),
                "kind": SQL("happened.kind"),
                "date": SQL("happened.moment"),
            },
            source,
        )

    @api.model
    def _note_leads(self):
        """Attribute the new leads of our campaigns, each to one operation, and make responses.

        Rule: a lead that an operation made (a call, its page) is that operation's. Any other one
        is the last operation's of its campaign that reached its contact before it was made; without
        such an operation it is the campaign's alone. Won revenue follows the lead, so that nothing
        counts twice. A lead is looked at again only when it goes to another campaign.

        :return: number of leads attributed
        :rtype: int
        """
        self.env["crm.lead"].flush_model()
        self.env["crm.campaign.recipient"].flush_model()
        self.env.cr.execute(
            SQL("%s SELECT id, campaign_id FROM attributed", self._get_attribution_sql())
        )
        rows = self.env.cr.fetchall()
        self.env["crm.lead"].invalidate_model(["campaign_operation_id", "campaign_attributed_id"])
        if rows:
            campaigns = self.env["crm.campaign"].browse({row[1] for row in rows})
            self.env["crm.campaign.recount"]._request_leads(campaigns.utm_campaign_id)
            self._insert(
                {
                    "partner_id": SQL("l.partner_id"),
                    "lead_id": SQL("l.id"),
                    "campaign_id": SQL("c.id"),
                    "operation_id": SQL("l.campaign_operation_id"),
                    "company_id": SQL("c.company_id"),
                    "kind": SQL("'lead'"),
                    "date": SQL("l.create_date"),
                },
                SQL(
                    "crm_lead l JOIN crm_campaign c ON c.utm_campaign_id = l.campaign_id"
                    " WHERE l.id IN %s ORDER BY l.create_date, l.id",
                    tuple(lead_id for lead_id, _campaign in rows),
                ),
            )
        return len(rows)

    @api.model
    def _get_attribution_sql(self):
        """Give the statement that attributes new leads, whose rows it passes on as ``attributed``.

        Leads that somebody is changing just now are left for the next run.
        """
        return SQL(
            """
            WITH fresh AS (
                SELECT l.id, l.campaign_id AS utm_campaign_id, l.partner_id, l.create_date,
                       l.campaign_operation_id, c.id AS campaign_id
                  FROM crm_lead l
                  JOIN crm_campaign c ON c.utm_campaign_id = l.campaign_id
                 WHERE l.campaign_id IS NOT NULL
                   AND l.campaign_attributed_id IS DISTINCT FROM l.campaign_id
                   FOR UPDATE OF l SKIP LOCKED),
            found AS (
                SELECT f.id, f.campaign_id, f.utm_campaign_id,
                       COALESCE(made.id, last.id) AS operation_id
                  FROM fresh f
             LEFT JOIN crm_campaign_operation made
                       ON made.id = f.campaign_operation_id AND made.campaign_id = f.campaign_id
             LEFT JOIN LATERAL (
                       SELECT x.operation_id AS id
                         FROM crm_campaign_recipient r
                         JOIN crm_campaign_execution x ON x.id = r.execution_id
                        WHERE r.partner_id = f.partner_id AND x.campaign_id = f.campaign_id
                          AND r.state IN %(reached)s AND r.sent_at <= f.create_date
                     ORDER BY r.sent_at DESC, r.id DESC
                        LIMIT 1) last ON made.id IS NULL),
            attributed AS (
                UPDATE crm_lead l
                   SET campaign_operation_id = found.operation_id,
                       campaign_attributed_id = found.utm_campaign_id
                  FROM found WHERE l.id = found.id
             RETURNING l.id, found.campaign_id)
            """,
            reached=tuple(state for state in RECIPIENT_SENT_STATES if state != "bounced"),
        )

    @api.model
    def _merge_people(self, column, merged, target_id):
        """Hand responses of merged contacts or leads over; of the same kind, the first one stays.

        :param str column: ``partner_id`` or ``lead_id``
        :param merged: ids of those that go, and of the one that stays
        :param int target_id: id of the one that stays
        """
        self.flush_model()
        values = {"column": SQL.identifier(column), "merged": tuple(merged), "target": target_id}
        self.env.cr.execute(
            SQL(
                """
                WITH ranked AS (
                    SELECT id, campaign_id, operation_id,
                           row_number() OVER (PARTITION BY campaign_id, operation_id, kind
                                                  ORDER BY date, id) AS place
                      FROM crm_campaign_response WHERE %(column)s IN %(merged)s %(alone)s)
                DELETE FROM crm_campaign_response r USING ranked
                 WHERE r.id = ranked.id AND ranked.place > 1
             RETURNING r.campaign_id, r.operation_id
                """,
                **values,
                alone=SQL("AND partner_id IS NULL" if column == "lead_id" else ""),
            )
        )
        gone = self.env.cr.fetchall()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_response
                   SET %(column)s = %(target)s, person = CASE WHEN %(renamed)s
                           THEN %(letter)s || %(target)s::text ELSE person END
                 WHERE %(column)s IN %(merged)s
                """,
                **values,
                letter=column[0],
                renamed=SQL("TRUE" if column == "partner_id" else "partner_id IS NULL"),
            )
        )
        self.invalidate_model()
        self._recount(
            self.env["crm.campaign.operation"].browse({row[1] for row in gone if row[1]}),
            self.env["crm.campaign"].browse({row[0] for row in gone}),
        )
