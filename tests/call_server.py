# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""A real server on the tests' database, and the browsers of callers who are logged in there."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

import odoo
from odoo.service import security
from odoo.tests import get_db_name
from odoo.tools import config

# Nothing takes so long that is not stuck.
PATIENCE_S = 60


class Server:
    """An Odoo server of its own on the tests' database, without jobs."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        options = ["-c", config["config"], "-d", get_db_name(), "--log-level=critical"]
        options += ["--addons-path", ",".join(config["addons_path"]), "--max-cron-threads=0"]
        options += ["--http-interface=127.0.0.1", f"--http-port={port}", "--workers=0"]
        python_path = str(Path(odoo.__path__[0]).parent)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "odoo", "server", *options],
            env={**os.environ, "PYTHONPATH": python_path},
            stdin=subprocess.DEVNULL,
        )

    def wait(self):
        """Wait until it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                requests.get(f"{self.address}/web/login", timeout=PATIENCE_S)
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("The server does not answer.")

    def close(self):
        """End it."""
        self.process.kill()
        self.process.wait()


class Client:
    """The browser of one user, logged in."""

    def __init__(self, server, env, user):
        store = odoo.http.root.session_store
        session = store.new()
        session.update(odoo.http.get_default_session(), db=env.cr.dbname, _trace_disable=True)
        session.uid, session.login = user.id, user.login
        session.session_token = security.compute_session_token(session, env(user=user))
        session.context = dict(env(user=user)["res.users"].context_get())
        store.save(session)
        self.session_id = session.sid
        self.forget = lambda: store.delete(session)
        self.address = server.address
        self.name = user.name

    def send(self, method, *arguments, model="crm.campaign.call"):
        """Call a method.

        :return: the answer of the server: ``result`` or ``error``
        :rtype: dict
        """
        params = {"model": model, "method": method, "args": arguments, "kwargs": {}}
        answer = requests.post(
            f"{self.address}/web/dataset/call_kw/{model}/{method}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            cookies={"session_id": self.session_id},
            timeout=PATIENCE_S,
        )
        answer.raise_for_status()
        return answer.json()

    def call(self, method, *arguments, **options):
        """Call a method that must not fail."""
        answer = self.send(method, *arguments, **options)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']['data']['debug']}")
        return answer.get("result")
