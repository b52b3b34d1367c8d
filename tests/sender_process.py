# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""A sender in a process of its own, to be killed by the tests.

Takes the options of the Odoo server. Says ``ready``, waits for a line, runs the sender job until
nothing is running any more, or as often as the environment variable ``ROUNDS`` says, then says how
many messages it has handed over.
"""

import os
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main():
    config.parse_config(sys.argv[1:])
    registry = Registry(config["db_name"][0])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    claimed = 0
    working = True
    rounds = int(os.environ.get("ROUNDS", "0"))
    while working:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            Execution = env["crm.campaign.execution"]
            send_batch = type(Execution)._send_batch

            def counted(self, send_batch=send_batch):
                nonlocal claimed
                handled = send_batch(self)
                claimed += handled
                return handled

            type(Execution)._send_batch = counted
            try:
                Execution._cron_send()
            finally:
                type(Execution)._send_batch = send_batch
            working = bool(Execution.search_count([("state", "=", "running")], limit=1))
        rounds -= 1
        working = working and rounds != 0
    sys.stdout.write(f"claimed {claimed}\n")


if __name__ == "__main__":
    main()
