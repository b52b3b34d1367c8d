# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The contributor's commands, called by the Makefile: ``run.py <command>``."""

from __future__ import annotations

import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time

import bootstrap
import database
import lint
import stages
from ground import (
    DEMO_DB,
    HOME,
    MODULE,
    ROOT,
    RUN,
    Fail,
    Terminated,
    child_environment,
    run_child,
    say,
)


def command_demo() -> int:
    """Create the demo database fresh and run the story on it; the exit status is the story's."""
    story = ROOT / "dev" / "demo_story.py"
    if not story.exists():
        raise Fail("There is no dev/demo_story.py yet: nothing can be shown.")
    ground = bootstrap.set_up()
    with database.server(ground):
        database.drop_leftovers(ground)
        refuse_used(ground)
        database.clone(ground, database.template(ground, 2), DEMO_DB)
        environment = dict(exports(ground), DEMO_DB=DEMO_DB)
        environment = dict(ground.environment(), **environment)
        return run_child([ground.python, story], env=environment, cwd=RUN)


def refuse_used(ground) -> None:
    """Refuse to replace a demo database that somebody works with."""
    statement = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{DEMO_DB}'"
    if database.sql(ground, statement) != [["0"]]:
        raise Fail(f"The database {DEMO_DB} is in use: stop `make serve` first.")


def command_serve() -> int:
    """Serve the demo database until Ctrl-C."""
    port = free_port()
    ground = bootstrap.set_up()
    with database.server(ground):
        if DEMO_DB not in database.names(ground):
            raise Fail(f"The database {DEMO_DB} does not exist: run `make demo` first.")
        command = [ground.python, ground.bin, "server", "-c", ground.rc, "-d", DEMO_DB]
        command += ["--http-port", str(port), "--http-interface", "127.0.0.1"]
        try:
            return run_child(
                command,
                env=ground.environment(),
                cwd=RUN,
                started=lambda child: announce(child, port),
            )
        except Terminated:
            raise
        except KeyboardInterrupt:
            say("Stopped.")
            return 0


def free_port() -> int:
    """Give PORT (default 8069) if it is a free one."""
    text = os.environ.get("PORT") or "8069"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Fail(f"PORT={text} is no port number: choose one between 1024 and 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise Fail(
                f"Port {text} cannot be used ({error.strerror}): choose another with "
                "`make serve PORT=8070`."
            ) from None
    return int(text)


def announce(child: subprocess.Popen, port: int) -> None:
    """Print address and login once the server answers."""
    threading.Thread(target=wait_and_print, args=(child, port), daemon=True).start()


def wait_and_print(child: subprocess.Popen, port: int) -> None:
    """Wait until the login page answers, then print."""
    while child.poll() is None:
        try:
            page = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            page.request("GET", "/web/login")
            page.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            continue
        print(f"\n  http://127.0.0.1:{port}   login admin, password admin", flush=True)
        print("  Ctrl-C stops it.\n", flush=True)
        return


def command_test() -> int:
    """Run the stages that STAGE and ARGS ask for."""
    return stages.run_stages()


def command_lint() -> int:
    """Run every linter."""
    ground = bootstrap.set_up()
    bootstrap.write_settings(ground)
    return 0 if lint.run(ground) else 1


def command_format() -> int:
    """Rewrite the files as lint wants them."""
    ground = bootstrap.set_up()
    bootstrap.write_settings(ground)
    return 0 if lint.rewrite(ground) else 1


def command_pot() -> int:
    """Refresh the translation template and the French file."""
    ground = bootstrap.set_up()
    with database.server(ground):
        return 0 if stages.write_pot(ground) else 1


def command_bench() -> int:
    """Run the measurements."""
    ground = bootstrap.set_up()
    with database.server(ground):
        database.drop_leftovers(ground)
        with database.temporary(ground, "bench", database.template(ground, 2)) as name:
            environment = dict(ground.environment(), **exports(ground), BENCH_DB=name)
            return run_child([ground.python, ROOT / "dev" / "bench.py"], env=environment, cwd=RUN)


def command_fill() -> int:
    """Add contacts and leads to DB (default: the demo database)."""
    name = os.environ.get("DB") or DEMO_DB
    ground = bootstrap.set_up()
    with database.server(ground):
        if name not in database.names(ground):
            raise Fail(f"The database {name} does not exist: run `make demo` or name one, DB=…")
        if not database.has_addon(ground, name):
            raise Fail(f"The database {name} has no {MODULE}: install it there, or name another.")
        environment = dict(ground.environment(), **exports(ground), FILL_DB=name)
        return run_child([ground.python, ROOT / "dev" / "fill.py"], env=environment, cwd=RUN)


def command_shell() -> int:
    """Open the Odoo shell on DB (default: the demo database)."""
    name = os.environ.get("DB") or DEMO_DB
    ground = bootstrap.set_up()
    with database.server(ground):
        if name not in database.names(ground):
            raise Fail(f"The database {name} does not exist: run `make demo` or name one, DB=…")
        command = [ground.python, ground.bin, "shell", "-c", ground.rc, "-d", name, "--no-http"]
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the shell
        return subprocess.call([str(c) for c in command], env=ground.environment(), cwd=RUN)


def command_env() -> int:
    """Print the exports of a shell that works with this Odoo."""
    ground = bootstrap.set_up(browser=True)
    with database.server(ground, keep=True):
        for name, value in exports(ground).items():
            print(f"export {name}={shlex.quote(str(value))}")
    return 0


def exports(ground) -> dict:
    """Give the variables of ``make env``."""
    return {
        "ODOO_PYTHON": str(ground.python),
        "ODOO_BIN": str(ground.bin),
        "ODOO_RC": str(ground.rc),
        "ADDONS_PATH": ground.addons_path,
        "PYTHONPATH": str(ground.odoo),
        "PYTHONPYCACHEPREFIX": child_environment()["PYTHONPYCACHEPREFIX"],
        **{key: ground.postgres.get(key, "") for key in ("PGHOST", "PGPORT", "PGUSER")},
    }


def command_stop() -> int:
    """Stop the embedded database server."""
    if not (database.PGDATA / "postmaster.pid").exists():
        say("No database server of ours runs.")
        return 0
    ground = bootstrap.set_up()
    with database.locked("database-server"):
        say("Stopped." if database.stop(ground) else "No database server of ours runs.")
    return 0


def on_terminate(number: int, frame: object) -> None:
    """Turn SIGTERM and SIGHUP into an orderly end."""
    raise Terminated


def main(arguments: list) -> int:
    """Run a command; a missing prerequisite ends with one sentence."""
    command = globals().get(f"command_{arguments[0]}") if len(arguments) == 1 else None
    if not command:
        say(f"Usage: run.py demo|serve|test|lint|format|pot|bench|fill|shell|env|stop ({MODULE})")
        return 2
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a script's background
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_terminate)
    try:
        return command()
    except Fail as error:
        say(str(error))
    except Terminated:
        return 143
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        say(
            f"{error.strerror} ({error.filename or HOME}): make room or rights there and try again."
        )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
