# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make bench PART=… N=…`: what the addon costs beside the host or raw SQL, in the same run.

One JSON line a figure on standard output (part, figure, n, ours, reference, against, ratio, unit;
ratio = reference / ours, above 1 is faster than the reference), a table on standard error. Wants
the environment that dev/run.py sets, with BENCH_DB a database of its own.
"""

import json
import os
import sys
from itertools import chain

from bench_calls import bench_calls
from bench_closing import bench_closing
from bench_form import bench_form
from bench_letters import bench_letters
from bench_mailing import TAG, bench_mailing, bench_memory
from bench_operations import bench_operations
from bench_results import bench_results
from bench_targets import bench_targets
from bench_tasks import bench_tasks

import odoo.init  # noqa: F401 - the host's set-up of the process
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

# Part -> rows when N is not given.
DEFAULT_ROWS = {
    "targets": 100_000,
    "mailing": 500,
    "memory": 5_000,
    "form": 100_000,
    "tasks": 100_000,
    "calls": 100_000,
    "operations": 20_000,
    "closing": 100_000,
    "results": 500_000,
}
OPTIONS = ("--no-http", "--log-level=error")


def figure(part: str, name: str, n: int, seconds: tuple[float, float], against: str) -> dict:
    """Describe a figure in milliseconds a row.

    :param seconds: of ours and of the reference
    """
    ours, reference = (round(1000 * value / n, 5) for value in seconds)
    ratio = round(reference / ours, 2)
    return {
        "part": part,
        "figure": name,
        "n": n,
        "ours": ours,
        "reference": reference,
        "against": against,
        "ratio": ratio,
        "unit": "ms/row",
    }


# === DATA === #


def create_people(env, n: int):
    """Insert n tagged people with distinct addresses; 10 % without, 2 % archived, 1 % blocked."""
    tag = env["res.partner.category"].create({"name": TAG})
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            WITH people AS (
                INSERT INTO res_partner (name, complete_name, email, email_normalized, active,
                                         type, is_company, company_id, city)
                SELECT 'Person ' || i, 'Person ' || i, address, address, i %% 50 != 0,
                       'contact', FALSE, NULL, 'Rennes'
                  FROM generate_series(1, %s) AS i,
                       LATERAL (SELECT CASE WHEN i %% 10 != 0
                                THEN 'person' || i || '@bench.example.com' END AS address) AS a
             RETURNING id)
            INSERT INTO res_partner_res_partner_category_rel (partner_id, category_id)
            SELECT id, %s FROM people
            """,
            n,
            tag.id,
        )
    )
    env.cr.execute(
        SQL(
            """
            UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL;
            INSERT INTO mail_blacklist (email, active)
            SELECT email_normalized, TRUE FROM res_partner
             WHERE email_normalized LIKE %s AND id %% 100 = 1;
            ANALYZE res_partner;
            ANALYZE res_partner_res_partner_category_rel;
            ANALYZE mail_blacklist
            """,
            "%@bench.example.com",
        )
    )
    env.invalidate_all()
    return tag


PARTS = {
    "targets": lambda env, n: bench_targets(env, n, figure),
    "mailing": lambda env, n: chain(
        bench_mailing(env, n, create_people(env, n * 100 // 88), figure),
        bench_letters(env, figure),
    ),
    "form": lambda env, n: bench_form(env, n, create_people(env, 10), figure),
    "memory": lambda env, n: bench_memory(env, n, create_people(env, n * 100 // 88), figure),
    "tasks": lambda env, n: bench_tasks(env, n, figure),
    "calls": lambda env, n: bench_calls(env, n, figure),
    "operations": lambda env, n: bench_operations(env, n, figure),
    "closing": lambda env, n: bench_closing(env, n, create_people(env, 10), figure),
    "results": lambda env, n: bench_results(env, n, create_people(env, 10), figure),
}


def main() -> int:
    """Run the part that PART names, or all of them."""
    names = [os.environ["PART"]] if os.environ.get("PART") else list(PARTS)
    if unknown := set(names) - set(PARTS):
        sys.stderr.write(f"No such part: {', '.join(unknown)}; there are {', '.join(PARTS)}.\n")
        return 2
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", os.environ["BENCH_DB"], *OPTIONS])
    registry = Registry(os.environ["BENCH_DB"])
    for name in names:
        n = int(os.environ.get("N") or DEFAULT_ROWS[name])
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            for line in PARTS[name](env, n):
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
                sys.stdout.flush()
                table = (
                    "{part:<10} {figure:<26} {n:>8} {ours:>9} {reference:>9} × {ratio:<7} {against}"
                )
                sys.stderr.write(table.format(**line) + "\n")
            cr.rollback()
    return 0


if __name__ == "__main__":
    sys.exit(main())
