# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The statement with which fill.py adds leads and opportunities, most of them of its contacts."""

import contacts_words as words
from fill_people import Batch

from odoo.tools import SQL

LEADS = 10  # contacts for one lead
LEADS_WITH_PARTNER = 0.70
LEADS_WITH_USER = 0.60
OPPORTUNITIES = 0.70
WON = 0.15  # of the opportunities
LOST = 0.15
SUBJECTS = (
    "Devis rénovation", "Contrat d'entretien", "Demande de catalogue", "Projet d'extension",
    "Renouvellement", "Commande de printemps", "Mise en conformité", "Étude de faisabilité",
)  # fmt: skip
OLDEST_CLOSING = 90  # days from the creation to the closing, at most


def insert_leads(cr, batch: Batch) -> int:
    """Insert a tenth as many leads as contacts, return how many."""
    count = batch.n // LEADS
    columns = lead_columns(cr, batch)
    cr.execute(
        SQL(
            """
            INSERT INTO crm_lead (%s) SELECT %s FROM (%s) AS leads ORDER BY i
            """,
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(columns.values()),
            leads_query(cr, batch, count),
        )
    )
    return count


def read_stages(cr) -> tuple[list[int], int | None]:
    """Return the stages of all teams in their order, and the one of won opportunities."""
    cr.execute(
        SQL(
            """
            SELECT id, is_won FROM crm_stage
             WHERE id NOT IN (SELECT crm_stage_id FROM crm_stage_crm_team_rel)
             ORDER BY sequence, id
            """
        )
    )
    rows = cr.fetchall()
    won = [stage_id for stage_id, is_won in rows if is_won]
    return [stage_id for stage_id, is_won in rows if not is_won], won[0] if won else None


def read_team(cr, batch: Batch) -> int | None:
    """Return the first team that may have opportunities of the main company."""
    cr.execute(
        SQL(
            """
            SELECT id FROM crm_team
             WHERE active AND use_opportunities AND (company_id IS NULL OR company_id = %s)
             ORDER BY sequence, id LIMIT 1
            """,
            batch.company_id,
        )
    )
    row = cr.fetchone()
    return row and row[0]


def leads_query(cr, batch: Batch, count: int) -> SQL:
    """Return the leads 1 … count with their partner, fate, contact and dates.

    ``fate`` is "lead", "open", "won" or "lost"; ``place`` the place of the stage among the open
    ones, from 1.
    """
    stages, won_id = read_stages(cr)
    surnames = [*words.SURNAMES, *words.SURNAMES_WEST]
    first_names = [name for _years, men, women in words.GENERATIONS for name in (*men, *women)]
    return SQL(
        """
        SELECT lead.*, partner.name AS partner, partner.is_company, partner.commercial_company_name,
               partner.email, partner.email_normalized, partner.phone, partner.phone_sanitized,
               partner.function, partner.street, partner.zip, partner.city, partner.country_id,
               partner.company_id AS partner_company_id, lang.id AS lang_id,
               %(first)s || ' ' || %(last)s AS stranger,
               'contact' || i || '@' || %(provider)s AS stranger_email,
               CASE fate WHEN 'won' THEN %(won)s ELSE (%(stages)s::int[])[place] END AS stage_id,
               CASE fate WHEN 'won' THEN 100 WHEN 'lost' THEN 0 WHEN 'lead' THEN 5
                    ELSE round(100.0 * place / %(after)s) END AS chances,
               CASE WHEN fate IN ('won', 'lost')
                    THEN least(moment + make_interval(days => %(days)s), %(today)s::timestamp) END
                    AS closed
          FROM (SELECT i, partner_id, user_id, moment, fate,
                       CASE fate WHEN 'lead' THEN 1 ELSE %(place)s END AS place,
                       CASE fate WHEN 'lead' THEN 0
                            ELSE 50 * round((exp(5 * %(revenue)s) * 2)::numeric) END AS revenue
                  FROM (SELECT i, %(moment)s AS moment,
                               CASE WHEN %(known)s THEN %(base)s + %(partner)s END AS partner_id,
                               CASE WHEN %(assigned)s THEN %(user)s END AS user_id,
                               CASE WHEN %(lead)s THEN 'lead' WHEN %(is_won)s THEN 'won'
                                    WHEN %(is_lost)s THEN 'lost' ELSE 'open' END AS fate
                          FROM (SELECT %(start)s + j AS i
                                  FROM generate_series(1::bigint, %(count)s) AS j) AS numbers
                        OFFSET 0) AS drawn
                OFFSET 0) AS lead
          LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
          LEFT JOIN res_lang AS lang ON lang.code = partner.lang
        """,
        first=batch.pick("lead first name", first_names),
        last=batch.pick("lead last name", surnames, front=True),
        provider=batch.pick("lead provider", words.PROVIDERS, front=True),
        won=won_id,
        stages=stages,
        place=batch.slot("stage", len(stages), front=True),
        after=len(stages) + 1,
        days=batch.slot("closing", OLDEST_CLOSING),
        today=batch.today,
        revenue=batch.dice("revenue"),
        moment=batch.moment("lead created"),
        known=batch.chance("lead partner", LEADS_WITH_PARTNER),
        base=batch.base,
        partner=batch.slot("lead of", batch.n),
        assigned=batch.chance("lead has user", LEADS_WITH_USER if batch.user_ids else 0),
        user=batch.pick("lead user", batch.user_ids or [0]),
        lead=SQL("NOT %s", batch.chance("opportunity", OPPORTUNITIES)),
        is_won=batch.chance("won", WON if won_id else 0),
        is_lost=batch.chance("lost", LOST / (1 - WON)),
        start=batch.start,
        count=count,
    )


def lead_columns(cr, batch: Batch) -> dict[str, SQL]:
    """Return the columns of crm_lead, each with its expression on leads_query."""
    zeros = ("recurring_revenue", "recurring_revenue_monthly", "recurring_revenue_prorated",
             "recurring_revenue_monthly_prorated", "color", "message_bounce")  # fmt: skip
    copied = ("partner_id", "user_id", "phone", "phone_sanitized", "function", "street", "zip",
              "city", "country_id", "lang_id", "stage_id")  # fmt: skip
    address = SQL("CASE WHEN partner_id IS NULL THEN stranger_email ELSE email_normalized END")
    return dict.fromkeys(zeros, SQL("0")) | {
        **{name: SQL.identifier(name) for name in copied},
        "name": SQL(
            "%s || ' - ' || coalesce(commercial_company_name, partner, stranger)",
            batch.pick("subject", SUBJECTS),
        ),
        "type": SQL("CASE fate WHEN 'lead' THEN 'lead' ELSE 'opportunity' END"),
        "priority": batch.pick("priority", ("0", "0", "0", "1", "2", "3")),
        "contact_name": SQL("CASE WHEN is_company THEN NULL ELSE coalesce(partner, stranger) END"),
        "partner_name": SQL("commercial_company_name"),
        "email_from": SQL("CASE WHEN partner_id IS NULL THEN stranger_email ELSE email END"),
        "email_normalized": address,
        "email_domain_criterion": SQL("'@' || split_part(%s, '@', 2)", address),
        "email_state": SQL("CASE WHEN %s IS NOT NULL THEN 'correct' END", address),
        "phone_state": SQL("CASE WHEN phone IS NOT NULL THEN 'correct' END"),
        "expected_revenue": SQL("revenue"),
        "prorated_revenue": SQL("round(revenue * chances / 100, 2)"),
        "probability": SQL("chances"),
        "automated_probability": SQL("chances"),
        "active": SQL("fate != 'lost'"),
        "won_status": SQL("CASE WHEN fate IN ('won', 'lost') THEN fate ELSE 'pending' END"),
        "lost_reason_id": SQL(
            "CASE fate WHEN 'lost' THEN (SELECT min(id) FROM crm_lost_reason WHERE active) END"
        ),
        "date_closed": SQL("closed"),
        "day_close": SQL("floor(extract(epoch FROM closed - moment) / 86400)"),
        "date_open": SQL("CASE WHEN user_id IS NOT NULL THEN moment END"),
        "day_open": SQL("CASE WHEN user_id IS NOT NULL THEN 0 END"),
        "date_last_stage_update": SQL("coalesce(closed, moment)"),
        "team_id": SQL("%s::int", read_team(cr, batch)),
        "company_id": SQL(
            "CASE WHEN user_id IS NULL THEN partner_company_id ELSE %s END", batch.company_id
        ),
        "create_date": SQL("moment"),
        "write_date": SQL("coalesce(closed, moment)"),
        "create_uid": SQL("1"),
        "write_uid": SQL("1"),
    }
