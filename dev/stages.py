# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The stages of ``make test``; all run even when one fails.

``lint``; ``kernels``: the pure modules' doctests and properties, without Odoo; ``python``: pytest
with tours and Hoot tests; ``po``: translations; ``example``: the integrator's addon of
``docs/examples``; ``install``: install from nothing with demo data, upgrade, uninstall.
"""

from __future__ import annotations

import os
import re
import shlex

import bootstrap
import check_log
import database
import lint
from ground import (
    EXAMPLE,
    EXAMPLES,
    MODULE,
    ROOT,
    RUN,
    Clock,
    Fail,
    Ground,
    child_environment,
    private_folder,
    run_child,
    say,
)

UNINSTALL = """
env["ir.module.module"].search([("name", "=", "{module}")]).button_immediate_uninstall()
"""
DOCTEST = """
import doctest, importlib, sys
module = importlib.import_module(sys.argv[1])
sys.exit(bool(doctest.testmod(module, optionflags=doctest.IGNORE_EXCEPTION_DETAIL).failed))
"""
# Loads a file of tests, and the modules of tools that it names, without the addon.
PROPERTIES = """
import importlib, sys, types, unittest
root, name = sys.argv[1:]
for package, folder in (("kernel", root), ("kernel.tests", root + "/tests")):
    sys.modules[package] = types.ModuleType(package)
    sys.modules[package].__path__ = [folder]
unittest.main(importlib.import_module("kernel.tests." + name), argv=[name])
"""
# Stages that arguments for pytest do not concern.
SLOW = ("example", "install")


def run_stages() -> int:
    """Run the stages that STAGE and ARGS ask for, print a summary, and give the exit status."""
    chosen = chosen_stages()
    ground = bootstrap.set_up(browser="python" in chosen)
    results = []
    with database.server(ground):
        database.drop_leftovers(ground)
        for name in chosen:
            say(f"=== {name} ===")
            clock = Clock()
            results.append((name, passes(name, ground), str(clock)))
    print("")
    for name, passed, seconds in results:
        print(f"{name:10}{'ok' if passed else 'FAILED':8}{seconds}", flush=True)
    return 0 if all(passed for _name, passed, _seconds in results) else 1


def chosen_stages() -> list:
    """Give the stages' names: STAGE's, else all; arguments for pytest skip the slow last ones."""
    stage = os.environ.get("STAGE")
    if stage:
        unknown = set(stage.split(",")) - set(STAGES)
        if unknown:
            raise Fail(f"STAGE={stage} is unknown: choose among {', '.join(STAGES)}.")
        return stage.split(",")
    return [name for name in STAGES if name not in SLOW or not os.environ.get("ARGS")]


def passes(name: str, ground: Ground) -> bool:
    """Run a stage; one that cannot go on has failed."""
    try:
        return STAGES[name](ground)
    except Fail as error:
        say(str(error))
        return False


# === KERNELS === #
def stage_kernels(ground: Ground) -> bool:
    """Run the doctests of the modules that need no Odoo, and of this folder's; then the properties.

    Those of ``tools`` are loaded as one package, apart from the addon: they may use each other and
    nothing else.
    """
    names = [f"tools.{path.stem}" for path in sorted((ROOT / "tools").glob("[!_]*.py"))]
    environment = dict(child_environment(), PYTHONPATH=str(ROOT))
    commands = [[ground.python, "-c", DOCTEST, name] for name in names]
    commands.append([ground.python, "-m", "doctest", ROOT / "dev" / "check_log.py"])
    for path in sorted((ROOT / "tests").glob("test_tools_*_properties.py")):
        commands.append([ground.python, "-c", PROPERTIES, ROOT, path.stem])
    passed = [not run_child(command, cwd=RUN, env=environment) for command in commands]
    print(f"{len(passed)} modules, {passed.count(False)} failed", flush=True)
    return all(passed)


# === PYTEST === #
def stage_python(ground: Ground) -> bool:
    """Run pytest on a clone of the addon's template."""
    if not (ROOT / "tests").is_dir():
        raise Fail("There is no tests/ folder yet: nothing can be tested.")
    source = database.template(ground, 2)
    with database.temporary(ground, "test", source) as name:
        command = [ground.python, "-m", "pytest", "-p", "no:cacheprovider", "--odoo-http"]
        command += ["--rootdir", ground.addon, "--odoo-config", ground.rc]
        command += ["--odoo-database", name, *pytest_arguments(ground)]
        return not run_child(command, cwd=RUN, env=ground.environment())


def pytest_arguments(ground: Ground) -> list:
    """Give ARGS, with files of tests/ reached through the link; without such a file, all tests."""
    words = shlex.split(os.environ.get("ARGS", ""))
    paths = [word for word in words if word.startswith("tests/")]
    words = [ground.addon / word if word in paths else word for word in words]
    return words if paths else [*words, ground.addon / "tests"]


# === TRANSLATIONS === #
def stage_po(ground: Ground) -> bool:
    """Compare the committed translations with the terms of the installed addon."""
    return translations(ground, "check")


def write_pot(ground: Ground) -> bool:
    """Refresh the committed translations."""
    return translations(ground, "write")


def translations(ground: Ground, action: str) -> bool:
    """Export the terms of a clone of the addon's template and hand them to check_po.py."""
    pot = private_folder(RUN) / f"{os.getpid()}.pot"
    source = database.template(ground, 2)
    try:
        with database.temporary(ground, "po", source) as name:
            export = ("i18n", "export", "-l", "pot", "-o", str(pot), MODULE)
            database.odoo(ground, name, *export, label="po")
        command = [ground.python, ROOT / "dev" / "check_po.py", action, pot, ROOT / "i18n"]
        return not run_child(command, cwd=RUN, env=dict(child_environment(), PYTHONPATH=""))
    finally:
        pot.unlink(missing_ok=True)


# === EXAMPLE === #
def stage_example(ground: Ground) -> bool:
    """Install the integrator's addon beside ours, run its tests, uninstall it; read every log."""
    source = database.template(ground, 2)
    path = f"--addons-path={ground.addons_path},{ROOT / EXAMPLES}"
    with database.temporary(ground, "example", source) as name:
        tests = (path, "--test-tags", f"/{EXAMPLE}")
        log = database.install(ground, name, EXAMPLE, "example", *tests)
        passed = clean_log("install and tests", log)
        passed &= tests_ran(log)
        return clean_log("uninstall", uninstall(ground, name, EXAMPLE, path)) and passed


def tests_ran(log) -> bool:
    """Print how many tests an Odoo log tells of; none at all is a failure."""
    found = re.findall(r"\d+ failed, \d+ error\(s\) of (\d+) tests", log.read_text())
    print(f"{found[-1] if found else 0} tests", flush=True)
    return bool(found) and found[-1] != "0"


# === INSTALL, UPGRADE, UNINSTALL === #
def stage_install(ground: Ground) -> bool:
    """Install on an empty database with demo data, upgrade, uninstall; read every log."""
    reference = database.template(ground, 1)
    with database.temporary(ground, "install") as name:
        passed = clean_log(
            "install", database.install(ground, name, MODULE, "install", "--with-demo")
        )
        arguments = ("server", "-u", MODULE, "--stop-after-init", "--no-http")
        passed &= clean_log("upgrade", database.odoo(ground, name, *arguments, label="upgrade"))
        passed &= clean_log("uninstall", uninstall(ground, name))
        arguments = ("server", "--stop-after-init", "--no-http")
        passed &= clean_log("restart", database.odoo(ground, name, *arguments, label="restart"))
        return nothing_left(ground, name, reference) and passed


def uninstall(ground: Ground, name: str, module: str = MODULE, *options: str):
    """Uninstall an addon with the host's own button; give the log."""
    label = f"uninstall-{module}"
    script = private_folder(RUN) / f"{label}-{os.getpid()}.py"
    script.write_text(UNINSTALL.format(module=module))
    arguments = ("shell", "--no-http", *options)
    try:
        with open(script) as lines:
            return database.odoo(ground, name, *arguments, label=label, stdin=lines)
    finally:
        script.unlink()


def clean_log(step: str, log) -> bool:
    """Print a step's warnings and errors that are no host noise."""
    lines = check_log.findings(log)
    print(f"{step}: {'ok' if not lines else f'{len(lines)} warnings or errors'}", flush=True)
    for line in lines:
        print(f"  {line}", flush=True)
    return not lines


def nothing_left(ground: Ground, name: str, reference: str) -> bool:
    """Compare the uninstalled database with one that never had the addon."""
    left = leftovers(ground, name)
    with database.locked("template-1"):
        before = set(columns(ground, reference))
    after = columns(ground, name)
    tables = {table for table, _column in before}
    left += [f"table {table}" for table in sorted({t for t, _c in after} - tables)]
    left += [f"column {t}.{c}" for t, c in after if t in tables and (t, c) not in before]
    print(f"left behind: {', '.join(left) or 'nothing'}", flush=True)
    return not left


def columns(ground: Ground, name: str) -> list:
    """Give the (table, column) pairs of a database."""
    statement = (
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY 1, 2"
    )
    return [tuple(row) for row in database.sql(ground, statement, name)]


def leftovers(ground: Ground, name: str) -> list:
    """Give what still names the addon in the host's own tables."""
    checks = {
        "module state": f"FROM ir_module_module WHERE name = '{MODULE}' AND state != 'uninstalled'",
        "external ids": f"FROM ir_model_data WHERE module = '{MODULE}'",
        "models": "FROM ir_model WHERE model LIKE 'crm.campaign%'",
        "settings": r"FROM ir_config_parameter WHERE key LIKE 'crm\_campaign%'",
        "sequences": "FROM ir_sequence WHERE code LIKE 'crm.campaign%'",
        "attachments": "FROM ir_attachment WHERE res_model LIKE 'crm.campaign%'",
    }
    counts = {
        what: int(database.sql(ground, f"SELECT count(*) {rest}", name)[0][0])
        for what, rest in checks.items()
    }
    return [f"{count} {what}" for what, count in counts.items() if count]


STAGES = {
    "lint": lint.run,
    "kernels": stage_kernels,
    "python": stage_python,
    "po": stage_po,
    "example": stage_example,
    "install": stage_install,
}
