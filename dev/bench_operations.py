# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make bench PART=operations N=…`: mass actions, beside what the host does for the same result.

People are those of `fill.py`. Ours is the whole departure: recipients, follow-up, to-dos or leads,
followers, history and messages to colleagues. The host creates the same to-dos or leads in one
batch, without recipients nor follow-up; it is measured on some of them, since it takes minutes for
all. Everything is rolled back.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from bench_targets import create_marketer, create_target
from fill import fill

from odoo import api

ROUNDS = 3
COLLEAGUES = 20
# Records for which the host makes what we make.
SAMPLE = 500
SUMMARY = "Offer the check-up"
DELAY_DAYS = 3


def bench_operations(env, n: int, figure: Callable) -> Iterator[dict]:
    """Fill the database and measure.

    :param figure: makes a line of the report, as in bench.py
    """
    env = api.Environment(env.cr, env.uid, {})
    colleagues = create_colleagues(env)
    env.flush_all()
    fill(env.cr, n * 6 // 5)  # some are archived, or of one company
    env.invalidate_all()
    user = create_marketer(env)
    people = env["res.partner"].search([("company_id", "=", False)], order="id desc", limit=n)
    target = create_target(
        env["crm.campaign.target"].with_user(user),
        [("id", ">=", min(people.ids)), ("company_id", "=", False)],
        record_kind="partner",
    )
    env.cr.execute("ANALYZE")
    for kind, compare in (("to-dos", host_todos), ("leads", host_leads)):
        operation = create_operation(env, user, target, colleagues, kind)
        ours = min(time_ours(operation, kind, len(people)) for _round in range(ROUNDS))
        for name, is_quiet in (("", False), (", no emails", True)):
            reference = min(
                compare(operation, people[:SAMPLE], is_quiet) for _round in range(ROUNDS)
            )
            what = "create of activities" if kind == "to-dos" else "create of leads"
            yield figure(
                "operations",
                f"{kind} vs host{name}",
                len(people),
                (ours, reference * len(people) / SAMPLE),
                f"batched {what}{name}",
            )


# === DATA === #


def create_colleagues(env):
    """Create salespeople."""
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


def create_operation(env, user, target, colleagues, kind: str):
    """Prepare a mass action whose to-dos or leads go to the colleagues in turn."""
    campaign = env["crm.campaign"].with_user(user).create({"title": "Bench"})
    line = {
        "kind": "todo" if kind == "to-dos" else "lead",
        "summary": SUMMARY,
        "activity_type_id": env.ref("mail.mail_activity_data_call").id,
        "delay_days": DELAY_DAYS,
        "assignee_rule": "turn",
        "user_ids": [(6, 0, colleagues.ids)],
        "expected_revenue": 1000,
    }
    values = {
        "name": "Bench",
        "campaign_id": campaign.id,
        "operation_type": "mass_action",
        "channel": "action",
        "target_id": target.id,
        "action_ids": [(0, 0, line)],
    }
    operation = env["crm.campaign.operation"].with_user(user).create(values)
    env.flush_all()
    return operation


# === MEASURES === #


@contextmanager
def undone(env):
    """Undo what is done inside; what would happen at the commit never does."""
    env.flush_all()
    savepoint = env.cr.savepoint(flush=False)
    env.invalidate_all()
    yield
    env.clear()
    env.cr.precommit.clear()
    env.cr.postcommit.clear()
    savepoint.close(rollback=True)
    env.invalidate_all()


def time_ours(operation, kind: str, count: int) -> float:
    """Dispatch; return the seconds.

    :raise RuntimeError: not everything was made
    """
    env = operation.env
    with undone(env):
        start = time.perf_counter()
        operation.action_dispatch()
        env.flush_all()
        seconds = time.perf_counter() - start
        if kind == "to-dos":
            made = env["mail.activity"].sudo().search([("campaign_todo_id", "!=", False)])
        else:
            made = env["crm.lead"].sudo().search([("campaign_operation_id", "=", operation.id)])
        check(made, count)
    return seconds


def host_todos(operation, people, is_quiet: bool) -> float:
    """Create the same to-dos as the host does, in one batch; return the seconds."""
    env = operation.env(context={"mail_activity_quick_update": is_quiet})
    users = operation.action_ids.user_ids.ids
    model_id = env["ir.model"]._get_id("res.partner")
    deadline = date.today() + timedelta(days=DELAY_DAYS)
    vals_list = [
        {
            "res_model_id": model_id,
            "res_id": partner_id,
            "activity_type_id": operation.action_ids.activity_type_id.id,
            "summary": SUMMARY,
            "date_deadline": deadline,
            "automated": True,
            "user_id": users[number % COLLEAGUES],
        }
        for number, partner_id in enumerate(people.ids)
    ]
    return time_create(env["mail.activity"], vals_list)


def host_leads(operation, people, is_quiet: bool) -> float:
    """Create the same leads as the host does, in one batch; return the seconds."""
    env = operation.env(context={"mail_auto_subscribe_no_notify": is_quiet})
    users = operation.action_ids.user_ids.ids
    deadline = date.today() + timedelta(days=DELAY_DAYS)
    vals_list = [
        {
            "name": SUMMARY,
            "partner_id": partner_id,
            "user_id": users[number % COLLEAGUES],
            "campaign_id": operation.campaign_id.utm_campaign_id.id,
            "expected_revenue": 1000,
            "date_deadline": deadline,
        }
        for number, partner_id in enumerate(people.ids)
    ]
    # Superuser, as ours: leads are given to others.
    return time_create(env["crm.lead"].sudo(), vals_list)


def time_create(Model, vals_list: list[dict]) -> float:
    with undone(Model.env):
        start = time.perf_counter()
        made = Model.create(vals_list)
        Model.env.flush_all()
        seconds = time.perf_counter() - start
        check(made, len(vals_list))
    return seconds


def check(records, count: int):
    """Check that as many as are wanted were made, each followed by whose it is.

    :raise RuntimeError: they were not
    """
    env = records.env
    followed = records
    if records._name == "mail.activity":
        followed = env["res.partner"].browse(records.mapped("res_id"))
    users = records.sudo().user_id
    if len(records) != count or len(users) != min(COLLEAGUES, count):
        raise RuntimeError(f"{len(records)} made for {len(users)} colleagues")
    if users.partner_id - followed.sudo().message_partner_ids:
        raise RuntimeError("not followed")
