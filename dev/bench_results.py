# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make bench PART=results N=…`: dashboard and analysis of a campaign of N recipients.

Two campaigns of 50 operations, one with 5,000 recipients, the other with N; one in twenty answers,
one in a thousand becomes a lead. Everything is counted by the job that counts, then rolled back.
"""

import statistics
import time
from collections.abc import Callable, Iterator

from bench_mailing import create_operation

from odoo.tools import SQL

FEW = 5_000
OPERATIONS = 50
ROUNDS = 15
KINDS = ["manual", "reply", "click", "lead", "call", "visit", "code"]
GROUPS = ["date:month", "operation_id"]
MEASURES = [
    "targeted_count",
    "reached_count",
    "response_count",
    "lead_count",
    "revenue_won",
    "cost",
]
AGGREGATES = [*(f"{name}:sum" for name in MEASURES), "cost_per_lead:avg"]
# The figures of the pivot, from the stored rows that it reads.
STORED = """
    SELECT date_trunc('month', day), operation_id, sum(targeted), sum(reached), sum(responses),
           sum(leads), sum(revenue), sum(cost)
      FROM (SELECT (started_at AT TIME ZONE 'UTC')::date AS day, operation_id,
                   targeted_count AS targeted, delivered_count AS reached, NULL::int AS responses,
                   NULL::int AS leads, NULL::numeric AS revenue, NULL::numeric AS cost
              FROM crm_campaign_execution WHERE campaign_id = %(campaign)s
             UNION ALL
            SELECT date, operation_id, NULL, NULL, response_count, lead_count, revenue_won, NULL
              FROM crm_campaign_total WHERE campaign_id = %(campaign)s
             UNION ALL
            SELECT date, operation_id, NULL, NULL, NULL, NULL, NULL, amount_actual_company
              FROM crm_campaign_budget_line WHERE campaign_id = %(campaign)s) rows
  GROUP BY 1, 2 ORDER BY 1, 2
"""
# The same figures, from people: what a report without stored totals reads.
PEOPLE = """
    SELECT date_trunc('month', day), operation_id, sum(targeted), sum(reached), sum(responses),
           sum(leads), sum(revenue)
      FROM (SELECT r.sent_at AS day, x.operation_id, 1 AS targeted,
                   CASE WHEN r.state = 'sent' THEN 1 END AS reached, NULL::int AS responses,
                   NULL::int AS leads, NULL::numeric AS revenue
              FROM crm_campaign_recipient r
              JOIN crm_campaign_execution x ON x.id = r.execution_id
             WHERE x.campaign_id = %(campaign)s
             UNION ALL
            SELECT date, operation_id, NULL, NULL, 1, NULL, NULL
              FROM crm_campaign_response WHERE campaign_id = %(campaign)s
             UNION ALL
            SELECT l.create_date, l.campaign_operation_id, NULL, NULL, NULL, 1,
                   CASE WHEN l.won_status = 'won' THEN l.expected_revenue END
              FROM crm_lead l JOIN crm_campaign c ON c.utm_campaign_id = l.campaign_id
             WHERE c.id = %(campaign)s) rows
  GROUP BY 1, 2 ORDER BY 1, 2
"""


def bench_results(env, n: int, tag, figure: Callable) -> Iterator[dict]:
    """Show the results of a small and of a large campaign.

    :param tag: of some people, for the target
    :param figure: makes a line of the report, as in bench.py
    """
    env = env(context={"tracking_disable": True})
    few, many = (create_campaign(env, tag, number) for number in (FEW, n))
    env.cr.execute(
        "ANALYZE crm_campaign_recipient, crm_campaign_response, crm_campaign_total, crm_lead,"
        " crm_campaign_execution"
    )
    seconds = alternate(env, lambda: few.get_results(), lambda: many.get_results())
    yield figure("results", "dashboard", 1, seconds[::-1], f"with {FEW} recipients ({n} here)")
    people = (PEOPLE, {"campaign": many.id})
    times = alternate(env, lambda: pivot(env, many), lambda: env.cr.execute(*people), rounds=3)
    yield figure("results", "analysis vs raw", 1, times, f"raw aggregate of {n} people")
    rows = fill_days(env, many)
    stored = (STORED, {"campaign": many.id})
    times = alternate(env, lambda: aggregate(env, many), lambda: env.cr.execute(*stored))
    yield figure("results", "analysis vs stored rows", 1, times, f"raw aggregate of {rows} rows")


def fill_days(env, campaign) -> int:
    """Have something of each kind happen every day of a year to each operation.

    :return: number of rows that the analysis reads then
    """
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_campaign_total (campaign_id, operation_id, company_id, kind, date,
                                            response_count, lead_count, revenue_won)
            SELECT o.campaign_id, o.id, o.company_id, kind, day::date, 3, 1, 100
              FROM crm_campaign_operation o,
                   generate_series('2026-01-01'::date, '2026-12-31', '1 day') AS day,
                   unnest(%s) AS kind
             WHERE o.campaign_id = %s
                ON CONFLICT DO NOTHING;
            ANALYZE crm_campaign_total
            """,
            KINDS,
            campaign.id,
        )
    )
    return env["crm.campaign.total"].search_count([("campaign_id", "=", campaign.id)])


def create_campaign(env, tag, n: int):
    """Create a campaign of 50 operations that have been sent to n people, and count it."""
    first = create_operation(env, tag)
    operations = first
    for number in range(1, OPERATIONS):
        operations |= first.copy(
            {"name": f"{first.name} {number}", "campaign_id": first.campaign_id.id}
        )
    executions = env["crm.campaign.execution"].create(
        [
            {
                **operation._prepare_execution_vals(),
                "channel": "email",
                "started_at": f"2026-{1 + number % 12:02}-02 09:00:00",
            }
            for number, operation in enumerate(operations)
        ]
    )
    env["crm.campaign.budget.line"].create(
        [
            {"operation_id": operation.id, "name": "Agency", "amount_actual": 100.0}
            for operation in operations
        ]
    )
    env.flush_all()
    insert_people(env, executions, n)
    insert_leads(env, first.campaign_id, n // 1000)
    executions._refresh_counters()
    responses = env["crm.campaign.response"]
    responses._note_returns(executions)
    responses._note_leads()
    responses._count_new()
    env["crm.campaign.total"]._rebuild_leads(first.campaign_id)
    return first.campaign_id


def insert_people(env, executions, n: int):
    """Insert n people who were reached, of whom one in twenty answered within thirty days."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_campaign_recipient
                        (execution_id, res_id, email, state, sent_at, replied_at)
            SELECT x.id, i, 'results' || i || '@bench.example.com', 'sent', x.started_at,
                   CASE WHEN i %% 20 = 0
                        THEN x.started_at + (i %% 720) * interval '1 hour' END
              FROM (SELECT id, started_at, row_number() OVER (ORDER BY id) - 1 AS place
                      FROM crm_campaign_execution WHERE id IN %s) x,
                   generate_series(1, %s) AS i
             WHERE i %% %s = x.place
            """,
            tuple(executions.ids),
            n,
            OPERATIONS,
        )
    )


def insert_leads(env, campaign, n: int):
    """Have n leads of the campaign, a third of them won."""
    leads = env["crm.lead"].create(
        [
            {"name": f"Lead {number}", "campaign_id": campaign.utm_campaign_id.id}
            for number in range(n)
        ]
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE crm_lead SET expected_revenue = 100, date_closed = now(), won_status = CASE"
            " WHEN id %% 3 = 0 THEN 'won' ELSE 'pending' END WHERE id = ANY(%s)",
            leads.ids,
        )
    )
    env.invalidate_all()


def pivot(env, campaign):
    """Ask for what the pivot view shows, written for the eye by the host."""
    return env["crm.campaign.report"].formatted_read_group(
        [("campaign_id", "=", campaign.id)], GROUPS, AGGREGATES
    )


def aggregate(env, campaign):
    """Ask for the same groups, as records."""
    return env["crm.campaign.report"]._read_group(
        [("campaign_id", "=", campaign.id)], GROUPS, AGGREGATES
    )


def alternate(env, ours: Callable, reference: Callable, rounds: int = ROUNDS):
    """Time two works in turns, with empty caches.

    :return: medians of ours and of the reference, in seconds
    """
    times = ([], [])
    for _round in range(rounds):
        for work, taken in zip((ours, reference), times, strict=True):
            env.invalidate_all()
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return tuple(statistics.median(taken) for taken in times)
