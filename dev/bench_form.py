# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Opening the form of an execution: with a hundred recipients, and with many."""

import time
from collections.abc import Iterator

from bench_mailing import create_operation
from lxml import etree

from odoo.tools import SQL

FEW = 100
OPENINGS = 30


def bench_form(env, n: int, tag, figure) -> Iterator[dict]:
    """Open the form of an execution with n recipients beside one with a hundred."""
    executions = [create_execution(env, tag, count) for count in (FEW, n)]
    specification = read_specification(env)
    (few_s, few_queries), (many_s, many_queries) = (
        open_form(execution, specification) for execution in executions
    )
    yield {
        **figure("form", "time of opening", 1, (many_s, few_s), f"{FEW} recipients"),
        "n": n,
        "unit": "ms",
    }
    yield {
        **figure("form", "queries of opening", 1, (1, 1), f"{FEW} recipients"),
        "n": n,
        "ours": many_queries,
        "reference": few_queries,
        "ratio": round(few_queries / many_queries, 2),
        "unit": "queries",
    }


def create_execution(env, tag, count: int):
    """Insert an execution that is done, with so many recipients in every state."""
    operation = create_operation(env, tag)
    execution = env["crm.campaign.execution"].create(operation._prepare_execution_vals())
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_campaign_recipient
                        (execution_id, res_id, email, state, exclusion, opened_at, sent_at)
            SELECT %s, i, CASE WHEN i %% 3 != 0 THEN 'form' || i || '@bench.example.com' END,
                   CASE WHEN i %% 3 = 0 THEN 'excluded' WHEN i %% 2 = 0 THEN 'opened'
                        ELSE 'sent' END,
                   CASE WHEN i %% 3 = 0 THEN 'no_address' END,
                   CASE WHEN i %% 2 = 0 AND i %% 3 != 0 THEN now() END, now()
              FROM generate_series(1, %s) AS i;
            ANALYZE crm_campaign_recipient
            """,
            execution.id,
            count,
        )
    )
    env.invalidate_all()
    execution._count_exclusions()
    execution._refresh_counters()
    execution.state = "running"
    execution.state = "done"
    env.flush_all()
    return execution


def read_specification(env) -> dict:
    """Say what the web client asks for when it opens the form."""
    view = env["crm.campaign.execution"].get_views([(False, "form")])["views"]["form"]
    fields = env["crm.campaign.execution"]._fields
    names = {node.get("name") for node in etree.fromstring(view["arch"]).iter("field")}
    return {
        name: {"fields": {"display_name": {}}} if fields[name].relational else {}
        for name in names
        if name in fields
    }


def open_form(execution, specification) -> tuple[float, int]:
    """Return the seconds of the fastest opening, and the queries of each."""
    best, queries = float("inf"), 0
    for _opening in range(OPENINGS):
        execution.env.invalidate_all()
        before, start = execution.env.cr.sql_log_count, time.perf_counter()
        execution.web_read(specification)
        best = min(best, time.perf_counter() - start)
        queries = execution.env.cr.sql_log_count - before
    return best, queries
