# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import odoo
from odoo import SUPERUSER_ID, api, modules
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, config

from ..claim import Claim
from .common import start_sink

PEOPLE = 300
# What the killing test asks for: two senders at once, killed ten times each.
KILLED_PEOPLE = 2000
KILLS = 20


class FaultsCase(BaseCase):
    """Real sender processes, a real SMTP server, committed rows.

    What is committed is deleted at the end, so that other tests find the database as it was.
    """

    people = PEOPLE
    channel = "email"
    address = {}
    template = {}

    def setUp(self):
        super().setUp()
        self.ready = set()  # senders that said so
        self.sink = start_sink(self)
        self.connection = self._connect()
        self.addCleanup(self._delete)
        self.execution_id = self._prepare()

    def _connect(self):
        """Return the database in which senders and test meet."""
        return odoo.sql_db.db_connect(get_db_name())

    def _get_server_options(self):
        """Name the options that lead a sender to that database."""
        return []

    def _environment(self):
        cr = self.connection.cursor()
        return cr, api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _prepare(self):
        """Commit a mail server, people and an execution of which nothing was sent yet."""
        cr, env = self._environment()
        with cr:
            env["ir.mail_server"].search([]).active = False
            env["ir.mail_server"].create(
                {
                    "name": "crm_campaign faults",
                    "smtp_host": self.sink.host,
                    "smtp_port": self.sink.port,
                }
            )
            tag = env["res.partner.category"].create({"name": "crm_campaign faults"})
            env["res.partner"].create(
                [
                    {
                        "name": f"Person {number}",
                        "email": f"person{number}@faults.example.com",
                        "category_id": [(4, tag.id)],
                        **{name: text % number for name, text in self.address.items()},
                    }
                    for number in range(self.people)
                ]
            )
            operation = env["crm.campaign.operation"].create(
                {
                    "name": "crm_campaign faults",
                    "channel": self.channel,
                    "campaign_id": env["crm.campaign"].create({"title": "Faults"}).id,
                    "user_id": env.ref("base.user_admin").id,
                    "email_from": "marketing@faults.example.com",
                    "target_id": env["crm.campaign.target"]
                    .create({"name": "Faults", "domain": f"[('category_id', 'in', [{tag.id}])]"})
                    .id,
                    "template_id": env["crm.campaign.template"]
                    .create(
                        {
                            "name": "Faults",
                            "channel": self.channel,
                            "purpose_id": env.ref("crm_campaign.crm_campaign_purpose_marketing").id,
                            "subject": "Hello {{ object.partner_id.name }}",
                            "body_html": '<p><a href="https://www.example.com/x">x</a></p>',
                            **self.template,
                        }
                    )
                    .id,
                }
            )
            return operation.action_dispatch()["res_id"]

    def _delete(self):
        cr, env = self._environment()
        with cr:
            execution = env["crm.campaign.execution"].browse(self.execution_id)
            mailing = execution.mailing_id
            operation, target = execution.operation_id, execution.target_id
            template, campaign = execution.template_id, execution.campaign_id
            cr.execute(
                "DELETE FROM crm_campaign_recipient WHERE execution_id = %s", (execution.id,)
            )
            env["ir.attachment"].search(
                [("res_model", "=", execution._name), ("res_id", "=", execution.id)]
            ).unlink()
            for table in ("claim", "batch", "deferral"):
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE execution_id = %s",
                        SQL.identifier(f"crm_campaign_{table}"),
                        execution.id,
                    )
                )
            cr.execute("DELETE FROM crm_campaign_execution WHERE id = %s", (execution.id,))
            env.invalidate_all()
            env["link.tracker"].search([("mass_mailing_id", "=", mailing.id)]).unlink()
            mailing.unlink()
            for record in (operation, target, template, campaign):
                record.unlink()
            tag = env["res.partner.category"].search([("name", "=", "crm_campaign faults")])
            env["res.partner"].search([("category_id", "in", tag.ids)]).unlink()
            tag.unlink()
            env["ir.mail_server"].search([("name", "=", "crm_campaign faults")]).unlink()

    def _start_sender(self, largest_file=None, **environment):
        """Start a sender that waits for ``_go``.

        :param int largest_file: bytes after which the kernel takes no more of a file, as a disk
            that is full; None = as many as there are
        :param environment: more environment variables
        """
        script = Path(__file__).with_name("sender_process.py")
        options = ["-c", config["config"], "-d", get_db_name(), "--no-http", "--log-level=error"]
        options += ["--addons-path", ",".join(config["addons_path"])]
        options += self._get_server_options()
        process = subprocess.Popen(
            [sys.executable, str(script), *options],
            env={
                "PYTHONPATH": str(Path(odoo.__path__[0]).parent),
                "PYTHONDONTWRITEBYTECODE": "1",  # half of it would be left on a disk that is full
                "PATH": "/usr/bin:/bin",
                **({"PYTHONPYCACHEPREFIX": compiled} if (compiled := sys.pycache_prefix) else {}),
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        if largest_file:
            self._wait_ready(process)
            limits = (largest_file, largest_file)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
        return process

    def _wait_ready(self, process):
        """Wait until a sender has loaded what it needs."""
        if process not in self.ready:
            self.assertEqual(process.stdout.readline(), "ready\n")
            self.ready.add(process)

    def _go(self, process):
        """Let a sender begin, once it is ready."""
        self._wait_ready(process)
        process.stdin.write("go\n")
        process.stdin.flush()

    def _finish(self, process):
        """Wait for the end of a sender; return how many recipients it claimed."""
        output, _errors = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 0)
        return int(output.split()[-1])

    def _read_rows(self, statement):
        cr, _env = self._environment()
        with cr:
            cr.execute(statement, (self.execution_id,))
            return cr.fetchall()

    def _read_states(self):
        """Return address -> state of the included recipients."""
        cr, _env = self._environment()
        with cr:
            cr.execute(
                "SELECT email, state FROM crm_campaign_recipient WHERE execution_id = %s",
                (self.execution_id,),
            )
            return dict(cr.fetchall())

    def assertEverybodyOnce(self):
        """Compare what the SMTP server accepted with what the rows say.

        :return: addresses of which nobody knows whether they got it
        """
        accepted = Counter(self.sink.accepted())
        states = self._read_states()
        unknown = {address for address, state in states.items() if state == "unknown"}
        self.assertEqual(len(states), self.people)
        self.assertEqual(max(accepted.values()), 1, "nobody twice")
        self.assertEqual(set(states.values()) - {"sent", "unknown"}, set())
        self.assertEqual(
            {address for address, state in states.items() if state == "sent"},
            set(accepted) - unknown,
            "who is sent got it, who got it is sent or unknown",
        )
        return unknown


@tagged("post_install", "-at_install")
class TestKilledSenders(FaultsCase):
    """Two senders at once that really die, at random moments."""

    people = KILLED_PEOPLE

    def test_killed_senders_write_to_nobody_twice_and_forget_nobody(self):
        chance = random.Random(19)
        for _round in range(KILLS // 2):
            senders = [self._start_sender(), self._start_sender()]
            for sender in senders:
                self._go(sender)
            for sender in senders:
                time.sleep(chance.uniform(0.05, 0.4))
                sender.send_signal(signal.SIGKILL)
                sender.wait()

        last = self._start_sender()
        self._go(last)
        self._finish(last)

        unknown = self.assertEverybodyOnce()
        rows = self._read_rows(
            "SELECT id, failure_reason, sent_at FROM crm_campaign_recipient"
            " WHERE execution_id = %s AND state = 'unknown' ORDER BY sent_at, id"
        )
        self.assertLessEqual(len(unknown), KILLS, f"one unknown fate a kill at most: {rows}")


class SlowClock(Claim):
    """A claim whose clock stands still for a while."""

    moments = ()

    def _read_clock(self):
        return self.moments.pop(0)


@tagged("post_install", "-at_install")
class TestFaults(FaultsCase):
    """Senders of emails that share the work."""

    def test_two_senders_in_the_same_microsecond_have_claims_of_their_own(self):
        moment = datetime(2026, 11, 28, 9, 34, 44, 641334)
        later = moment + timedelta(microseconds=1)
        claims = []
        for moments in ([moment], [moment, moment, later]):
            cr, env = self._environment()
            with cr:
                # As outside of tests: a connection of its own for each journal.
                self.patch(modules.module, "current_test", None)
                claim = SlowClock(env, self.execution_id, limit=10)
                claim.moments = moments
                claims.append(claim)
                claim.__enter__()
        first, second = claims
        self.assertEqual((first.claimed_at, second.claimed_at), (moment, later))
        self.assertFalse(set(first.ids) & set(second.ids))

        second.__exit__(None, None, None)

        names = "SELECT claimed_at FROM crm_campaign_claim WHERE execution_id = %s"
        self.assertEqual(self._read_rows(names), [(moment,)])
        first.__exit__(None, None, None)
        self.assertEqual(self._read_rows(names), [])

    def test_two_users_cannot_dispatch_at_the_same_moment(self):
        first_cr, first_env = self._environment()
        second_cr, second_env = self._environment()
        with first_cr, second_cr:
            execution = first_env["crm.campaign.execution"].browse(self.execution_id)
            copy = execution.operation_id.copy(
                {"name": "Twice", "email_from": "marketing@faults.example.com"}
            )
            first_cr.commit()
            self.addCleanup(self._delete_operation, copy.id)
            copy.action_dispatch()

            twice = second_env["crm.campaign.operation"].browse(copy.id)
            with self.assertRaisesRegex(UserError, "is being dispatched by somebody else"):
                twice.action_dispatch()
            first_cr.rollback()
            second_cr.rollback()

    def _delete_operation(self, operation_id):
        cr, env = self._environment()
        with cr:
            env["crm.campaign.operation"].browse(operation_id).unlink()

    def test_two_senders_share_the_work(self):
        # Slow enough that the first sender cannot do it all before the second one has started.
        self.sink.set_behaviour(delay_seconds=0.02)
        senders = [self._start_sender(), self._start_sender()]
        for sender in senders:
            self._go(sender)

        claimed = [self._finish(sender) for sender in senders]

        accepted = Counter(self.sink.accepted())
        self.assertEqual(sum(claimed), PEOPLE)
        self.assertGreater(min(claimed), 0)
        self.assertEqual(len(accepted), PEOPLE)
        self.assertEqual(max(accepted.values()), 1, "nobody twice")
        self.assertEqual(set(self._read_states().values()), {"sent"})
