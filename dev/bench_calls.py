# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make bench PART=calls N=…`: calls shared among 200 callers, made, and taken over HTTP.

Callers have schedules, time zones and leaves of the host. What is measured is committed, so it
wants a database of its own. Limits: a simulation of 100,000 calls takes about two seconds, ten
times the calls at most 11 times the time; calls are made in 1.4 times the raw insert at most.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from bench_calls_http import bench_take_next

from odoo.tools import SQL

CALLERS = 200
DAYS = 60
# In milliseconds.
SIMULATION_LIMIT = 2_000
ROUNDS = 3
# Calls that the host's `create` makes: it takes too long for all.
SAMPLE = 5_000
ZONES = ("Europe/Paris", "Europe/Paris", "Europe/London", "America/New_York")
TAG = "crm_campaign calls"


def bench_calls(env, n: int, figure: Callable) -> Iterator[dict]:
    """Fill the database and measure.

    :param figure: makes a line of the report, as in bench.py
    """
    env = env(context={})
    create_callees(env, n)
    users = create_callers(env)
    operation = create_operation(env, users)
    env.cr.commit()
    yield from bench_simulation(operation, n, figure)
    execution = depart(operation)
    yield from bench_creation(operation, execution, n, figure)
    yield from bench_take_next(operation, execution, n, figure)


# === DATA === #


def create_callees(env, n: int):
    """Insert n tagged people with a number each; one in three has a salesperson."""
    tag = env["res.partner.category"].create({"name": TAG})
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            WITH people AS (
                INSERT INTO res_partner (name, complete_name, phone, phone_sanitized, active, type,
                                         is_company)
                SELECT 'Callee ' || i, 'Callee ' || i, number, number, TRUE, 'contact', FALSE
                  FROM generate_series(1, %s) AS i,
                       LATERAL (SELECT '+33' || 100000000 + i AS number) AS numbers
             RETURNING id)
            INSERT INTO res_partner_res_partner_category_rel (partner_id, category_id)
            SELECT id, %s FROM people;
            UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL;
            ANALYZE res_partner;
            ANALYZE res_partner_res_partner_category_rel
            """,
            n,
            tag.id,
        )
    )
    env.invalidate_all()


def create_callers(env):
    """Create callers: three in four have a schedule of their own, some of them time off."""
    group = env.ref("crm_campaign.crm_campaign_group_caller")
    users = env["res.users"].create(
        [
            {
                "name": f"Caller {number}",
                "login": f"caller{number}",
                "group_ids": [(4, group.id)],
                "tz": ZONES[number % len(ZONES)],
            }
            for number in range(CALLERS)
        ]
    )
    calendars = env["resource.calendar"].create(
        [{"name": f"Bench {number}", "tz": ZONES[number]} for number in range(len(ZONES))]
    )
    resources = env["resource.resource"].create(
        [
            {
                "name": user.name,
                "user_id": user.id,
                "tz": user.tz,
                "calendar_id": calendars[number % len(calendars)].id,
            }
            for number, user in enumerate(users)
            if number % 4
        ]
    )
    create_leaves(env, resources[::5])
    return users


def create_leaves(env, resources):
    """Have everybody off on a day, and these people for a week."""
    start = datetime.combine(date.today() + timedelta(days=10), datetime.min.time())
    off = [{"name": "Holiday", "date_from": start, "date_to": start + timedelta(days=1)}]
    for resource in resources:
        week = {"date_from": start, "date_to": start + timedelta(days=7)}
        calendar = resource.calendar_id
        off.append({"name": "Away", "resource_id": resource.id, "calendar_id": calendar.id, **week})
    env["resource.calendar.leaves"].create(off)


def create_operation(env, users):
    """Prepare a call campaign for all tagged people."""
    tag = env["res.partner.category"].search([("name", "=", TAG)])
    target = {"name": TAG, "domain": f"[('category_id', 'in', {tag.ids})]"}
    start = datetime.now()
    return env["crm.campaign.operation"].create(
        {
            "name": TAG,
            "operation_type": "call",
            "channel": "phone",
            "campaign_id": env["crm.campaign"].create({"title": TAG}).id,
            "purpose_id": env.ref("crm_campaign.crm_campaign_purpose_marketing").id,
            "target_id": env["crm.campaign.target"].create(target).id,
            "user_id": env.ref("base.user_admin").id,
            "caller_ids": [(6, 0, users.ids)],
            "date_start": start,
            "date_end": start + timedelta(days=DAYS),
            "call_objective": 25,
            "call_method": "availability",
        }
    )


# === SIMULATION === #


def bench_simulation(operation, n: int, figure: Callable) -> Iterator[dict]:
    """Simulate with all calls, and with a tenth of them; then the whole work of the button."""
    calls = operation._read_calls_to_make()
    if len(calls) != n:
        raise RuntimeError(f"{len(calls)} people to call instead of {n}")
    whole = time_best(lambda: simulate(operation, calls))
    tenth = time_best(lambda: simulate(operation, calls[: n // 10]))
    chosen = time_best(lambda: simulate(operation, operation._read_calls_to_make()))
    limit = SIMULATION_LIMIT / 1000 * max(n / 100_000, 1)
    for name, seconds, against in (
        ("simulation", (whole, limit), "limit"),
        ("simulation, ten times the calls", (whole, 10 * tenth), "ten times a tenth of the calls"),
        ("simulation and choice of people", (chosen, limit), "limit of the simulation alone"),
    ):
        yield {**figure("calls", name, 1, seconds, against), "n": n, "unit": "ms"}


def simulate(operation, calls):
    """Distribute calls as the assistant does; what it read before it reads again.

    :return: the distribution and its callers
    """
    operation.env.invalidate_all()
    return operation.env["crm.campaign.call.distribution"]._simulate(
        calls,
        operation.caller_ids,
        get_terms(operation),
        operation.company_id,
        objective=operation.call_objective,
    )


def get_terms(operation):
    """Return how calls are distributed: by availability, over the whole period."""
    # The addon can be imported once the host knows where addons are.
    from odoo.addons.crm_campaign.tools.call_distribution import Terms

    start = date.today()
    return Terms(operation.call_method, start, start + timedelta(days=DAYS - 1))


def time_best(work: Callable) -> float:
    """Return the seconds of the fastest of some rounds, after a first one unmeasured."""
    times = []
    for _round in range(1 + ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times[1:])


# === CREATION === #


def depart(operation):
    """Freeze who is called, and make the calls for a first time; return the execution."""
    operation.call_plan = plan(operation)
    execution = operation.env["crm.campaign.execution"].browse(
        operation.action_dispatch()["res_id"]
    )
    operation.env.cr.commit()
    operation.env.cr.execute("ANALYZE crm_campaign_recipient")
    operation.env.cr.commit()
    return execution


def plan(operation) -> dict:
    """Return the plan of a simulation that is confirmed."""
    Distribution = operation.env["crm.campaign.call.distribution"]
    calls = operation._read_calls_to_make()
    _distribution, callers = simulate(operation, calls)
    return Distribution._dump_plan(callers, get_terms(operation), len(calls))


def bench_creation(operation, execution, n: int, figure: Callable) -> Iterator[dict]:
    """Make the calls as confirmed; insert the same rows by hand; make some of them with the host.

    In turn, some rounds; the fastest of each counts.
    """
    env = operation.env
    columns = SQL(", ").join(map(SQL.identifier, operation._prepare_call_columns()))
    keep_rows(env, columns, n)
    empty(env)
    confirmed = plan(operation)
    raw = SQL(
        "INSERT INTO crm_campaign_call (%s) SELECT %s FROM bench_call ORDER BY recipient_id",
        columns,
        columns,
    )
    times = []
    for _round in range(ROUNDS):
        operation.call_plan = confirmed
        env.flush_all()
        ours = measure(lambda: operation._create_calls(execution))
        check_rows(env, columns)
        env.cr.commit()
        host = measure_host(env, columns) * n
        empty(env)
        times.append((ours, measure(lambda: env.cr.execute(raw)), host))
        empty(env)
    ours, by_hand, host = map(min, zip(*times, strict=True))
    yield figure("calls", "create calls vs raw", n, (ours, by_hand), "raw INSERT … SELECT")
    yield figure("calls", "create calls vs orm", n, (ours, host), f"the host's create, of {SAMPLE}")


def keep_rows(env, columns: SQL, n: int):
    """Keep the calls in a plain table, and the people of some of them in another."""
    env.cr.execute(
        SQL(
            """
            CREATE TABLE bench_call AS SELECT %s FROM crm_campaign_call ORDER BY id;
            CREATE TABLE bench_sample AS SELECT recipient_id FROM crm_campaign_call
                                          WHERE id %% %s = 0 LIMIT %s;
            ANALYZE bench_call
            """,
            columns,
            max(n // SAMPLE, 1),
            SAMPLE,
        )
    )
    env.cr.commit()


def check_rows(env, columns: SQL):
    """Check that the calls are those that were kept.

    :raise RuntimeError: they are not
    """
    both = (columns, columns)
    rows = SQL("SELECT %s FROM crm_campaign_call EXCEPT SELECT %s FROM bench_call LIMIT 1", *both)
    if env.execute_query(rows):
        raise RuntimeError("not the same calls")


def empty(env):
    """Delete all calls, and leave nothing of them in table and indexes."""
    env.cr.execute("DELETE FROM crm_campaign_call")
    env.cr.commit()
    env.invalidate_all()
    connection = env.cr.connection
    connection.set_session(autocommit=True)
    env.cr.execute("VACUUM crm_campaign_call")
    connection.set_session(autocommit=False)


def measure(work: Callable) -> float:
    """Return the seconds of a piece of work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_host(env, columns: SQL) -> float:
    """Return the seconds a row of the host's `create`, of calls that are missing; undone."""
    sample = SQL("recipient_id IN (SELECT recipient_id FROM bench_sample)")
    env.cr.execute(SQL("SELECT %s FROM bench_call WHERE %s", columns, sample))
    rows = env.cr.dictfetchall()
    env.cr.execute(SQL("DELETE FROM crm_campaign_call WHERE %s", sample))

    def create():
        env["crm.campaign.call"].create(rows)
        env.flush_all()

    seconds = measure(create) / len(rows)
    env.cr.rollback()
    env.invalidate_all()
    return seconds
