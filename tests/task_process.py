# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What jobs and users do about automatic tasks, in processes of their own, to be killed by tests.

Takes the options of the Odoo server. Loads the registry once and says ``ready``. Then it does what
each line of its input asks for, in a process that it forks, as the host's server does: it says
``child`` and the id of that process, then ``end`` and how it ended: ``done``, ``conflict`` (another
process was faster: the host's job framework tries again), ``killed`` or ``failed``. What a line may
ask for are the functions of ``ACTS``, with their arguments as words.
"""

import os
import random
import sys
import traceback
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import psycopg2

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config

CONFLICT = 75
ENDS = {0: "done", CONFLICT: "conflict", -9: "killed"}


@contextmanager
def environment(registry):
    """Lend an environment whose transaction is committed at the end."""
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def run(registry, moment):
    """Run what is due at a moment (UTC, ISO 8601), as the job does."""
    with environment(registry) as env:
        env["crm.campaign.task"]._run_due(datetime.fromisoformat(moment))


def follow(registry):
    """Run what is due at each moment that a line of the input says, until an empty line.

    Says ``ran`` after each, or ``conflict``.
    """
    for line in iter(sys.stdin.readline, "\n"):
        try:
            run(registry, line.strip())
        except psycopg2.OperationalError:
            say("conflict")
        else:
            say("ran")


def send(registry):
    """Send until nothing is running any more, as the sender job does."""
    with environment(registry) as env:
        Execution = env["crm.campaign.execution"]
        while Execution.search_count([("state", "=", "running")], limit=1):
            Execution._cron_send()


def fire(registry, task_type, *person_ids):
    """Have something happen to contacts, each by a user of its own."""
    for person_id in person_ids:
        with environment(registry) as env:
            people = env["res.partner"].browse(int(person_id))
            retrying(partial(env["crm.campaign.task"]._fire, task_type, people), env)


def write(registry, model, record, field, value):
    """Write a number, as a user does: again when another process was faster."""
    with environment(registry) as env:
        retrying(partial(env[model].browse(int(record)).write, {field: int(value)}), env)


ACTS = {act.__name__: act for act in (run, follow, send, fire, write)}


def fork(registry, words):
    """Do what a line asks for in another process, and say how it ended."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            random.seed()
            ACTS[words[0]](registry.check_signaling(), *words[1:])
            status = 0
        except psycopg2.OperationalError:
            status = CONFLICT
        except BaseException:  # noqa: BLE001 - whatever happens, this process ends here
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    say(f"child {pid}")
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    say(f"end {ENDS.get(status, 'failed')}")


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main():
    config.parse_config(sys.argv[1:])
    registry = Registry(config["db_name"][0])
    # A process and its children share no connection.
    sql_db.close_all()
    say("ready")
    for line in iter(sys.stdin.readline, ""):
        fork(registry, line.split())


if __name__ == "__main__":
    main()
