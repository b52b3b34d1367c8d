# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import odoo
from odoo.modules.module import get_module_path
from odoo.tests import get_db_name, tagged

from .test_faults import FaultsCase

PG_SERVER = Path(get_module_path("crm_campaign")) / "dev" / "pg_server.py"


class PrivateServer:
    """A PostgreSQL server of the test's own, which it may stop at will, with a copy of a database.

    The server of the other tests stays as it is.
    """

    def __init__(self, name):
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix="crm_campaign_pg_"))
        # The server may run as another user, who must get in.
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.start()
        self._copy()

    def start(self):
        """Start the server, or start it again."""
        command = [sys.executable, str(PG_SERVER), "start", str(self.data)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.address = json.loads(answer)

    def _copy(self):
        """Copy the database from the server of the other tests."""
        folder, dump = Path(self.address["bin"]), self.folder / "dump"
        here = {**os.environ, "PGHOST": self.address["host"], "PGPORT": self.address["port"]}
        here["PGUSER"] = self.address["user"]
        subprocess.run(
            [folder / "pg_dump", "-Fc", "-Z0", "-f", dump, self.name],
            check=True,
            env={**os.environ, **self._get_source()},
        )
        subprocess.run([folder / "createdb", self.name], check=True, env=here)
        restore = [folder / "pg_restore", "--no-owner", "-d", self.name, dump]
        subprocess.run(restore, check=True, env=here)

    def _get_source(self):
        """Give where the server of the other tests is."""
        config = odoo.tools.config
        names = {"PGHOST": "db_host", "PGPORT": "db_port", "PGUSER": "db_user"}
        return {name: str(config[option]) for name, option in names.items() if config[option]}

    def stop(self, signum):
        """Stop it: SIGINT = disconnect everybody; SIGQUIT = as in a crash."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signum)
        while (self.data / "postmaster.pid").exists() and Path(f"/proc/{pid}").exists():
            time.sleep(0.05)

    def close(self):
        """Stop it for good and forget its files."""
        subprocess.run([sys.executable, str(PG_SERVER), "stop", str(self.data)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


@tagged("post_install", "-at_install")
class TestRestart(FaultsCase):
    """The database server that stops while senders work."""

    people = 600

    def setUp(self):
        self.server = PrivateServer(get_db_name())
        self.addCleanup(self.server.close)
        super().setUp()

    def _connect(self):
        address = self.server.address
        return odoo.sql_db.db_connect(
            f"postgresql://{address['user']}@/{get_db_name()}"
            f"?host={address['host']}&port={address['port']}",
            allow_uri=True,
        )

    def _get_server_options(self):
        address = self.server.address
        names = {"--db_host": "host", "--db_port": "port", "--db_user": "user"}
        return [f"{option}={address[name]}" for option, name in names.items()]

    def _delete(self):
        """Leave everything: the whole server goes."""

    def _send_until(self, count):
        """Let two senders work until so many messages were accepted in all."""
        senders = [self._start_sender(), self._start_sender()]
        for sender in senders:
            self._go(sender)
        while len(self.sink.accepted()) < count:
            self.assertTrue([sender for sender in senders if sender.poll() is None])
            time.sleep(0.02)
        return senders

    def test_a_restarted_database_server_makes_nobody_get_it_twice(self):
        self.sink.set_behaviour(delay_seconds=0.005)
        for count, signum in ((150, signal.SIGQUIT), (400, signal.SIGINT)):
            senders = self._send_until(count)
            self.server.stop(signum)
            for sender in senders:
                # As their supervisor would: the host's workers start again by themselves.
                sender.kill()
                sender.wait()
            self.server.start()

        last = self._start_sender()
        self._go(last)
        self._finish(last)

        cr, env = self._environment()
        with cr:
            batch = env["crm.campaign.execution"]._batch_size
        # A crash loses answers of the last moments: of two claims at most. A stop loses the
        # message in hand of each sender.
        unknown = self.assertEverybodyOnce()
        self.assertLessEqual(len(unknown), 2 * batch + 2)
        self.assertGreater(len(self._read_states()), len(unknown))
