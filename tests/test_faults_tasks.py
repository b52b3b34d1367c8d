# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from freezegun import freeze_time

import odoo
from odoo.tests import get_db_name, tagged
from odoo.tools import config

from .common import read_messages
from .test_faults import FaultsCase
from .test_faults_restart import PrivateServer

# A process that says nothing for so long hangs, and what has not happened by then never does.
PATIENCE_S = 75
# What happens to people in the tests, told by a call.
HAPPENING = "crm_campaign.task_type_of_faults"
# Number of the lock that stands in the way of freezing.
LOCK = 2027
# Jobs that run tasks and were woken.
WOKEN = """
    SELECT t.id
      FROM ir_cron_trigger t
      JOIN ir_cron c ON c.id = t.cron_id
      JOIN ir_act_server a ON a.id = c.ir_actions_server_id
     WHERE a.code = 'model._cron_run()'
"""
# When processes are killed that run tasks, and up to how many seconds after that.
KILLS = [("whenever", 0.6), ("freezing", 0.0), ("committed", 0.05)]
# Tasks are due at 9:00 in Paris, from this day on.
FIRST_DUE = datetime(2027, 1, 4, 8, 0)


class TaskServer(PrivateServer):
    """A PostgreSQL server with a copy of the tests' database, which each test gets anew."""

    def __init__(self, name):
        super().__init__(name)
        self.clean = f"{self.name}_clean"
        self._call("createdb", "-T", self.name, self.clean)
        self.is_clean = True
        self.files = self.folder / "files"
        origin = Path(config.filestore(self.name))
        if origin.exists():
            shutil.copytree(origin, self.files / "filestore" / self.name)

    def renew(self):
        """Put the copy back as it was."""
        if not self.is_clean:
            self._call("dropdb", "--force", self.name)
            self._call("createdb", "-T", self.clean, self.name)
        self.is_clean = False

    def _call(self, program, *options):
        address = self.address
        here = ["-h", address["host"], "-p", address["port"], "-U", address["user"]]
        subprocess.run([Path(address["bin"]) / program, *here, *options], check=True)

    def start_odoo(self, *arguments):
        """Start a program that takes the options of the Odoo server, on the copy.

        :param arguments: of Python: the program, and options of its own
        """
        names = {"--db_host": "host", "--db_port": "port", "--db_user": "user"}
        options = ["-c", config["config"], "-d", self.name, "--log-level=error"]
        options += ["--addons-path", ",".join(config["addons_path"]), f"--data-dir={self.files}"]
        options += [f"{option}={self.address[name]}" for option, name in names.items()]
        environment = {
            "PYTHONPATH": str(Path(odoo.__path__[0]).parent),
            "PATH": "/usr/bin:/bin",
            **({"PYTHONPYCACHEPREFIX": compiled} if (compiled := sys.pycache_prefix) else {}),
        }
        return subprocess.Popen(
            [sys.executable, *arguments, *options],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )


class Worker:
    """A process of ``task_process.py``, which does what it is asked to."""

    def __init__(self, server):
        script = Path(__file__).with_name("task_process.py")
        self.process = server.start_odoo(str(script), "--no-http")
        self.child = None

    def ask(self, *words):
        """Have something begin, in a process of its own."""
        self.tell(*words)
        self.child = int(self._read()[1])

    def tell(self, *words):
        """Write a line to it."""
        self.process.stdin.write(f"{' '.join(map(str, words))}\n".encode())

    def wait(self, patience_s=PATIENCE_S):
        """Wait for a word of it, such as how what it was asked for ended."""
        words = self._read(patience_s)
        if words[0] == "end":
            self.child = None
        return words[-1]

    def kill(self):
        """Kill the process that does what was asked for, if it has not ended by itself."""
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)

    def rest(self):
        """Be free for what comes next, whatever a test that failed has left."""
        while self.child:
            self.kill()
            self.wait()

    def do(self, *words):
        """Have something done; return how it ended."""
        self.ask(*words)
        return self.wait()

    def _read(self, patience_s=PATIENCE_S):
        if not select.select([self.process.stdout], [], [], patience_s)[0]:
            raise AssertionError("A process does not answer.")
        return self.process.stdout.readline().decode().split()

    def close(self):
        """End it and what it forked."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


class TaskFaultsCase(FaultsCase):
    """Real processes that run tasks on a database of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = TaskServer(get_db_name())
        cls.addClassCleanup(cls.server.close)
        cls.workers = [Worker(cls.server) for _number in range(2)]
        for worker in cls.workers:
            cls.addClassCleanup(worker.close)
        for worker in cls.workers:
            assert worker.wait() == "ready"

    def setUp(self):
        for worker in self.workers:
            worker.rest()
        self.server.renew()
        super().setUp()

    def _connect(self):
        address = self.server.address
        return odoo.sql_db.db_connect(
            f"postgresql://{address['user']}@/{get_db_name()}"
            f"?host={address['host']}&port={address['port']}",
            allow_uri=True,
        )

    def _delete(self):
        """Leave everything: the whole server goes."""

    # === TASKS === #

    def _prepare(self):
        """Commit a mail server, and an address of the responsible; tests make their tasks."""
        cr, env = self._environment()
        with cr:
            env["ir.mail_server"].search([]).active = False
            values = {"name": "Sink", "smtp_host": self.sink.host, "smtp_port": self.sink.port}
            env["ir.mail_server"].create(values)
            env.ref("base.user_admin").email = "responsible@faults.example.com"
            # Jobs of the host are of no concern here, and some of them call services outside.
            others = env["ir.cron"].search([("model_id.model", "not like", "crm.campaign")])
            others.active = False

    def _create_tasks(self, *names, people, **values):
        """Commit tasks, each with people of its own; return their ids, in order."""
        cr, env = self._environment()
        with cr:
            return [self._create_task(env, name, people, values).id for name in names]

    def _create_task(self, env, name, people, values):
        """Create a task, which is on since the day before the first due moment."""
        tag = env["res.partner.category"].create({"name": "Faults"})
        env["res.partner"].create(
            [
                {
                    "name": f"Person {number}",
                    "email": f"person{number}@faults{tag.id}.example.com",
                    "category_id": [(4, tag.id)],
                }
                for number in range(people)
            ]
        )
        target = {"name": "Faults", "domain": f"[('category_id', 'in', [{tag.id}])]"}
        values = {
            "name": name,
            "user_id": env.ref("base.user_admin").id,
            "email_from": "marketing@faults.example.com",
            "date_start": date(2020, 1, 1),
            "time_of_day": 9.0,
            "tz": "Europe/Paris",
            "target_id": env["crm.campaign.target"].create(target).id,
            "template_id": env["crm.campaign.template"].create(self._prepare_template(env)).id,
            "enabled": True,
            **values,
        }
        with freeze_time(FIRST_DUE - timedelta(hours=12)):
            return env["crm.campaign.task"].create(values)

    def _prepare_template(self, env):
        return {
            "name": "Faults",
            "purpose_id": env.ref("crm_campaign.crm_campaign_purpose_marketing").id,
            "subject": "Hello",
            "body_html": '<p><a href="https://www.example.com/x">x</a></p>',
        }

    def _create_happening(self):
        """Commit a task of what happens to people; return its id and the ids of 60 people."""
        cr, env = self._environment()
        with cr:
            values = {"name": "Happens", "record_kind": "partner", "trigger": "code"}
            task_type = env["crm.campaign.task.type"].create(values)
            module, _dot, name = HAPPENING.partition(".")
            env["ir.model.data"].create(
                {"module": module, "name": name, "model": task_type._name, "res_id": task_type.id}
            )
            task = self._create_task(env, "Happens", 60, {"type_id": task_type.id})
            query = task.target_id._get_query()
            return task.id, list(query)

    # === PROCESSES === #

    def _run_to_the_end(self, moment):
        """Run minute after minute until nothing is due, as the jobs do."""
        for minute in range(30):
            now = moment + timedelta(minutes=minute)
            self.workers[0].do("run", now.isoformat())
            cr, env = self._environment()
            with cr:
                if not env["crm.campaign.task"]._find_due(now):
                    return
        self.fail("Something stays due.")

    def _send(self):
        """Have both processes send everything."""
        for worker in self.workers:
            worker.ask("send")
        self.assertEqual([worker.wait() for worker in self.workers], ["done", "done"])

    @contextmanager
    def _block_freezing(self):
        """Have runs stop in the middle of freezing until the end of the block."""
        with self.connection.cursor() as cr:
            cr.execute(
                "CREATE OR REPLACE FUNCTION wait_for_tests() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN PERFORM pg_advisory_xact_lock_shared(%s); RETURN NULL; END'",
                (LOCK,),
            )
            cr.execute(
                "CREATE OR REPLACE TRIGGER wait_for_tests AFTER INSERT ON crm_campaign_recipient"
                " FOR EACH STATEMENT EXECUTE FUNCTION wait_for_tests()"
            )
        with self.connection.cursor() as cr:
            cr.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            yield

    def _wait_for(self, statement, count):
        """Wait until a statement counts so many."""
        deadline = time.monotonic() + PATIENCE_S
        while self._query(statement)[0][0] < count:
            self.assertLess(time.monotonic(), deadline, statement)
            time.sleep(0.005)

    def _wait_for_freezing(self):
        self._wait_for("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'", 1)

    def _wait_for_accepted(self, count):
        deadline = time.monotonic() + PATIENCE_S
        while len(self.sink.accepted()) < count:
            self.assertLess(time.monotonic(), deadline, f"{count} messages")
            time.sleep(0.02)

    # === WHAT HAPPENED === #

    def _query(self, statement):
        with self.connection.cursor() as cr:
            cr.execute(statement)
            return cr.fetchall()

    def _count_runs(self):
        return self._query("SELECT count(*) FROM crm_campaign_execution")[0][0]

    def assertRuns(self, task_ids, days):
        """Check that each task made one run at 8:00 UTC of each of the first days, and waits."""
        runs = self._query("SELECT task_id, scheduled_at FROM crm_campaign_execution ORDER BY 1, 2")
        dues = [FIRST_DUE + timedelta(days=day) for day in range(days + 1)]
        next_runs = self._query("SELECT id, next_run FROM crm_campaign_task ORDER BY 1")
        self.assertEqual(runs, [(task_id, due) for task_id in task_ids for due in dues[:days]])
        self.assertEqual(next_runs, [(task_id, dues[days]) for task_id in task_ids])

    def assertEachPersonOnce(self, count):
        """Check that each person of each run got one message, and nobody anything else.

        :param int count: messages in all
        """
        sent = self._query(
            """
            SELECT t.message_id, x.task_id, x.scheduled_at, r.email
              FROM crm_campaign_recipient r
              JOIN crm_campaign_execution x ON x.id = r.execution_id
              JOIN mailing_trace t ON t.model = 'crm.campaign.recipient' AND t.res_id = r.id
             WHERE r.state = 'sent'
            """
        )
        rows = {message_id: (address, *run) for message_id, *run, address in sent}
        accepted = Counter(
            (message["X-Sink-Rcpt-To"], rows.get(message["Message-Id"].strip()))
            for message in read_messages(self.sink.folder)
        )
        self.assertEqual(len(set(rows.values())), count)
        self.assertEqual(accepted, Counter((row[0], row) for row in rows.values()))


@tagged("post_install", "-at_install")
class TestTaskFaults(TaskFaultsCase):
    """One run of each task at each due moment, one message a person, whatever dies and when."""

    def test_two_processes_make_one_run_of_each_task_at_each_of_fifty_moments(self):
        # Two of one name: what the host keeps about a run has a unique name.
        task_ids = self._create_tasks("Morning", "Morning", "Good News", people=4)

        for worker in self.workers:
            worker.ask("follow")
        for day in range(50):
            now = FIRST_DUE + timedelta(days=day, seconds=20)
            for worker in self.workers:
                worker.tell(now.isoformat())
            self.assertEqual([worker.wait() for worker in self.workers], ["ran", "ran"])
        for worker in self.workers:
            worker.tell()
            self.assertEqual(worker.wait(), "done")

        self.assertRuns(task_ids, days=50)
        self._send()
        self.assertEachPersonOnce(600)

    def _kill_run(self, now, when, delay):
        """Have two processes run what is due, and kill both.

        :param str when: ``whenever``, in the middle of ``freezing``, or as soon as a run is
            ``committed``
        :param float delay: seconds after that
        """
        count = self._count_runs()
        with self._block_freezing() if when == "freezing" else nullcontext():
            for worker in self.workers:
                worker.ask("run", now.isoformat())
            if when == "freezing":
                self._wait_for_freezing()
            elif when == "committed":
                self._wait_for("SELECT count(*) FROM crm_campaign_execution", count + 1)
            time.sleep(delay)
            for worker in self.workers:
                worker.kill()
        for worker in self.workers:
            self.assertIn(worker.wait(), ("killed", "done", "conflict"))
        if when == "freezing":
            self.assertEqual(self._count_runs(), count, "nothing is left of a run that died")

    def test_processes_killed_at_any_moment_make_each_run_once(self):
        task_ids = self._create_tasks("Morning", "Noon", "Evening", people=20)
        chance = random.Random(19)

        for day in range(12):
            now = FIRST_DUE + timedelta(days=day, seconds=20)
            when, longest = KILLS[day % 3]
            self._kill_run(now, when, chance.uniform(0, longest))
            self._run_to_the_end(now + timedelta(minutes=1))

        self.assertRuns(task_ids, days=12)
        self._send()
        self.assertEachPersonOnce(720)

    def test_processes_killed_while_events_wait_tell_each_of_them_once(self):
        task_id, people = self._create_happening()
        chance = random.Random(20)
        user, job = self.workers

        for number in range(0, 60, 6):
            user.ask("fire", HAPPENING, *people[number : number + 6])
            job.ask("run", FIRST_DUE.isoformat())
            time.sleep(chance.uniform(0, 0.5))
            job.kill()
            self.assertIn(job.wait(), ("killed", "done", "conflict"))
            self.assertEqual(user.wait(), "done")
        self._run_to_the_end(FIRST_DUE)

        self.assertFalse(self._query("SELECT id FROM crm_campaign_task_event"))
        runs = "SELECT DISTINCT task_id FROM crm_campaign_execution"
        self.assertEqual(self._query(runs), [(task_id,)])
        self._send()
        self.assertEachPersonOnce(60)

    def test_what_happens_while_a_task_runs_does_not_wait_for_the_end_of_the_run(self):
        _task_id, people = self._create_happening()
        user, job = self.workers
        user.do("fire", HAPPENING, people[0])

        with self._block_freezing():
            job.ask("run", FIRST_DUE.isoformat())
            self._wait_for_freezing()
            user.ask("fire", HAPPENING, people[1])
            self.assertEqual(user.wait(20), "done")
        self.assertEqual(job.wait(), "done")
        self._run_to_the_end(FIRST_DUE)

        self._send()
        self.assertEachPersonOnce(2)

    def test_what_happens_while_the_job_runs_wakes_a_job_again(self):
        _task_id, people = self._create_happening()
        self.workers[0].do("fire", HAPPENING, people[0])
        cr, env = self._environment()
        with cr:
            # The beginning of a job, as the host's framework writes it.
            for cron in env["ir.cron"].search([("code", "=", "model._cron_run()")]):
                cron._clear_schedule(cron._acquire_one_job(cr, cron.id, include_not_ready=True))

            self.workers[0].do("fire", HAPPENING, people[1])

        self.assertTrue(self._query(WOKEN))

    def test_what_happens_while_a_task_is_switched_off_is_not_told_later(self):
        task_id, people = self._create_happening()
        cr, env = self._environment()
        with cr:
            env["crm.campaign.task"]._fire(HAPPENING, env["res.partner"].browse(people[0]))
            env.flush_all()
            self.workers[0].do("write", "crm.campaign.task", task_id, "enabled", 0)

        self.workers[0].do("write", "crm.campaign.task", task_id, "enabled", 1)
        self.workers[0].do("run", FIRST_DUE.isoformat())

        self.assertEqual(self._count_runs(), 0)

    def _start_sending(self):
        """Have one process run and send a task with 250 people; return the id of the task."""
        (task_id,) = self._create_tasks("Morning", people=250)
        self.workers[0].do("run", FIRST_DUE.isoformat())
        self.sink.set_behaviour(delay_seconds=0.005)
        self.workers[0].ask("send")
        self._wait_for_accepted(20)
        return task_id

    def test_a_task_that_is_switched_off_stops_within_one_batch(self):
        task_id = self._start_sending()

        end = self.workers[1].do("write", "crm.campaign.task", task_id, "enabled", 0)
        accepted = len(self.sink.accepted())

        self.assertEqual((end, self.workers[0].wait()), ("done", "done"))
        sent = len(self.sink.accepted())
        self.assertLessEqual(sent - accepted, 100, "the batch under way")
        self.assertEqual(
            self._query(
                "SELECT state, failure_reason, count(*) FROM crm_campaign_recipient"
                " GROUP BY 1, 2 ORDER BY 1"
            ),
            [("sent", None, sent), ("withdrawn", "The task was switched off", 250 - sent)],
        )

    def test_what_is_changed_while_a_run_is_sent_changes_the_next_run_only(self):
        task_id = self._start_sending()
        cr, env = self._environment()
        with cr, freeze_time(FIRST_DUE + timedelta(minutes=5)):
            task = env["crm.campaign.task"].browse(task_id)
            task.template_id.subject = "Goodbye"
            task.target_id.domain = "[('email', '=like', 'person7@%')]"
            task.time_of_day = 8.5
        self.assertEqual(self.workers[0].wait(), "done")
        self._run_to_the_end(datetime(2027, 1, 5, 7, 30))
        self._send()

        self.assertEachPersonOnce(251)
        subjects = [message["Subject"] for message in read_messages(self.sink.folder)]
        self.assertEqual(subjects, ["Hello"] * 250 + ["Goodbye"])
        moments = self._query("SELECT scheduled_at FROM crm_campaign_execution ORDER BY 1")
        self.assertEqual(moments, [(datetime(2027, 1, 4, 8, 0),), (datetime(2027, 1, 5, 7, 30),)])

    # === A SERVER === #

    def _start_server(self):
        """Start an Odoo server with two job threads; wait until they listen."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["--http-interface=127.0.0.1", f"--http-port={port}", "--max-cron-threads=2"]
        server = self.server.start_odoo("-m", "odoo", "server", *options)
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres'"
        self._wait_for(f"{listening} AND state = 'idle'", 2)

    def _create_stage_task(self):
        """Commit a task for leads that reach a stage, off; return ids: task, stage, leads."""
        cr, env = self._environment()
        with cr:
            values = {"name": "Stage", "record_kind": "lead", "needs_stage": True}
            values |= {"trigger": "event", "event": "set", "event_field": "stage_id"}
            task_type = env["crm.campaign.task.type"].create(values)
            first, last = env["crm.stage"].create([{"name": "First"}, {"name": "Last"}])
            values = {"type_id": task_type.id, "stage_id": last.id, "enabled": False}
            target = {"name": "Leads", "record_kind": "lead", "domain": "[]"}
            values["target_id"] = env["crm.campaign.target"].create(target).id
            task = self._create_task(env, "Stage", 0, values)
            leads = env["crm.lead"].create(
                [
                    {"name": name, "email_from": f"{name}@faults.example.com", "stage_id": first.id}
                    for name in ("one", "two", "three")
                ]
            )
            return task.id, last.id, leads.ids

    def test_a_real_server_tells_an_event_within_a_minute(self):
        task_id, stage_id, leads = self._create_stage_task()
        user = self.workers[0]
        self.assertEqual(user.do("write", "crm.campaign.task", task_id, "enabled", 1), "done")
        self._start_server()

        for count, lead_id in enumerate(leads, start=1):
            start = time.monotonic()
            self.assertEqual(user.do("write", "crm.lead", lead_id, "stage_id", stage_id), "done")
            self._wait_for_accepted(count)
            self.assertLess(time.monotonic() - start, 60)

        expected = [f"{name}@faults.example.com" for name in ("one", "two", "three")]
        self.assertEqual(self.sink.accepted(), expected)
