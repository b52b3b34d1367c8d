# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Taking the next call over HTTP, beside the host's smallest authenticated remote call.

A server process of its own answers; both kinds of requests alternate, so that whatever else the
machine does hinders both. Limits: twice the host's time; with many open calls the time of 1,000
(± 20 %). Each attempt is noted between the measured requests, so that another call comes next.
"""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from statistics import median, quantiles

import odoo
from odoo.service import security
from odoo.tools import SQL

FEW = 1_000
REQUESTS = 300
# Every fifth call belongs to anybody; this many at most are those of the caller who is measured.
OWN = 400
SMALLEST = "/web/session/check"
PATIENCE_S = 60
# How often the statement that takes a call must use which index.
INDEXES = {"taken_idx": 1, "offer_idx": 2, "anybody_idx": 2}


def bench_take_next(operation, execution, n: int, figure: Callable) -> Iterator[dict]:
    """Take calls while few are open, while many are, with as many done beside.

    :param execution: whose recipients are called, by the rows of the table `bench_call`
    """
    env = operation.env
    spread_rows(operation)
    env.cr.execute("ALTER TABLE crm_campaign_call SET (autovacuum_enabled = off)")
    env.cr.commit()
    own, other = operation.caller_ids[0], operation.caller_ids[1]
    with running_server(env.cr.dbname) as port:
        clients = [Client(port, open_session(env, user)) for user in (own, other)]
        outcome_id = env.ref("crm_campaign.crm_campaign_call_outcome_no_answer").id
        insert(env, min(FEW, n))
        few, _host = clients[0].alternate(outcome_id)
        insert(env, n)
        check_plans(env, own, "just inserted")
        many, host = clients[0].alternate(outcome_id)
        anybody, host_2 = clients[1].alternate(outcome_id)
        insert_done(env, execution, n)
        env.cr.execute("ANALYZE crm_campaign_call")
        env.cr.commit()
        check_plans(env, own, "analyzed")
        insert(env, n)
        beside, host_3 = clients[0].alternate(outcome_id)
    against = f"the host's {SMALLEST}"
    for name, ours, reference, said in (
        ("take next", median(many), median(host), against),
        ("take next, p95", p95(many), p95(host), against),
        (f"take next, {FEW} open", median(many), median(few), f"{FEW} open calls"),
        ("take next, of anybody", median(anybody), median(host_2), against),
        ("take next, done beside", median(beside), median(host_3), against),
    ):
        yield {**figure("calls", name, 1, (ours, reference), said), "n": n, "unit": "ms"}


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


# === DATA === #


def spread_rows(operation):
    """Have the kept calls due in the past month; one has some of them, anybody every fifth."""
    own, _other, *callers = operation.caller_ids.ids
    operation.env.cr.execute(
        SQL(
            """
            UPDATE bench_call
               SET due_at = now() AT TIME ZONE 'UTC'
                          - (hashint4(recipient_id) & 65535) * interval '40 seconds',
                   user_id = CASE WHEN place %% 5 = 0 THEN NULL
                                  WHEN place < %s THEN %s
                                  ELSE (%s::int[])[1 + place %% %s] END
              FROM (SELECT recipient_id AS id, row_number() OVER (ORDER BY recipient_id) AS place
                      FROM bench_call) AS numbered
             WHERE id = recipient_id
            """,
            OWN * 5 // 4,
            own,
            callers,
            len(callers),
        )
    )


def insert(env, n: int):
    """Have so many open calls and no others open, without telling the planner."""
    cr = env.cr
    cr.execute("DELETE FROM crm_campaign_call_attempt")
    cr.execute("DELETE FROM crm_campaign_call WHERE state != 'done'")
    cr.commit()
    cr.connection.set_session(autocommit=True)
    cr.execute("VACUUM crm_campaign_call")
    cr.connection.set_session(autocommit=False)
    cr.execute("SELECT * FROM bench_call LIMIT 0")
    columns = SQL(", ").join(SQL.identifier(column.name) for column in cr.description)
    cr.execute(
        SQL(
            "INSERT INTO crm_campaign_call (%s) SELECT %s FROM bench_call"
            " ORDER BY recipient_id LIMIT %s",
            columns,
            columns,
            n,
        )
    )
    cr.commit()


def insert_done(env, execution, n: int):
    """Have so many calls that are over, of the same people and callers."""
    env.cr.execute(
        SQL(
            """
            WITH people AS (
                INSERT INTO crm_campaign_recipient
                            (execution_id, res_id, partner_id, phone, state)
                SELECT %s, res_id, partner_id, '+1' || phone, 'delivered'
                  FROM crm_campaign_recipient WHERE execution_id = %s LIMIT %s
             RETURNING id, phone),
                 numbered AS (SELECT *, row_number() OVER (ORDER BY id) AS place FROM people)
            INSERT INTO crm_campaign_call (operation_id, recipient_id, phone, user_id,
                                           date_planned, due_at, state, attempt_count, is_promised,
                                           is_paused)
            SELECT %s, id, phone, (%s::int[])[1 + place %% %s], now(),
                   now() - interval '60 days', 'done', 1, FALSE, FALSE
              FROM numbered
            """,
            execution.id,
            execution.id,
            n,
            execution.operation_id.id,
            execution.operation_id.caller_ids.ids,
            len(execution.operation_id.caller_ids),
        )
    )
    env.cr.commit()


# === PLANS === #


class Explainer:
    """A cursor that explains statements instead of executing them."""

    def __init__(self, cr):
        self.cr = cr
        self.plans = []

    def execute(self, statement):
        """Keep the plan of a statement, before which something is set."""
        text = self.cr.mogrify(statement).decode().rpartition(";")[2]
        self.cr.execute(SQL("EXPLAIN %s", SQL(text.replace("%", "%%"))))
        self.plans.append("\n".join(line for (line,) in self.cr.fetchall()))

    def dictfetchall(self) -> list:
        """Find nothing, so that the next queue is asked."""
        return []


def check_plans(env, user, when: str):
    """Check that each queue is searched by the index that has it in order.

    :raise RuntimeError: PostgreSQL sorts the calls, or reads them all
    """
    explainer = Explainer(env.cr)
    env(user=user)["crm.campaign.call"]._take(explainer, datetime.now(), [], None)
    (plan,) = explainer.plans
    used = Counter(re.findall(r"Scan using crm_campaign_call_(\w+_idx)", plan))
    if used != INDEXES or "Sort" in plan:
        raise RuntimeError(f"calls are searched the slow way ({when}):\n{plan}")
    sys.stderr.write(f"    {when}: {dict(used)}\n")


# === SERVER === #


@contextmanager
def running_server(database: str) -> Iterator[int]:
    """Run a server without jobs on a free port; give the port once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, os.environ["ODOO_BIN"], "server", "-c", os.environ["ODOO_RC"]]
    command += ["-d", database, "--max-cron-threads=0", "--log-level=error", "--workers=0"]
    command += ["--http-interface=127.0.0.1", f"--http-port={port}"]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        wait_for(server, port)
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(server, port: int):
    """Wait until a server answers.

    :raise RuntimeError: it does not
    """
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        try:
            connection.request("GET", "/web/login")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server does not answer")


def open_session(env, user) -> str:
    """Log a user in, as the host does once the password is checked; return the session's id."""
    store = odoo.http.root.session_store
    session = store.new()
    session.update(odoo.http.get_default_session(), db=env.cr.dbname, _trace_disable=True)
    session.uid, session.login = user.id, user.login
    session.session_token = security.compute_session_token(session, env(user=user))
    session.context = dict(env(user=user)["res.users"].context_get())
    store.save(session)
    return session.sid


class Client:
    """What a browser sends; a connection each request, as the host's own server wants it."""

    def __init__(self, port: int, session_id: str):
        self.port = port
        self.headers = {
            "Content-Type": "application/json",
            "Cookie": f"session_id={session_id}",
        }

    def send(self, path: str, params: dict):
        """Return the result of a remote call.

        :raise RuntimeError: the server answers with an error
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        connection.request("POST", path, body, self.headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["debug"])
        return answer.get("result")

    def call(self, method: str, *arguments):
        """Call a method of calls."""
        path = f"/web/dataset/call_kw/crm.campaign.call/{method}"
        params = {"model": "crm.campaign.call", "method": method}
        return self.send(path, {**params, "args": arguments, "kwargs": {}})

    def alternate(self, outcome_id: int) -> tuple[list[float], list[float]]:
        """Take calls, and ask the host for nothing in turn; return the seconds of both.

        :raise RuntimeError: a call was given twice, or there are none any more
        """
        times, given = ([], []), []
        for number in range(10 + REQUESTS):
            start = time.perf_counter()
            self.send(SMALLEST, {})
            middle = time.perf_counter()
            taken = self.call("take_next")
            end = time.perf_counter()
            given.append(taken["id"])
            self.call("record_outcome", [taken["id"]], outcome_id)
            if number >= 10:  # the first ones fill the caches
                times[0].append(end - middle)
                times[1].append(middle - start)
        if len(set(given)) < len(given):
            raise RuntimeError("a call was given twice")
        return times
