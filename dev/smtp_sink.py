# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""A real SMTP server that keeps what it gets and misbehaves on demand.

``python dev/smtp_sink.py --folder DIR`` runs it as its own process, so that tests, the demo and
benchmarks meet a socket, lost answers and a server that dies, and not a mock. In the folder:

``new/<sequence>-<uuid>.eml``
    one accepted message each, the envelope on top in ``X-Sink-Mail-From`` and one
    ``X-Sink-Rcpt-To`` per recipient; it is complete as soon as it is visible
``journal.jsonl``
    one event per line (:func:`read_journal`), flushed before the client gets its answer:
    whatever a client believes, the journal is the truth about what was accepted
``behaviour.json``
    how to misbehave, see :data:`DEFAULT_BEHAVIOUR`; read again whenever it changes

The server stops on SIGTERM and SIGINT with status 0, and when its parent dies. Needs aiosmtpd.
"""

import argparse
import asyncio
import contextlib
import ctypes
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from email import message_from_binary_file, policy
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, syntax

START_TIMEOUT_S = 15
PARENT_CHECK_S = 1.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h

#: Every setting of behaviour.json and what a missing one means. Addresses compare without case;
#: ``*@domain`` stands for every address of that domain. Counts and memories are those of the
#: running process: a restarted sink starts afresh.
DEFAULT_BEHAVIOUR = {
    "refuse_rcpt": [],  # addresses answered 550 5.1.1 at RCPT
    "refuse_all": False,  # every RCPT is answered 550 5.1.1
    "greylist": [],  # addresses answered 450 at their first RCPT, accepted later
    "answers_rcpt": {},  # address -> answer at each RCPT, e.g. "452 4.2.2 Full"; 421 closes
    "answers_data": {},  # address -> answer instead of the 250 after the data, which is not kept
    "drop_after_data": [],  # message kept and journalled, connection cut before the 250, each time
    "drop_after_accepted": None,  # messages; then every connection is cut, new ones get a 421
    "delay_seconds": 0.0,  # seconds between the journal line and the 250
}

PLAIN_PATH = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+)>(.*)")
END_OF_DATA = b"\r\n.\r\n"
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def read_journal(folder) -> list[dict]:
    """Return the events of a sink's journal, oldest first.

    An event is ``{"time", "event", "rcpt", "message_id", "code"}``: epoch seconds (UTC);
    ``accepted``, ``refused``, ``greylisted`` or ``dropped``; the address as the client wrote it;
    the Message-ID with its angle brackets, None before DATA; the SMTP answer, None when the
    connection was cut. A message to three people makes three ``accepted`` events. A cut after the
    data makes ``accepted`` with code None, then ``dropped``; a connection turned away makes
    ``dropped`` with code 421 and rcpt None. A line still being written is left out.

    :param folder: the sink's folder (str or Path); no journal yet gives an empty list
    """
    path = Path(folder) / "journal.jsonl"
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def read_messages(folder) -> Iterator[EmailMessage]:
    """Yield the accepted messages of a sink's folder (str or Path), oldest first."""
    for path in sorted((Path(folder) / "new").glob("*.eml")):
        with path.open("rb") as file:
            yield message_from_binary_file(file, policy=policy.default)


def _replace_file(temporary: Path, path: Path, content: bytes):
    """Write ``path`` so that a reader sees either the former file or the whole new one."""
    temporary.write_bytes(content)
    temporary.replace(path)


class Behaviour:
    """The settings of behaviour.json, read again when the file changes."""

    def __init__(self, path: Path):
        self.path = path
        self._version = None
        self._settings = dict(DEFAULT_BEHAVIOUR)

    def read(self) -> dict:
        """Return the settings as the file has them now, keys of :data:`DEFAULT_BEHAVIOUR`.

        A file that is no JSON object leaves the former settings in force, and stderr tells.
        """
        version = None
        with contextlib.suppress(FileNotFoundError):
            stat = self.path.stat()
            version = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if version != self._version:
            self._version = version
            try:
                settings = json.loads(self.path.read_text(encoding="utf-8") if version else "{}")
                self._settings = {**DEFAULT_BEHAVIOUR, **settings}
            except (OSError, ValueError, TypeError) as error:
                sys.stderr.write(f"behaviour.json ignored: {error}\n")
        return self._settings


def _lists(patterns: list[str], address: str) -> bool:
    """Tell whether an address list holds this address or its whole domain."""
    wanted = {address.lower(), "*@" + address.lower().rpartition("@")[2]}
    return any(pattern.lower() in wanted for pattern in patterns)


def _find_answer(answers: dict[str, str], address: str) -> str | None:
    """Return the answer that an address or its domain gets."""
    return next((answers[pattern] for pattern in answers if _lists([pattern], address)), None)


class Store:
    """The files of one sink: accepted messages and the journal. The only writer of both."""

    def __init__(self, folder: Path):
        self.new = folder / "new"
        self.tmp = folder / "tmp"
        self.new.mkdir(parents=True, exist_ok=True)
        self.tmp.mkdir(exist_ok=True)
        self.journal = (folder / "journal.jsonl").open("a", encoding="utf-8")
        self.sequence = max((int(path.name[:8]) for path in self.new.glob("*.eml")), default=0)

    def keep(self, mail_from: str, recipients: list[str], content: bytes):
        """Write one accepted message under ``new/``, its envelope in headers on top."""
        headers = [("X-Sink-Mail-From", mail_from or "<>")]
        headers += [("X-Sink-Rcpt-To", address) for address in recipients]
        head = "".join(f"{name}: {self._header(value)}\r\n" for name, value in headers)
        self.sequence += 1
        name = f"{self.sequence:08d}-{uuid.uuid4().hex}.eml"
        _replace_file(self.tmp / name, self.new / name, head.encode("ascii") + content)

    def log(self, event: str, rcpt: str | None, message_id: str | None, code: int | None):
        """Append one event to the journal and flush it; shape in :func:`read_journal`."""
        line = {"time": time.time(), "event": event, "rcpt": rcpt}
        line |= {"message_id": message_id, "code": code}
        self.journal.write(json.dumps(line) + "\n")
        self.journal.flush()

    @staticmethod
    def _header(value: str) -> str:
        return value if value.isascii() else Header(value, "utf-8").encode()


class Handler:
    """Answer RCPT and DATA as the behaviour says. aiosmtpd calls the ``handle_*`` methods."""

    def __init__(self, folder: Path):
        self.behaviour = Behaviour(folder / "behaviour.json")
        self.store = Store(folder)
        self.sessions = WeakSet()
        self.accepted = 0  # messages, in this process
        self.greylisted = set()

    def build_protocol(self) -> asyncio.Protocol:
        """Return what serves a new connection: a session, or a 421 once the sink has closed."""
        if self.has_closed():
            return TurnAway(self)
        session = Session(self)
        self.sessions.add(session)
        return session

    def has_closed(self) -> bool:
        """Tell whether ``drop_after_accepted`` messages were accepted."""
        limit = self.behaviour.read()["drop_after_accepted"]
        return limit is not None and self.accepted >= limit

    def close_sessions(self):
        """Close every connection; answers already given are still sent."""
        for session in list(self.sessions):
            if session.transport is not None:  # aiosmtpd's mark of a lost connection
                session.transport.close()

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:
        """Take commands together (RFC 2920), as common servers do."""
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        """Refuse, greylist or take one recipient; return the SMTP answer."""
        if self.has_closed():
            await self._cut(server, [address], None)
        settings = self.behaviour.read()
        if settings["refuse_all"] or _lists(settings["refuse_rcpt"], address):
            self.store.log("refused", address, None, 550)
            return "550 5.1.1 No such user here"
        if _lists(settings["greylist"], address) and address.lower() not in self.greylisted:
            self.greylisted.add(address.lower())
            self.store.log("greylisted", address, None, 450)
            return "450 4.2.0 Greylisted, please try again later"
        if answer := _find_answer(settings["answers_rcpt"], address):
            return self._answer(server, [address], None, answer)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        """Keep one message, journal it, then answer 250 or cut the connection."""
        recipients = envelope.rcpt_tos
        found = MESSAGE_ID.search(envelope.content.partition(b"\r\n\r\n")[0])
        message_id = found and found[1].decode("ascii", "replace")
        if self.has_closed():
            await self._cut(server, recipients, message_id)
        settings = self.behaviour.read()
        answers = (_find_answer(settings["answers_data"], address) for address in recipients)
        if answer := next(filter(None, answers), None):
            return self._answer(server, recipients, message_id, answer)
        drop = any(_lists(settings["drop_after_data"], address) for address in recipients)
        self.store.keep(envelope.mail_from, recipients, envelope.content)
        for address in recipients:
            self.store.log("accepted", address, message_id, None if drop else 250)
        self.accepted += 1  # in the store: from here on, only the answer can be lost
        if drop:
            await self._cut(server, recipients, message_id)
        await asyncio.sleep(settings["delay_seconds"])
        return "250 2.0.0 OK"

    def _answer(self, server, recipients: list[str], message_id: str | None, answer: str) -> str:
        """Journal a refusal and return it; code 421 closes the connection after it."""
        for address in recipients:
            self.store.log("refused", address, message_id, int(answer[:3]))
        if answer.startswith("421"):
            asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return answer

    async def _cut(self, server, recipients: list[str], message_id: str | None):
        """Cut the connection without an answer. Never returns: the session is cancelled."""
        for address in recipients:
            self.store.log("dropped", address, message_id, None)
        server.transport.abort()
        await asyncio.Event().wait()  # until connection_lost() cancels this session


class Session(SMTP):
    """One connection.

    Two shortcuts, which double the messages per second: a message is collected as it comes off
    the socket, where aiosmtpd awaits every line; plain addresses skip its RFC 5322 parser.
    """

    def __init__(self, handler: Handler):
        # a given hostname spares a DNS look-up per connection
        super().__init__(
            handler, hostname="sink.example.com", enable_SMTPUTF8=True, data_size_limit=None
        )
        self._body = None  # bytearray while a message comes in
        self._body_end = None  # future, done when it is complete

    def data_received(self, data: bytes):
        """Give what comes in to the message under way, or else to the commands."""
        if self._body is None:
            super().data_received(data)
            return
        self._body += data
        if self._body.endswith(END_OF_DATA) and not self._body_end.done():
            self._body_end.set_result(None)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str):
        """Take one message; when it was the last one allowed, close after its answer."""
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        self.envelope.content = await self._read_body()
        await self.push(await self.event_handler.handle_DATA(self, self.session, self.envelope))
        self.envelope = Envelope()
        if self.event_handler.has_closed():
            self.event_handler.close_sessions()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Split a path argument into address and parameters, both None when it is no address."""
        return found.groups() if (found := PLAIN_PATH.match(arg)) else super()._getaddr(arg)

    async def _read_body(self) -> bytes:
        """Ask for a message and return it, its transparency dots (RFC 5321 4.5.2) removed."""
        self._body = bytearray(b"\r\n")  # so that an empty message ends like any other
        self._body_end = self.loop.create_future()
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        await self._body_end
        body, self._body = bytes(self._body), None
        return body[: -len(END_OF_DATA) + 2].replace(b"\r\n.", b"\r\n")[2:]


class TurnAway(asyncio.Protocol):
    """A connection answered 421 and closed."""

    def __init__(self, handler: Handler):
        self.handler = handler

    def connection_made(self, transport):
        """Answer and close."""
        self.handler.store.log("dropped", None, None, 421)
        transport.write(b"421 4.3.2 Service not available, closing\r\n")
        transport.close()


async def serve(folder: Path, host: str, port: int, parent: int):
    """Announce the port on stdout; serve until a signal or until ``parent`` (pid) is gone."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(Handler(folder).build_protocol, host, port)
    sys.stdout.write(f"listening {host} {server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    while os.getppid() == parent and not stop.is_set():
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), PARENT_CHECK_S)
    server.close()


def main():
    """Run the server from the command line."""
    parser = argparse.ArgumentParser(description="SMTP server that keeps what it gets.")
    parser.add_argument("--folder", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 (default) for a free one")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="process id to end with")
    options = parser.parse_args()
    if sys.platform == "linux":  # a SIGTERM when the parent, that is the starting thread, ends
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    asyncio.run(serve(options.folder, options.host, options.port, options.parent))


class SmtpSink:
    """A sink run as a subprocess for the time of a ``with`` block.

    Messages of a former run stay in the folder and the journal goes on. Start it from a thread
    that outlives it. Attributes: ``folder`` (Path), ``host`` (str), ``port`` (int). What the
    process complains about goes to ``stderr.log`` in the folder.

    :param folder: where everything is kept (str or Path), created when missing
    :param int port: TCP port, 0 for a free one; a stopped sink starts again on the port it had
    :raise RuntimeError: on starting, when the process does not listen within 15 seconds
    """

    def __init__(self, folder, port: int = 0):
        self.folder = Path(folder)
        self.host = "127.0.0.1"
        self.port = port
        self._process = None

    def __enter__(self) -> "SmtpSink":
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def start(self):
        """Start the process and wait until it listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(Path(__file__).resolve())]
        command += ["--folder", str(self.folder), "--host", self.host]
        command += ["--port", str(self.port), "--parent", str(os.getpid())]
        with (self.folder / "stderr.log").open("wb") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        try:
            self.port = self._read_port()
        except BaseException:
            self.stop()
            raise

    def set_behaviour(self, **settings):
        """Replace the whole behaviour, from the next command on; no argument accepts everything.

        :param settings: keys of :data:`DEFAULT_BEHAVIOUR`
        :raise ValueError: unknown setting
        """
        if unknown := sorted(settings.keys() - DEFAULT_BEHAVIOUR.keys()):
            raise ValueError(f"unknown behaviour: {', '.join(unknown)}")
        temporary = self.folder / "behaviour.tmp"
        _replace_file(temporary, temporary.with_suffix(".json"), json.dumps(settings).encode())

    def accepted(self) -> list[str]:
        """Return the accepted recipient addresses, in order, repeated ones repeated."""
        return [line["rcpt"] for line in read_journal(self.folder) if line["event"] == "accepted"]

    def stop(self):
        """Stop the process and wait for its end; safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait()
            process.stdout.close()

    def _read_port(self) -> int:
        """Return the port of the ``listening`` line; RuntimeError when it does not come."""
        stdout = self._process.stdout
        ready, _write, _error = select.select([stdout], [], [], START_TIMEOUT_S)
        words = stdout.readline().split() if ready else []
        if words[:1] != [b"listening"]:
            errors = (self.folder / "stderr.log").read_text(errors="replace").strip()
            reason = errors or f"no answer within {START_TIMEOUT_S} s"
            raise RuntimeError(f"The SMTP sink did not start: {reason}")
        return int(words[2])


if __name__ == "__main__":
    main()
