# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make bench PART=tasks N=…`: automatic tasks, beside raw SQL and the host's activities.

People are those of `fill.py`. Fifty tasks of a marketing manager are due at the same minute: half
on birthdays, half on dates, each some days before or after. Like the jobs, runs are committed, so
it wants a database of its own; nothing is sent.
"""

import sys
import time
from calendar import isleap
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from bench_targets import ROUNDS, compare, create_marketer, create_target, refuse_some
from fill import fill

from odoo import api
from odoo.tools import SQL, html2plaintext, plaintext2html

TASKS = 50
MANY_TASKS = 5_000
# Where a task of dates looks, and which way.
DATES = (("customer_since", "after"), ("customer_until", "before"), ("create_date", "after"))
TICKS = 200
RUNS = 3

LEADS = 10_000
COLLEAGUES = 20
# Records for which the host makes to-dos: one by one, so it need not make all of them.
SAMPLE = 500
MARK = "Bench lead"
SUMMARY = "Call back"
# What the note says before and after the customer's name.
NOTE = ("Ask ", " what they think of the offer.")
DEADLINE_DAYS = 3


def bench_tasks(env, n: int, figure: Callable) -> Iterator[dict]:
    """Fill the database and measure.

    :param figure: makes a line of the report, as in bench.py
    """
    env = api.Environment(env.cr, env.uid, {})
    colleagues = create_colleagues(env)
    env.flush_all()
    fill(env.cr, n)
    fill_customers(env)
    env.invalidate_all()
    user = create_marketer(env)
    user.group_ids += env.ref("sales_team.group_sale_salesman_all_leads")
    tasks = create_tasks(env, user)
    write_history(tasks)
    env.cr.commit()
    yield describe(figure, n, compare_ticks(env), "tick with nothing due", "the bare statement")
    yield describe(figure, n, compare_selections(tasks), "select recipients", "raw SELECT")
    yield describe(figure, n, compare_runs(tasks), "run all", "raw INSERT … SELECT")
    yield from bench_todos(env, user, colleagues, figure)
    yield from bench_many_tasks(env, figure)


def describe(figure: Callable, n: int, seconds: tuple[float, float], name: str, against: str):
    """Describe a figure in milliseconds of the whole work: a row would be too small a part."""
    return {**figure("tasks", name, 1, seconds, against), "n": n, "unit": "ms"}


# === DATA === #


def fill_customers(env):
    """Have some people become customers in the last three years, and some contracts end soon."""
    env.cr.execute(
        SQL(
            """
            UPDATE res_partner
               SET customer_since = CASE WHEN dice %% 100 < 4
                       THEN CURRENT_DATE - (dice / 100 %% 1095)::int END,
                   customer_until = CASE WHEN dice %% 100 >= 2
                       THEN CURRENT_DATE - 365 + (dice / 100 %% 1095)::int END
              FROM (SELECT id AS person_id, hashint8extended(id, 7) & 2147483647 AS dice
                      FROM res_partner) AS drawn
             WHERE id = person_id AND dice %% 100 < 6;
            ANALYZE res_partner
            """
        )
    )


def create_colleagues(env):
    """Create salespeople, among whom `fill.py` shares out contacts."""
    group = env.ref("sales_team.group_sale_salesman")
    return env["res.users"].create(
        [
            {
                "name": f"Colleague {number}",
                "login": f"colleague{number}",
                "email": f"colleague{number}@bench.example.com",
                "group_ids": [(4, group.id)],
            }
            for number in range(COLLEAGUES)
        ]
    )


def create_tasks(env, user):
    """Create the tasks for everybody: every other one of birthdays, none due yet."""
    env.company.write({"campaign_cap_enabled": True, "campaign_cap_count": 4})
    purpose = env.ref("crm_campaign.crm_campaign_purpose_marketing")
    refuse_some(env, purpose)
    template = env["crm.campaign.template"].create(
        {"name": "Bench", "purpose_id": purpose.id, "subject": "Hello", "body_html": "<p>Hi</p>"}
    )
    types = env["crm.campaign.task.type"].create(
        [
            {"name": path, "trigger": "date", "date_path": path, "offset_direction": direction}
            for path, direction in DATES
        ]
    )
    birthday = env.ref("crm_campaign.crm_campaign_task_type_birthday")
    common = prepare_task_vals(create_target(env["crm.campaign.target"].with_user(user), []))
    return (
        env["crm.campaign.task"]
        .with_user(user)
        .create(
            [
                {
                    **common,
                    "name": f"Task {number}",
                    "template_id": template.id,
                    "type_id": (types[number // 2 % len(types)] if number % 2 else birthday).id,
                    "offset_days": number // 2,
                }
                for number in range(TASKS)
            ]
        )
        .with_env(env)
    )


def write_history(tasks):
    """Have one person in ten got a message some days ago: what the limit on pressure counts."""
    env = tasks.env
    moment = datetime.now() - timedelta(days=3)
    run = env["crm.campaign.execution"].create(tasks[0]._prepare_execution_vals(moment))
    run.write({"state": "running", "finished_at": moment})
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_campaign_recipient (execution_id, res_id, partner_id, email, state,
                                                sent_at)
            SELECT %s, id, id, id || '@bench.example.com', 'sent', %s
              FROM res_partner WHERE id %% 10 = 0;
            ANALYZE crm_campaign_recipient;
            ANALYZE crm_campaign_execution
            """,
            run.id,
            moment,
        )
    )


def prepare_task_vals(target) -> dict:
    """Prepare what all tasks have in common: they run every day at noon."""
    return {
        "target_id": target.id,
        "date_start": date.today(),
        "time_of_day": 12,
        "tz": "UTC",
        "enabled": True,
    }


def make_due(tasks, minutes: int) -> datetime:
    """Make tasks due today, some minutes after noon, and return that moment."""
    due = datetime.combine(date.today(), datetime.min.time()) + timedelta(hours=12, minutes=minutes)
    tasks.next_run = due
    tasks.env.cr.commit()
    return due


# === TICKS === #


def tick(env, now: datetime) -> list[int]:
    return env["crm.campaign.task"]._find_due(now)


def compare_ticks(env) -> tuple[float, float]:
    """Return the seconds of a tick with nothing due, and of its statement alone."""
    now = datetime.combine(date.today(), datetime.min.time())
    statement = SQL(
        """
        SELECT id, next_run FROM crm_campaign_task WHERE next_run <= %s
         UNION ALL
        SELECT task_id, moment FROM crm_campaign_task_event WHERE execution_id IS NULL
        """,
        now,
    )
    env.cr.execute("ANALYZE crm_campaign_task; ANALYZE crm_campaign_task_event")

    def ours():
        return [tick(env, now) for _tick in range(TICKS)]

    def raw():
        return [env.execute_query(statement) for _tick in range(TICKS)]

    return tuple(seconds / TICKS for seconds in compare(ours, raw))


def bench_many_tasks(env, figure: Callable) -> Iterator[dict]:
    """Measure a tick among many tasks, while a run deals with many events; count its statements."""
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_campaign_task
            SELECT copy.* FROM (SELECT * FROM crm_campaign_task ORDER BY id LIMIT %(few)s) AS task,
                   generate_series(1, %(copies)s) AS number,
                   LATERAL jsonb_populate_record(
                       task::crm_campaign_task,
                       jsonb_build_object('id', nextval('crm_campaign_task_id_seq'),
                                          'sequence', number)) AS copy;
            INSERT INTO crm_campaign_task_event
                        (task_id, person_id, source_id, moment, is_visible, execution_id)
            SELECT min(task.id), number, number, now() AT TIME ZONE 'UTC', TRUE, 1
              FROM crm_campaign_task AS task, generate_series(1, %(many)s) AS number
             GROUP BY number
            """,
            few=TASKS,
            copies=MANY_TASKS // TASKS - 1,
            many=MANY_TASKS,
        )
    )
    yield describe(
        figure, MANY_TASKS, compare_ticks(env), "tick with nothing due", "the bare statement"
    )
    statements, plan = watch_tick(env)
    sys.stderr.write("".join(f"    {line}\n" for line in plan))
    yield {
        **figure("tasks", "statements of a tick", 1, (1, 1), "limit"),
        "n": MANY_TASKS,
        "ours": statements,
        "reference": 1,
        "ratio": round(1 / statements, 2),
        "unit": "queries",
    }


def watch_tick(env) -> tuple[int, list[str]]:
    """Return the number of statements of a tick, and the plan of the last one.

    :raise RuntimeError: the plan reads all tasks
    """
    before = env.cr.sql_log_count
    tick(env, datetime.combine(date.today(), datetime.min.time()))
    count = env.cr.sql_log_count - before
    query = SQL("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) %s", SQL(env.cr.query.decode()))
    plan = [line for (line,) in env.execute_query(query)]
    if any("Seq Scan" in line for line in plan):
        raise RuntimeError("\n".join(["a tick reads whole tables", *plan]))
    return count, plan


# === SELECTIONS === #


def compare_selections(tasks) -> tuple[float, float]:
    """Return the seconds of choosing the recipients of a run of each task, by us and by hand.

    The shortest time of each task counts, after a first time unmeasured.

    :raise RuntimeError: not the same people
    """
    due = make_due(tasks, 0)
    times, people = [], 0
    for number in range(1 + ROUNDS):
        chosen = [choose(tasks.browse(task_id), due, by_hand=False) for task_id in tasks.ids]
        found = [choose(tasks.browse(task_id), due, by_hand=True) for task_id in tasks.ids]
        if any(ours != raw for (ours, _), (raw, _) in zip(chosen, found, strict=True)):
            raise RuntimeError("not the same people")
        people = sum(len(rows) for rows, _seconds in found)
        if number:
            times.append([[seconds for _rows, seconds in each] for each in (chosen, found)])
    sys.stderr.write(f"    {people} people\n")
    return tuple(sum(map(min, zip(*each, strict=True))) for each in zip(*times, strict=True))


def choose(task, due: datetime, by_hand: bool) -> tuple[list[tuple], float]:
    """Choose the recipients of a run, which is undone; return them and the seconds that it takes.

    The statement by hand is there already; ours is built as in a job, where each task finds the
    caches empty but for what it needed so far.
    """
    env = task.env
    task._assert_available()
    execution = task._create_run(due)
    execution.criteria = execution._describe_target()
    statement = select_people(execution) if by_hand else None
    env.flush_all()
    start = time.perf_counter()
    rows = env.execute_query(statement or execution._get_frozen_sql())
    seconds = time.perf_counter() - start
    env.cr.rollback()
    return rows, seconds


def select_people(execution) -> SQL:
    """Return by hand what `_get_frozen_sql` of a run of a task gives: each rule looked up once."""
    company, purpose = execution.company_id, execution.purpose_id
    return SQL(
        """
        SELECT id, NULL::int, id, commercial_partner_id, address,
               CASE WHEN reason IS NOT NULL THEN reason
                    WHEN row_number() OVER (PARTITION BY address, reason IS NULL ORDER BY id) > 1
                    THEN 'duplicate'
                    WHEN (%(count)s) >= %(cap)s THEN 'capped' END AS exclusion
          FROM (SELECT p.id, p.commercial_partner_id, a.address,
                       CASE WHEN p.active IS NOT TRUE THEN 'archived'
                            WHEN a.address IS NULL THEN 'no_address'
                            WHEN b.id IS NOT NULL THEN 'blacklisted'
                            WHEN c.decision = 'refused' THEN 'no_consent' END AS reason
                  FROM res_partner p
            CROSS JOIN LATERAL (SELECT NULLIF(p.email_normalized, '') AS address) a
             LEFT JOIN mail_blacklist b ON b.active AND b.email = a.address
             LEFT JOIN crm_campaign_consent c
                    ON c.partner_id = p.id AND c.purpose_id = %(purpose)s
                   AND c.channel = 'email' AND c.is_current
                 WHERE %(dated)s
                   AND (p.company_id IS NULL OR p.company_id = %(company)s
                        OR p.partner_share IS NOT TRUE)) AS people
         ORDER BY id
        """,
        count=count_messages(company),
        cap=company.campaign_cap_count,
        purpose=purpose.id,
        dated=select_dated(execution.task_id, execution.scheduled_at.date()),
        company=company.id,
    )


def count_messages(company) -> SQL:
    """Return how many messages a person got in the company's period."""
    return SQL(
        """
        SELECT count(*)
          FROM crm_campaign_recipient r
          JOIN crm_campaign_execution x ON x.id = r.execution_id
          JOIN crm_campaign_purpose u ON u.id = x.purpose_id
         WHERE r.partner_id = people.id
           AND x.company_id = %(company)s AND u.is_service IS NOT TRUE AND x.channel != 'activity'
           AND (x.finished_at IS NULL OR x.finished_at >= %(since)s)
           AND (r.sent_at >= %(since)s OR r.state IN ('pending', 'deferred', 'sending', 'unknown'))
           AND r.state NOT IN ('failed', 'withdrawn', 'excluded')
        """,
        company=company.id,
        since=datetime.now() - timedelta(days=company.campaign_cap_days),
    )


def select_dated(task, today: date) -> SQL:
    """Return the condition on the date of a person."""
    shift = timedelta(days=task.offset_days)
    day = today + shift if task.offset_direction == "before" else today - shift
    path = task.type_id.date_path
    if path == "birthdate_date":
        codes = {100 * day.month + day.day}
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            codes.add(229)
        return SQL(
            "%s IN %s AND p.birthdate_date IS NOT NULL", read_birthday_sql(task.env), tuple(codes)
        )
    field = SQL.identifier("p", path)
    return SQL("%s >= %s AND %s < %s", field, day, field, day + timedelta(days=1))


def read_birthday_sql(env) -> SQL:
    """Return month and day of birth as the index has them, which somebody would look up."""
    query = SQL(
        "SELECT pg_get_expr(indexprs, indrelid) FROM pg_index"
        " WHERE indexrelid = 'res_partner_crm_campaign_birthday_idx'::regclass"
    )
    return SQL(env.execute_query(query)[0][0])


# === RUNS === #


def compare_runs(tasks) -> tuple[float, float]:
    """Return the seconds of running all tasks, and of inserting the same recipients by hand."""
    times = []
    for number in range(1, RUNS + 1):
        due = make_due(tasks, number)
        ours, rows = time_run(tasks, due)
        raw, raw_rows = time_inserts(tasks, due + timedelta(minutes=RUNS))
        if rows != raw_rows:
            raise RuntimeError(f"not the same work: {rows} recipients of ours, {raw_rows} by hand")
        times.append((ours, raw))
    return tuple(min(kept) for kept in zip(*times, strict=True))


def time_run(tasks, due: datetime) -> tuple[float, int]:
    """Run all tasks as a job does; return seconds, and how many recipients there were.

    :raise RuntimeError: a task did not run
    """
    start = time.perf_counter()
    tasks.env["crm.campaign.task"]._run_due(due)
    seconds = time.perf_counter() - start
    runs = tasks.env["crm.campaign.execution"].search([("scheduled_at", "=", due)])
    if runs.task_id != tasks or any(runs.mapped("error_message")):
        raise RuntimeError(f"not run: {tasks.mapped('error_message')}")
    return seconds, forget_people(runs)


def time_inserts(tasks, due: datetime) -> tuple[float, int]:
    """Insert the recipients of a run of each task by hand; return what `time_run` does."""
    env = tasks.env
    runs = env["crm.campaign.execution"].create(
        [task._prepare_execution_vals(due) for task in tasks]
    )
    statements = [
        SQL(
            """
            INSERT INTO crm_campaign_recipient (execution_id, res_id, source_id, partner_id,
                                                company_partner_id, email, exclusion, state)
            SELECT %s, people.*, CASE WHEN exclusion IS NULL THEN 'pending' ELSE 'excluded' END
              FROM (%s) AS people
            """,
            run.id,
            select_people(run),
        )
        for run in runs
    ]
    env.cr.commit()
    start = time.perf_counter()
    for statement in statements:
        env.cr.execute(statement)
        env.cr.commit()
    return time.perf_counter() - start, forget_people(runs)


def forget_people(runs) -> int:
    """Delete the recipients of runs, who would count as written to; return how many they were."""
    runs.env.cr.execute(
        SQL("DELETE FROM crm_campaign_recipient WHERE execution_id IN %s", tuple(runs.ids))
    )
    count = runs.env.cr.rowcount
    runs.env.cr.commit()
    return count


# === TO-DOS === #


def bench_todos(env, user, colleagues, figure: Callable) -> Iterator[dict]:
    """Make a to-do for the responsible of each of many leads, without and with a merge field.

    The host makes the same ones record by record, without and with its email a to-do.
    """
    activity_type = env.ref("mail.mail_activity_data_todo")
    target = create_leads(env, user, colleagues)
    for name, end in (("the customer", ""), ("{{ object.partner_id.name }}", ", merge field")):
        values = {
            **prepare_task_vals(target),
            "name": f"To-dos{end}",
            "kind": "colleague",
            "activity_type_id": activity_type.id,
            "todo_summary": SUMMARY,
            "todo_note": name.join(NOTE),
            "deadline_days": DEADLINE_DAYS,
        }
        task = env["crm.campaign.task"].with_user(user).create(values).with_env(env)
        env.cr.commit()
        times = [
            (
                time_todos(task, number),
                time_host(task, is_merged=bool(end), is_quick=True),
                time_host(task, is_merged=bool(end), is_quick=False),
            )
            for number in range(RUNS)
        ]
        ours, quick, loud = (min(kept) for kept in zip(*times, strict=True))
        name = f"to-dos vs host{end}"
        yield figure("tasks", name, LEADS, (ours, quick), "activity_schedule, no emails")
        yield figure("tasks", f"{name}, emails", LEADS, (ours, loud), "activity_schedule")


def create_leads(env, user, colleagues):
    """Insert leads of the colleagues, each with a customer, and return a target of them."""
    env.flush_all()
    people = env["res.partner"].search(
        [("company_id", "=", False), ("is_company", "=", False)], order="id", limit=LEADS
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_lead (name, contact_name, type, user_id, partner_id, stage_id,
                                  company_id, active, priority, probability, won_status,
                                  create_uid, create_date, write_uid, write_date)
            SELECT %(mark)s || ' ' || number, partner.name, 'opportunity',
                   (%(users)s)[1 + number %% %(colleagues)s], partner.id,
                   (SELECT min(id) FROM crm_stage), %(company)s, TRUE, '0', 10, 'pending',
                   1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'
              FROM generate_series(1, %(leads)s) AS number
              JOIN res_partner AS partner ON partner.id = (%(people)s)[1 + number %% %(customers)s];
            ANALYZE crm_lead
            """,
            mark=MARK,
            users=colleagues.ids,
            colleagues=len(colleagues),
            company=env.company.id,
            leads=LEADS,
            people=people.ids,
            customers=len(people),
        )
    )
    env.invalidate_all()
    return create_target(
        env["crm.campaign.target"].with_user(user),
        [("name", "=like", f"{MARK} %")],
        record_kind="lead",
    )


def time_todos(task, number: int) -> float:
    """Run a task of to-dos; return the seconds. They are deleted again."""
    due = make_due(task, number)
    start = time.perf_counter()
    task._run_due(due)
    seconds = time.perf_counter() - start
    made = task.env["mail.activity"].search([("campaign_task_id", "=", task.id)])
    check_todos(made, LEADS)
    task.env.cr.execute(
        SQL(
            """
            DELETE FROM mail_activity WHERE campaign_task_id = %s;
            DELETE FROM mail_followers WHERE res_model = 'crm.lead'
            """,
            task.id,
        )
    )
    task.env.cr.commit()
    return seconds


def time_host(task, is_merged: bool, is_quick: bool) -> float:
    """Make the same to-dos record by record, for some leads; return the seconds for all."""
    env = task.env(context={"mail_activity_quick_update": is_quick})
    leads = env["crm.lead"].search([("name", "=like", f"{MARK} %")], order="id", limit=SAMPLE)
    deadline = date.today() + timedelta(days=DEADLINE_DAYS)
    start = time.perf_counter()
    for lead in leads:
        lead.activity_schedule(
            activity_type_id=task.activity_type_id.id,
            summary=SUMMARY,
            note=plaintext2html((lead.partner_id.name if is_merged else "the customer").join(NOTE)),
            date_deadline=deadline,
            user_id=lead.user_id.id,
        )
    env.flush_all()
    seconds = time.perf_counter() - start
    check_todos(leads.activity_ids, SAMPLE)
    env.cr.rollback()
    return seconds * LEADS / SAMPLE


def check_todos(activities, count: int):
    """Check that to-dos are what a colleague is to see, whoever made them.

    :raise RuntimeError: they are not
    """
    activities.env.invalidate_all()
    leads = activities.env["crm.lead"].browse(activities.mapped("res_id"))
    days = {date.today() + timedelta(days=DEADLINE_DAYS)}
    for activity, lead in zip(activities, leads, strict=True):
        notes = (name.join(NOTE) for name in ("the customer", lead.partner_id.name))
        seen = (activity.summary, activity.user_id, activity.date_deadline in days)
        if seen != (SUMMARY, lead.user_id, True) or html2plaintext(activity.note) not in notes:
            raise RuntimeError(f"another to-do: {activity.read()}")
    if len(leads) != count or leads.message_follower_ids.partner_id != leads.user_id.partner_id:
        raise RuntimeError(f"to-dos for {len(leads)} leads")
