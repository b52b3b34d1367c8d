# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make bench PART=closing N=…`: a campaign is closed, beside the bare deletes and updates.

N people wait in a mailing and N / 10 to be called. Everything is rolled back.
"""

import resource
import time
from collections.abc import Callable, Iterator

from bench_mailing import create_operation

from odoo.tools import SQL

ROUNDS = 3
# People who wait for a message to each who waits for a call.
SHARE = 10
WITHDRAW = """
    UPDATE crm_campaign_recipient SET state = 'withdrawn', failure_reason = 'Campaign closed'
     WHERE execution_id IN %s AND state IN ('pending', 'to_call', 'to_do', 'deferred')
"""
DELETE = """
    DELETE FROM crm_campaign_call c
     WHERE operation_id IN %s AND state IN ('todo', 'no_answer', 'callback')
       AND NOT EXISTS (SELECT FROM crm_campaign_call_attempt a WHERE a.call_id = c.id)
"""


def bench_closing(env, n: int, tag, figure: Callable) -> Iterator[dict]:
    """Fill a campaign and close it, again and again.

    :param tag: of some people, for the target
    :param figure: makes a line of the report, as in bench.py
    """
    env = env(context={"tracking_disable": True})
    mailing = create_execution(env, create_operation(env, tag), n, "email")
    calls = create_execution(env, create_call_operation(mailing), n // SHARE, "phone")
    insert_calls(calls)
    campaign = mailing.campaign_id
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = min(time_rolled_back(env, campaign.action_close) for _round in range(ROUNDS))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    raw = min(time_rolled_back(env, bare(env, mailing | calls)) for _round in range(ROUNDS))
    yield figure("closing", "close vs raw", n, (ours, raw), f"bare SQL; {grown} MB more")


def create_call_operation(mailing):
    """Create a call campaign beside a mailing."""
    operation = mailing.operation_id
    return operation.copy(
        {
            "operation_type": "call",
            "channel": "phone",
            "template_id": False,
            "campaign_id": operation.campaign_id.id,
            "email_from": operation.email_from,
        }
    )


def create_execution(env, operation, n: int, channel: str):
    """Insert an execution of which n people wait."""
    execution = env["crm.campaign.execution"].create(
        {**operation._prepare_execution_vals(), "channel": channel, "started_at": "2026-01-01"}
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE crm_campaign_execution SET state = 'running' WHERE id = %(execution)s;
            UPDATE crm_campaign_operation SET state = 'running' WHERE id = %(operation)s;
            INSERT INTO crm_campaign_recipient (execution_id, res_id, email, phone, state)
            SELECT %(execution)s, i,
                   CASE WHEN %(channel)s = 'email' THEN 'close' || i || '@bench.example.com' END,
                   CASE WHEN %(channel)s = 'phone' THEN '+33' || (100000000 + i) END,
                   CASE WHEN %(channel)s = 'email' THEN 'pending' ELSE 'to_call' END
              FROM generate_series(1, %(n)s) AS i;
            ANALYZE crm_campaign_recipient
            """,
            execution=execution.id,
            operation=operation.id,
            channel=channel,
            n=n,
        )
    )
    env.invalidate_all()
    return execution


def insert_calls(execution):
    """Insert a call for each who waits."""
    execution.env.cr.execute(
        SQL(
            """
            INSERT INTO crm_campaign_call (operation_id, recipient_id, phone, user_id, date_planned,
                                           due_at, state, attempt_count, is_promised, is_paused)
            SELECT %s, id, phone, %s, CURRENT_DATE, now(), 'todo', 0, FALSE, FALSE
              FROM crm_campaign_recipient WHERE execution_id = %s;
            ANALYZE crm_campaign_call
            """,
            execution.operation_id.id,
            execution.env.uid,
            execution.id,
        )
    )


def bare(env, executions):
    """Give what closing does to people and calls, as two statements."""

    def run():
        env.cr.execute(DELETE, (tuple(executions.operation_id.ids),))
        env.cr.execute(WITHDRAW, (tuple(executions.ids),))

    return run


def time_rolled_back(env, work: Callable) -> float:
    """Time some work, in seconds, and take it back."""
    env.cr.execute("SAVEPOINT closing")
    start = time.perf_counter()
    work()
    env.flush_all()
    seconds = time.perf_counter() - start
    env.cr.execute("ROLLBACK TO SAVEPOINT closing")
    env.invalidate_all()
    return seconds
