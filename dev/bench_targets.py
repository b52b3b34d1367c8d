# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make bench PART=targets N=…`: counting, freezing and combining targets, beside raw SQL.

The raw statements give the same rows and columns, in the same transaction on the same data. People
are those of `fill.py`. Each pair is run several times in turn, and the shortest times are compared:
what else the machine does only ever adds to them.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from fill import fill

from odoo.tools import SQL

ROUNDS = 5


def bench_targets(env, n: int, figure: Callable) -> Iterator[dict]:
    """Fill the database and measure.

    :param figure: makes a line of the report, as in bench.py
    """
    env.flush_all()
    fill(env.cr, n)
    env.invalidate_all()
    user = create_marketer(env)
    targets = env["crm.campaign.target"].with_user(user).with_context(tracking_disable=True)
    tag = env["res.partner.category"].search([("name", "=", "Newsletter")], limit=1)
    yield figure("targets", "count", n, compare(*count_works(targets, tag)), "raw SELECT count(*)")
    read_memory_mb()
    before = read_memory_mb()
    yield figure("targets", "freeze", n, freeze(env, user, targets, tag), "raw INSERT … SELECT")
    works = set_works(targets, tag)
    yield figure("targets", "set operation", n, compare(*works), "raw SQL, three conditions")
    yield figure("targets", "birthday in 30 days", n, compare(*birthday_works(targets)), "raw SQL")
    grown = round(max(read_memory_mb() - before, 0.1), 1)
    memory = figure("targets", "memory", n, (grown, 50), "limit")
    yield {**memory, "ours": grown, "reference": 50, "unit": "MB"}


def compare(ours: Callable, raw: Callable) -> tuple[float, float]:
    """Return the shortest times of both, in seconds, run in turn after a first time unmeasured."""
    if ours() != raw():
        raise RuntimeError("not the same rows")
    times = ([], [])
    for _round in range(ROUNDS):
        for work, kept in zip((ours, raw), times, strict=True):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return min(times[0]), min(times[1])


def create_marketer(env):
    """Return a marketing manager: record rules hold, as for everybody who works."""
    return env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench",
            "email": "bench@bench.example.com",
            "group_ids": [(4, env.ref("crm_campaign.crm_campaign_group_manager").id)],
        }
    )


def read_memory_mb() -> float:
    """Return the highest memory of this process since this was called last."""
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from what is in use
    return int(peak.split()[1]) / 1024


def create_target(targets, domain: list, **values):
    return targets.create({"name": "Bench", "domain": repr(domain), **values})


# === WORKS === #


def count_works(targets, tag) -> tuple[Callable, Callable]:
    """Three criteria: a tag, a language, an email."""
    target = create_target(
        targets,
        [
            ("category_id", "in", tag.ids),
            ("lang", "=", "fr_FR"),
            ("email_normalized", "!=", False),
        ],
    )
    raw = SQL(
        """
        SELECT count(*) FROM res_partner p
         WHERE p.lang = 'fr_FR' AND p.email_normalized IS NOT NULL
           AND EXISTS (SELECT 1 FROM res_partner_res_partner_category_rel r
                        WHERE r.partner_id = p.id AND r.category_id = %s)
           AND (p.company_id IS NULL OR p.company_id = %s OR p.partner_share IS NOT TRUE)
        """,
        tag.id,
        target.env.company.id,
    )

    def count():
        target.invalidate_recordset()
        return target.targeted_count

    return count, lambda: target.env.execute_query(raw)[0][0]


def set_works(targets, tag) -> tuple[Callable, Callable]:
    """Who has the tag or a phone, without those of the last three years."""
    members = [
        create_target(targets, domain)
        for domain in (
            [("category_id", "in", tag.ids)],
            [("phone_sanitized", "!=", False)],
            [("create_date", ">=", "2024-01-01")],
        )
    ]
    union = create_target(
        targets,
        [],
        mode="set",
        set_operator="union",
        set_member_ids=[(6, 0, [member.id for member in members[:2]])],
    )
    target = create_target(
        targets,
        [],
        mode="set",
        set_operator="difference",
        set_first_id=union.id,
        set_member_ids=[(6, 0, members[2].ids)],
    )
    raw = SQL(
        """
        SELECT count(*) FROM res_partner p
         WHERE (EXISTS (SELECT 1 FROM res_partner_res_partner_category_rel r
                         WHERE r.partner_id = p.id AND r.category_id = %s)
                OR p.phone_sanitized IS NOT NULL)
           AND NOT p.create_date >= '2024-01-01'
           AND (p.company_id IS NULL OR p.company_id = %s OR p.partner_share IS NOT TRUE)
        """,
        tag.id,
        target.env.company.id,
    )

    def count():
        target.invalidate_recordset()
        return target.targeted_count

    return count, lambda: target.env.execute_query(raw)[0][0]


def birthday_works(targets) -> tuple[Callable, Callable]:
    """Who celebrates in 30 days, against the same search that reads everybody."""
    target = create_target(targets, [("days_to_birthday", "=", 30)])
    query = target._get_query()
    plan = target.env.execute_query(SQL("EXPLAIN %s", query.select()))
    sys.stderr.write("".join(f"    {line}\n" for (line,) in plan))
    code = target.env.execute_query(
        SQL(
            "SELECT EXTRACT(MONTH FROM day) * 100 + EXTRACT(DAY FROM day)"
            "  FROM (SELECT (now() AT TIME ZONE 'UTC' + interval '30 days')::date AS day) AS d"
        )
    )[0][0]
    raw = SQL(
        """
        SELECT count(*) FROM res_partner p
         WHERE date_part('month', p.birthdate_date) * 100
               + date_part('day', p.birthdate_date) = %s
           AND (p.company_id IS NULL OR p.company_id = %s OR p.partner_share IS NOT TRUE)
        """,
        code,
        target.env.company.id,
    )

    def count():
        target.invalidate_recordset()
        return target.targeted_count

    return count, lambda: target.env.execute_query(raw)[0][0]


# === FREEZING === #


def freeze(env, user, targets, tag) -> tuple[float, float]:
    """Freeze whoever has the tag, with every eligibility rule on; then the same rows in raw SQL.

    :return: seconds of ours and of the reference
    """
    env.company.write({"campaign_cap_enabled": True, "campaign_cap_count": 4})
    target = create_target(targets, [("category_id", "in", tag.ids)])
    operation = create_operation(env, user, target)
    refuse_some(env, operation.purpose_id)
    values = operation.with_user(user)._prepare_execution_vals()
    executions = env["crm.campaign.execution"]

    def ours():
        execution = executions.create(values)
        env.flush_all()
        start = time.perf_counter()
        execution._freeze_recipients()
        return execution, time.perf_counter() - start

    def raw(source):
        execution = executions.create(values)
        env.flush_all()
        start = time.perf_counter()
        env.cr.execute(copy_recipients(source, execution))
        return time.perf_counter() - start

    source, _first = ours()
    raw(source)
    times = [(ours()[1], raw(source)) for _round in range(ROUNDS)]
    return tuple(min(kept) for kept in zip(*times, strict=True))


def copy_recipients(source, execution) -> SQL:
    columns = SQL("res_id, partner_id, company_partner_id, email, exclusion, state")
    return SQL(
        """
        INSERT INTO crm_campaign_recipient (execution_id, %s)
        SELECT %s, %s FROM crm_campaign_recipient WHERE execution_id = %s ORDER BY id
        """,
        columns,
        execution.id,
        columns,
        source.id,
    )


def create_operation(env, user, target):
    """Prepare an operation of a marketer."""
    purpose = env.ref("crm_campaign.crm_campaign_purpose_marketing")
    template = env["crm.campaign.template"].create(
        {"name": "Bench", "purpose_id": purpose.id, "subject": "Hello", "body_html": "<p>Hi</p>"}
    )
    campaign = env["crm.campaign"].create({"title": "Bench", "user_id": user.id})
    return env["crm.campaign.operation"].create(
        {
            "name": "Bench",
            "campaign_id": campaign.id,
            "target_id": target.id,
            "template_id": template.id,
            "purpose_id": purpose.id,
            "user_id": user.id,
            "email_from": "bench@bench.example.com",
        }
    )


def refuse_some(env, purpose):
    """Record that one person in twenty refuses, and one in ten agrees."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_campaign_consent
                        (partner_id, purpose_id, channel, decision, date, source, is_current)
            SELECT id, %s, 'email', CASE WHEN id %% 20 = 0 THEN 'refused' ELSE 'given' END,
                   now() AT TIME ZONE 'UTC', 'manual', TRUE
              FROM res_partner WHERE id %% 20 < 3
            """,
            purpose.id,
        )
    )
    env.cr.execute("ANALYZE crm_campaign_consent")
