# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The database server of a command, and databases cloned from cached templates.

Tier 1 holds the host's modules (the manifest's ``depends``) in English and French without demo
data; tier 2 is a clone of it with the addon installed. A template is built under another name and
renamed once complete; its database comment holds when it was last used.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import bootstrap
from ground import (
    HOME,
    LOGS,
    MODULE,
    ROOT,
    RUN,
    Fail,
    Ground,
    child_environment,
    digest,
    locked,
    private_folder,
    run_child,
    say,
    tail,
)

PGDATA = HOME / "pgdata"
USERS = HOME / "pg-users"
OURS = HOME / "pg-started-by-us"
KEEP = HOME / "pg-kept-running"
PREFIX = f"{MODULE}_"
KEPT_TEMPLATES = 8
KEPT_LOGS_DAYS = 7
LANGUAGES = "en_US,fr_FR"  # the first is the default
# What cannot change the content of an installed database.
IGNORED_FOLDERS = {"dev", "tests", "docs", "doc", "changelog.d", "node_modules", "__pycache__"}


# === SERVER === #
@contextlib.contextmanager
def server(ground: Ground, keep: bool = False):
    """Run the block with a database server; stop it afterwards if nobody else uses it.

    :param bool keep: leave it running (until ``make stop``)
    """
    with locked("database-server"):
        connect(ground)
        me = private_folder(USERS) / str(os.getpid())
        me.touch()
        if keep and OURS.exists():
            KEEP.touch()
    try:
        bootstrap.write_settings(ground)
        yield
    finally:
        with locked("database-server"):
            me.unlink(missing_ok=True)
            if ground.embedded and OURS.exists() and not KEEP.exists() and not users():
                stop(ground)


def connect(ground: Ground) -> None:
    """Use the server that PG… variables name, else the embedded one."""
    named = {key: os.environ[key] for key in ("PGHOST", "PGPORT", "PGUSER") if os.environ.get(key)}
    own = HOME / "pg-address"
    embedded = named.get("PGHOST") is None and not named.get("PGUSER")
    embedded = embedded or (own.exists() and own.read_text() == named.get("PGHOST"))
    ground.embedded = embedded
    if not embedded:
        ground.postgres = {"PGPORT": "5432", "PGUSER": getpass.getuser(), **named}
        ground.postgres_bin = Path(helper(ground, "where")["bin"])
        check_external(ground)
        return
    found = helper(ground, "start")
    if not found["running"]:
        OURS.touch()
        KEEP.unlink(missing_ok=True)
    own.write_text(found["host"])
    ground.postgres = {"PGHOST": found["host"], "PGPORT": found["port"], "PGUSER": found["user"]}
    ground.postgres_bin = Path(found["bin"])


def check_external(ground: Ground) -> None:
    """Refuse a server that does not answer or whose role Odoo cannot use."""
    try:
        role, may = sql(
            ground,
            "SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user",
        )[0]
    except Fail as error:
        raise Fail(
            f"The PostgreSQL server that PGHOST/PGUSER name does not answer ({error}): start it, "
            "or unset these variables to use the embedded one."
        ) from None
    if role == "postgres" or may != "t":
        raise Fail(
            f"Odoo cannot work with the PostgreSQL role {role}: set PGUSER to another role that "
            "may create databases."
        )


def helper(ground: Ground, action: str) -> dict:
    """Run pg_server.py with the virtual environment's Python."""
    done = subprocess.run(
        [ground.python, "-W", "ignore", ROOT / "dev" / "pg_server.py", action, PGDATA],
        capture_output=True,
        text=True,
        env=child_environment(),
        cwd=private_folder(RUN),
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Fail(
            f"The embedded PostgreSQL could not {action} ({reason}): see {PGDATA}/log, "
            "or name a server with PGHOST and PGUSER."
        )
    return json.loads(done.stdout.strip().splitlines()[-1])


def users() -> list:
    """Give the running commands that use the server; forget those that died."""
    alive = []
    for entry in USERS.iterdir() if USERS.exists() else []:
        if Path("/proc", entry.name).exists():
            alive.append(entry.name)
        else:
            entry.unlink(missing_ok=True)
    return alive


def stop(ground: Ground) -> bool:
    """Stop the embedded server; tell whether it ran."""
    running = helper(ground, "stop")["running"]
    for marker in (OURS, KEEP):
        marker.unlink(missing_ok=True)
    return running


def sql(ground: Ground, statement: str, database: str = "postgres") -> list:
    """Run a statement with psql.

    :return: rows, as lists of text
    :raise Fail: PostgreSQL's message
    """
    command = [ground.postgres_bin / "psql", "-XAtq", "-F", "\x1f", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        [*command, "-d", database, "-c", statement],
        capture_output=True,
        text=True,
        env=ground.environment(),
        cwd=RUN,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["psql failed"]
        raise Fail(lines[0].removeprefix("psql: error: "))
    return [line.split("\x1f") for line in done.stdout.splitlines()]


# === DATABASES === #
def filestore(ground: Ground, database: str) -> Path:
    """Give the folder of a database's attachments."""
    for line in ground.rc.read_text().splitlines():
        if line.startswith("data_dir = "):
            return Path(line.removeprefix("data_dir = ")) / "filestore" / database
    raise Fail(f"{ground.rc} names no data_dir: delete it and run the command again.")


def names(ground: Ground, prefix: str = "") -> list:
    """Give our databases whose name starts with ``prefix``, most recently used first."""
    rows = sql(
        ground,
        "SELECT datname, coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database "
        "WHERE NOT datistemplate ORDER BY 2 DESC, 1",
    )
    return [row[0] for row in rows if row[0].startswith(prefix)]


def create(ground: Ground, database: str) -> None:
    """Create an empty database the way Odoo does."""
    drop(ground, database)
    sql(
        ground,
        f"CREATE DATABASE \"{database}\" ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0",
    )


def clone(ground: Ground, source: str, database: str) -> None:
    """Copy a database and its attachments, whose files never change and are linked."""
    drop(ground, database)
    sql(ground, f'CREATE DATABASE "{database}" TEMPLATE "{source}"')
    origin = filestore(ground, source)
    if origin.exists():
        shutil.copytree(origin, filestore(ground, database), copy_function=os.link)


def drop(ground: Ground, database: str) -> None:
    """Delete a database and its attachments."""
    sql(ground, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(filestore(ground, database), ignore_errors=True)


def rename(ground: Ground, database: str, new: str) -> None:
    """Give a database and its attachments another name."""
    shutil.rmtree(filestore(ground, new), ignore_errors=True)
    if filestore(ground, database).exists():
        filestore(ground, database).rename(filestore(ground, new))
    sql(ground, f'ALTER DATABASE "{database}" RENAME TO "{new}"')


def drop_leftovers(ground: Ground) -> None:
    """Delete the databases of commands that died (names end with a process number), old logs."""
    for log in LOGS.glob("*.log"):
        if log.stat().st_mtime < time.time() - KEPT_LOGS_DAYS * 86400:
            log.unlink(missing_ok=True)
    for name in names(ground, PREFIX):
        process = name.rpartition("_p")[2]
        if "_p" in name and process.isdigit() and not Path("/proc", process).exists():
            drop(ground, name)


@contextlib.contextmanager
def temporary(ground: Ground, label: str, source: str | None = None):
    """Yield the name of a database of this run, dropped at the end unless KEEP=1."""
    keep = bool(os.environ.get("KEEP"))
    name = f"{PREFIX}{label}" + ("" if keep else f"_p{os.getpid()}")
    if source:
        clone(ground, source, name)
    else:
        create(ground, name)
    try:
        yield name
    finally:
        if keep:
            say(f"Kept the database {name}.")
        else:
            drop(ground, name)


def has_addon(ground: Ground, database: str) -> bool:
    """Tell whether the addon is installed in a database."""
    tables = sql(ground, "SELECT to_regclass('ir_module_module') IS NOT NULL", database)
    statement = f"SELECT count(*) FROM ir_module_module WHERE name = '{MODULE}'"
    statement += " AND state = 'installed'"
    return tables == [["t"]] and sql(ground, statement, database) == [["1"]]


# === ODOO === #
def odoo(ground: Ground, database: str, *arguments: str, label: str, **options) -> Path:
    """Run ``odoo server`` on a database until it has done what the arguments ask.

    :return: its log
    :raise Fail: it failed; the log's end goes to stderr first
    """
    log = private_folder(LOGS) / f"odoo-{label}-{os.getpid()}.log"
    command = [ground.python, ground.bin, *(arguments or ["server"]), "-c", ground.rc]
    command += ["-d", database]
    status = run_child(command, log=log, env=ground.environment(), cwd=RUN, **options)
    if status:
        say(tail(log))
        raise Fail(f"Odoo ended with status {status} ({label}): read the lines above or {log}.")
    return log


def install(ground: Ground, database: str, modules: str, label: str, *extra: str) -> Path:
    """Install modules, and check that they are installed.

    :param str modules: names, comma separated
    """
    log = odoo(
        ground,
        database,
        "server",
        "-i",
        modules,
        "--stop-after-init",
        "--no-http",
        *extra,
        label=label,
    )
    wanted = "', '".join(modules.split(","))
    rows = sql(
        ground,
        f"SELECT count(*) FROM ir_module_module WHERE state = 'installed' AND name IN ('{wanted}')",
        database,
    )
    if int(rows[0][0]) != len(modules.split(",")):
        say(tail(log))
        raise Fail(f"Odoo did not install {modules}: read the lines above or {log}.")
    return log


# === TEMPLATES === #
def template(ground: Ground, tier: int) -> str:
    """Give the name of a template, built first when what it depends on has changed."""
    name = f"{PREFIX}t1_{host_key(ground)}" if tier == 1 else f"{PREFIX}t2_{addon_key(ground)}"
    with locked(f"template-{tier}"):
        if name not in names(ground):
            part = f"{name}_p{os.getpid()}"
            try:
                if tier == 1:
                    build_host(ground, part)
                else:
                    build_addon(ground, part)
                rename(ground, part, name)
            except BaseException:
                drop(ground, part)
                raise
        sql(ground, f"COMMENT ON DATABASE \"{name}\" IS '{time.time():.0f}'")
        built = [n for n in names(ground, f"{PREFIX}t{tier}_") if "_p" not in n[len(PREFIX) :]]
        for old in built[KEPT_TEMPLATES:]:
            drop(ground, old)
    return name


def build_host(ground: Ground, database: str) -> None:
    """Install the manifest's ``depends`` in both languages without demo data."""
    say("Building the host's template database (about two minutes, once) …")
    create(ground, database)
    modules = ",".join(bootstrap.manifest()["depends"])
    install(ground, database, modules, "host", "--load-language", LANGUAGES)


def build_addon(ground: Ground, database: str) -> None:
    """Install the addon on a clone of the host's template."""
    source = template(ground, 1)
    say("Building the addon's template database …")
    clone(ground, source, database)
    install(ground, database, MODULE, "addon")


def host_key(ground: Ground) -> str:
    """Key of tier 1: the Odoo, its Python packages and the addon's dependencies."""
    release = (ground.odoo / "odoo" / "release.py").read_text()
    commit = ""
    if (ground.odoo / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", str(ground.odoo), "rev-parse", "HEAD"]
        commit = subprocess.run(command, capture_output=True, text=True).stdout
    return digest(ground.odoo, release, commit, sorted(bootstrap.manifest()["depends"]), LANGUAGES)


def addon_key(ground: Ground) -> str:
    """Key of tier 2: tier 1's and every file of the addon but tests and documentation."""
    parts = [host_key(ground)]
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f not in IGNORED_FOLDERS and f[0] != ".")
        for name in sorted(files):
            if not name.startswith(".") and not name.endswith((".md", ".pot", ".pyc")):
                path = Path(folder, name)
                parts += [path.relative_to(ROOT), path.read_bytes()]
    return digest(*parts)
