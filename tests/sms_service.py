# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""A real SMS service on this machine, which misbehaves on demand."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "secret of the service"


class SmsService:
    """Web service in a thread of its own.

    ``accepted``: messages in the order in which they were accepted; ``behaviour``: number ->
    status code to answer, ``hang up`` (accepted, no answer) or ``silent`` (accepted, no answer
    until it stops).
    """

    def __init__(self):
        self.accepted = []
        self.behaviour = {}
        self.stopping = threading.Event()
        self.server = None
        self.port = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/messages?account=1"

    def start(self):
        self.stopping.clear()
        handler = type("Handler", (SmsHandler,), {"service": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        if self.server:
            self.stopping.set()
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def get_numbers(self):
        return [message["to"] for message in self.accepted]


class SmsHandler(BaseHTTPRequestHandler):
    service = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = json.loads(body)
        behaviour = self.service.behaviour.get(message["to"], 202)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            behaviour = 401
        if isinstance(behaviour, str) or behaviour < 300:
            self.service.accepted.append(message)
        if behaviour == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif behaviour == "silent":
            self.service.stopping.wait(10)
        else:
            self._answer(behaviour)

    def _answer(self, status):
        body = json.dumps({"reason": "because"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""
