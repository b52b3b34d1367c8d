# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Set up Odoo 19.0, its Python packages, Chromium and Node tools in the cache folder.

Standard library only. Every step is keyed by what it depends on and skipped when its result is
there; a result appears under its final name only once it is complete.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ground import (
    HOME,
    MODULE,
    ROOT,
    Fail,
    Ground,
    built_folder,
    child_environment,
    digest,
    locked,
    private_folder,
    run_quietly,
    say,
)

SERIES = "19.0"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Debian carries Odoo whole; the packages after it are what its links point to.
SUITE_PACKAGES = [
    "odoo-19",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
]
# From the machine's own suite: Odoo's web client needs Font Awesome 4.7, newer suites have 7.
SYSTEM_PACKAGES = ["fonts-font-awesome"]
# Scripts that Debian removes as non-free although the host's asset bundles name them: an empty
# stand-in keeps the web client's start free of errors, on which browser tests fail.
STAND_INS = ["mail/static/lib/selfie_segmentation/selfie_segmentation.js"]
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def set_up(browser: bool = False) -> Ground:
    """Make sure that all is there and describe it.

    :param bool browser: whether Chromium is needed too
    :raise Fail: something is missing that this program cannot get by itself
    """
    check_python()
    check_home()
    with locked("set-up"):
        python = virtual_environment()
        odoo = odoo_folder()
        if browser:
            chromium()
    return Ground(python=python, odoo=odoo)


def check_python() -> None:
    """Refuse a Python that Odoo refuses."""
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        version = ".".join(str(part) for part in sys.version_info[:2])
        raise Fail(
            f"Odoo {SERIES} runs on Python 3.10 to 3.13, not {version}: "
            "name another one with `make PYTHON=python3.11 …`."
        )


def check_home() -> None:
    """Create the cache folder; refuse one inside the checkout, whose files Odoo walks."""
    if HOME == ROOT or ROOT in HOME.resolve().parents:
        raise Fail(f"CRM_CAMPAIGN_HOME={HOME} lies inside the checkout: name a folder outside it.")
    if any(character in str(HOME) for character in " ,%"):
        raise Fail(f"CRM_CAMPAIGN_HOME={HOME} holds a space, comma or percent: name another one.")
    try:
        private_folder(HOME)
    except OSError as error:
        raise Fail(f"Cannot create {HOME} ({error.strerror}): set CRM_CAMPAIGN_HOME.") from None


# === PYTHON === #
def virtual_environment() -> Path:
    """Create the virtual environment for these requirements; give its interpreter."""
    requirements = ROOT / "dev" / "requirements.txt"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    folder = HOME / f"venv-{digest(requirements.read_text(), version)}"
    stamp = folder / ".complete"
    if not stamp.exists():
        # Its scripts hold its path, so it cannot be built elsewhere and renamed.
        shutil.rmtree(folder, ignore_errors=True)
        have_venv()
        say("Installing the Python packages (about a minute) …")
        run_quietly(
            [sys.executable, "-m", "venv", folder],
            "venv",
            "The virtual environment could not be created: install the package python3-venv.",
        )
        run_quietly(
            [folder / "bin" / "python", "-m", "pip", "install", "-q", "--no-input"]
            + ["--disable-pip-version-check", "--retries", "2", "-r", requirements],
            "pip",
            "The Python packages could not be installed: check that pip reaches a package index "
            "and run the command again.",
        )
        stamp.touch()
    return folder / "bin" / "python"


def have_venv() -> None:
    """Install Debian's python3-venv when Python comes without it."""
    probe = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True)
    if probe.returncode:
        apt_install("python3-venv", "virtual environments")


# === ODOO === #
def odoo_folder() -> Path:
    """Give the folder that holds the ``odoo`` package: ODOO_PATH's, or Debian's unpacked."""
    named = os.environ.get("ODOO_PATH")
    if named:
        folder = Path(named).expanduser().absolute()
        if folder.name == "odoo" and (folder / "release.py").is_file():
            folder = folder.parent
        if not (folder / "odoo" / "release.py").is_file():
            raise Fail(f"ODOO_PATH={named} holds no `odoo` package: name an Odoo {SERIES} folder.")
        check_release(folder, f"ODOO_PATH={named}")
        return folder
    root = HOME / f"odoo-{digest(SUITE_PACKAGES, SYSTEM_PACKAGES, STAND_INS)}"
    folder = root / "usr" / "lib" / "python3" / "dist-packages"
    if not root.exists():
        unpack_odoo(root)
        check_release(folder, "The Odoo of the Debian package")
    return folder


def check_release(folder: Path, origin: str) -> None:
    """Refuse an Odoo of another series."""
    for node in ast.parse((folder / "odoo" / "release.py").read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "version_info":
            found = ".".join(ast.unparse(part).strip("'") for part in node.value.elts[:2])
            if found == SERIES:
                return
            raise Fail(f"{origin} is release {found}: this addon needs Odoo {SERIES}.")
    raise Fail(f"{origin} tells no release: this addon needs Odoo {SERIES}.")


def unpack_odoo(root: Path) -> None:
    """Download Debian's packages with a private apt state and unpack them into ``root``."""
    if not shutil.which("apt-get") or not shutil.which("dpkg") or not KEYRING.exists():
        raise Fail(
            f"This is no Debian with apt: set ODOO_PATH to a folder that holds Odoo {SERIES}."
        )
    say(f"Downloading and unpacking Odoo {SERIES} (about a minute, 1.3 GB) …")
    with built_folder(root) as part:
        debs = private_folder(part / ".debs")
        system = apt_state(part / ".apt-system")
        apt_get(system, ["update"])
        apt_get(system, ["download", *SYSTEM_PACKAGES], cwd=debs)
        suite = apt_state(part / ".apt-suite", base=debian_base(system))
        apt_get(suite, ["update"])
        apt_get(suite, ["download", *SUITE_PACKAGES], cwd=debs)
        for deb in sorted(debs.glob("*.deb")):
            run_quietly(["dpkg", "-x", deb, part], "dpkg", f"{deb.name} could not be unpacked.")
        for name in (".debs", ".apt-system", ".apt-suite"):
            shutil.rmtree(part / name)
        addons = part / "usr" / "lib" / "python3" / "dist-packages" / "odoo" / "addons"
        for script in STAND_INS:
            if not (addons / script).exists():
                private_folder((addons / script).parent)
                (addons / script).write_text("")


def apt_state(folder: Path, base: str = "") -> list:
    """Give apt options for a private state, with the machine's sources or the suite at ``base``."""
    for name in ("lists/partial", "cache/archives/partial"):
        private_folder(folder / name)
    options = {
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    if base:
        sources = folder / "sources.list"
        sources.write_text(f"deb [signed-by={KEYRING}] {base} sid main\n")
        options.update({"Dir::Etc::SourceList": sources, "Dir::Etc::SourceParts": "/dev/null"})
    return [part for key, value in options.items() for part in ("-o", f"{key}={value}")]


def apt_get(state: list, arguments: list, cwd: Path | None = None) -> None:
    """Run apt-get with a private state; apt checks the signatures."""
    run_quietly(
        ["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", *state, *arguments],
        f"apt-{arguments[0]}",
        f"Odoo could not be downloaded: check that apt reaches its sources, or set ODOO_PATH to a "
        f"folder that holds Odoo {SERIES}.",
        cwd=cwd,
    )


def debian_base(state: list) -> str:
    """Give the base address of Debian's archive as this machine's own sources name it."""
    found = subprocess.run(
        ["apt-get", *state, "indextargets", "--format", "$(REPO_URI)"]
        + ["Origin: Debian", "Label: Debian"],
        capture_output=True,
        text=True,
        env=child_environment(),
    )
    bases = sorted(set(found.stdout.split()))
    if not bases:
        raise Fail(f"apt's sources name no Debian archive: set ODOO_PATH to an Odoo {SERIES}.")
    return bases[0]


# === BROWSER AND NODE === #
def chromium() -> None:
    """Make sure that a browser is there for tours and Hoot tests."""
    if not any(shutil.which(name) for name in BROWSERS):
        apt_install("chromium", "browser tests")


def apt_install(package: str, purpose: str) -> None:
    """Install a Debian package when this user may; else say which one to install."""
    sentence = (
        f"{purpose.capitalize()} need the package {package}: "
        f"run `apt-get install {package}` as root."
    )
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (prefix and not shutil.which("sudo")):
        raise Fail(sentence)
    if prefix and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
        raise Fail(sentence)
    say(f"Installing the package {package} …")
    quiet = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    environment = dict(child_environment(), DEBIAN_FRONTEND="noninteractive")
    for command in (
        [*prefix, *quiet, "update"],
        [*prefix, *quiet, "install", "--no-install-recommends", package],
    ):
        run_quietly(command, f"apt-{package}", sentence, env=environment)


def node_tools(ground: Ground) -> Path:
    """Install prettier and eslint at their locked versions; give the node_modules folder."""
    lock = ROOT / "dev" / "package-lock.json"
    folder = HOME / f"node-{digest(lock.read_text())}"
    with locked("set-up"):
        if not folder.exists():
            say("Installing prettier and eslint …")
            with built_folder(folder) as part:
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(ROOT / "dev" / name, part)
                run_quietly(
                    [ground.python.parent / "npm", "ci", "--no-audit", "--no-fund"],
                    "npm",
                    "prettier and eslint could not be installed: check that npm reaches a package "
                    "index and run the command again.",
                    cwd=part,
                    env=dict(system_certificates(), **ground.environment()),
                )
    return folder / "node_modules"


def system_certificates() -> dict[str, str]:
    """Have Node trust what the system trusts, which it does not do by itself."""
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    return {"NODE_EXTRA_CA_CERTS": str(bundle)} if bundle.exists() else {}


# === OUR FOLDER === #
def write_settings(ground: Ground) -> None:
    """Write the addon's link, Odoo's settings and launcher for this checkout, Odoo and server."""
    server = [ground.postgres.get(key, "") for key in ("PGHOST", "PGPORT", "PGUSER")]
    ground.ours = HOME / "checkouts" / digest(ROOT, ground.odoo, ground.python, *server)
    private_folder(ground.addon.parent)
    if not ground.addon.is_symlink():
        ground.addon.symlink_to(ROOT, target_is_directory=True)
    data = private_folder(HOME / "data" / digest(*server))
    settings = {
        "addons_path": ground.addons_path,
        "data_dir": data,
        "db_host": ground.postgres.get("PGHOST", ""),
        "db_port": ground.postgres.get("PGPORT", ""),
        "db_user": ground.postgres.get("PGUSER", ""),
        "http_interface": "127.0.0.1",
        "list_db": "False",
        "with_demo": "False",
    }
    lines = [f"{key} = {value}" for key, value in settings.items() if value]
    replace(ground.rc, "\n".join(["[options]", *lines, ""]))
    launcher = f"""#!{ground.python}
import sys

sys.path.insert(0, {str(ground.odoo)!r})

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
"""
    replace(ground.bin, launcher)
    ground.bin.chmod(0o755)


def replace(path: Path, text: str) -> None:
    """Write a file in one go, so that a running command never reads half of it."""
    if path.exists() and path.read_text() == text:
        return
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(text)
    part.rename(path)


def manifest() -> dict:
    """Read the addon's manifest."""
    path = ROOT / "__manifest__.py"
    if not path.exists():
        raise Fail(f"There is no {path.name} yet: the addon {MODULE} cannot be installed.")
    return ast.literal_eval(path.read_text())
