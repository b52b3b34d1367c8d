# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""What every command of the ground shares: folders, messages, locks and child processes.

Standard library only: it runs before the virtual environment exists.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

MODULE = "crm_campaign"
ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("CRM_CAMPAIGN_HOME") or "~/.cache/crm_campaign").expanduser().absolute()
LOGS = HOME / "logs"
RUN = HOME / "run"
# An addon that extends ours, as docs/extending.md tells: never part of the addon itself.
EXAMPLES = Path("docs", "examples")
EXAMPLE = "crm_campaign_event"
# Two checkouts need two names: `DEMO_DB=other make demo`.
DEMO_DB = os.environ.get("DEMO_DB") or f"{MODULE}_demo"


class Fail(Exception):
    """A missing prerequisite or a failed step; its text is one sentence that says what to do."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP arrived: end like on Ctrl-C, closing what was opened."""


@dataclass
class Ground:
    """Where the set-up put things.

    ``python``: the virtual environment's interpreter; ``odoo``: the folder that holds the ``odoo``
    package; ``postgres``: environment variables (PGHOST, PGPORT, PGUSER) of the database server.
    """

    python: Path
    odoo: Path
    embedded: bool = True
    postgres: dict = field(default_factory=dict)
    postgres_bin: Path | None = None
    ours: Path | None = None

    @property
    def addon(self) -> Path:
        """Give the path by which Odoo and the linters reach the addon (a link with its name)."""
        return self.ours / "addons" / MODULE

    @property
    def rc(self) -> Path:
        """Give Odoo's settings file."""
        return self.ours / "odoo.rc"

    @property
    def bin(self) -> Path:
        """Give the launcher, to run with ``python``."""
        return self.ours / "odoo-bin"

    @property
    def addons_path(self) -> str:
        """Give Odoo's addons path, comma separated."""
        folders = [self.odoo / "odoo" / "addons", self.ours / "addons"]
        if not (folders[0] / "crm").is_dir():  # a source checkout keeps most addons beside
            folders.insert(0, self.odoo / "addons")
        return ",".join(str(folder) for folder in folders)

    def environment(self) -> dict:
        """Give the environment variables of a child process."""
        environment = child_environment()
        environment.update(self.postgres)
        environment["PATH"] = os.pathsep.join([str(self.python.parent), os.environ.get("PATH", "")])
        if self.ours:
            environment["ODOO_RC"] = str(self.rc)
        if self.odoo:
            environment["PYTHONPATH"] = str(self.odoo)
        return environment


def child_environment() -> dict:
    """Give this process's environment, cleaned, with every by-product sent to the cache folder."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {key: value for key, value in os.environ.items() if key not in dropped}
    environment["PYTHONPYCACHEPREFIX"] = str(HOME / "pycache")
    runtime = private_folder(HOME / "runtime")
    runtime.chmod(0o700)  # the XDG specification asks for it
    environment["XDG_RUNTIME_DIR"] = str(runtime)
    environment["npm_config_cache"] = str(HOME / "npm")
    environment.setdefault("LANG", "C.UTF-8")
    environment.setdefault("PYTHONUTF8", "1")
    return environment


def private_folder(path: Path) -> Path:
    """Create a folder if it is missing and give it back."""
    path.mkdir(parents=True, exist_ok=True)
    return path


def say(text: str) -> None:
    """Tell progress on stderr, so that stdout stays for results."""
    print(text, file=sys.stderr, flush=True)


def digest(*parts: object) -> str:
    """Give a short key of the parts' text, for stamps and names."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:10]


@contextlib.contextmanager
def locked(name: str):
    """Hold a lock of the cache folder: two commands at once do not build the same thing twice."""
    with open(private_folder(HOME) / f".{name}.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another command to finish its work on the {name} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def built_folder(target: Path):
    """Yield a temporary folder that becomes ``target`` only if the block ends well."""
    for leftover in target.parent.glob(f"{target.name}.part*"):
        shutil.rmtree(leftover, ignore_errors=True)
    part = private_folder(target.parent / f"{target.name}.part{os.getpid()}")
    try:
        yield part
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def bind_to_parent() -> None:
    """Ask the kernel to end this new process when its parent dies, even by SIGKILL (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 = PR_SET_PDEATHSIG


def run_child(command: list, log: Path | None = None, started=None, **options) -> int:
    """Run a command in its own process group, and end the whole group with this process.

    :param Path log: file that receives stdout and stderr (default: ours)
    :param started: called with the process once it runs
    :return: exit status
    :rtype: int
    """
    options.setdefault("stdin", subprocess.DEVNULL)
    with contextlib.ExitStack() as stack:
        if log:
            private_folder(log.parent)
            options["stdout"] = stack.enter_context(open(log, "a"))
            options["stderr"] = subprocess.STDOUT
        child = subprocess.Popen(
            [str(part) for part in command],
            start_new_session=True,
            preexec_fn=bind_to_parent,
            **options,
        )
        try:
            if started:
                started(child)
            return child.wait()
        finally:
            end_group(child)


def end_group(child: subprocess.Popen, grace_s: int = 20) -> None:
    """Interrupt a child's process group, wait, then kill what is left of it."""
    previous = [(s, signal.signal(s, signal.SIG_IGN)) for s in (signal.SIGINT, signal.SIGTERM)]
    try:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(grace_s)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    finally:
        for number, handler in previous:
            signal.signal(number, handler)


def run_quietly(command: list, log_name: str, sentence: str, **options) -> None:
    """Run a set-up command into a log file.

    :raise Fail: the command failed; ``sentence`` says what to do and the log's path is added
    """
    log = private_folder(LOGS) / f"{log_name}.log"
    log.write_text(f"$ {' '.join(str(part) for part in command)}\n")
    options.setdefault("env", child_environment())
    try:
        status = run_child(command, log=log, **options)
    except FileNotFoundError:
        status = 127
    if status:
        raise Fail(f"{sentence} (details: {log})")


def tail(path: Path, lines: int = 40) -> str:
    """Give the last lines of a file."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


class Clock:
    """Seconds since it was made, for the summary lines."""

    def __init__(self) -> None:
        """Start counting."""
        self.start = time.monotonic()

    def __str__(self) -> str:
        """Show the elapsed time."""
        return f"{time.monotonic() - self.start:.0f} s"
