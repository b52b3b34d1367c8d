# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The linters: each prints what it finds; all run even when one fails."""

from __future__ import annotations

import subprocess
from pathlib import Path

import bootstrap
from ground import (
    EXAMPLE,
    EXAMPLES,
    HOME,
    ROOT,
    RUN,
    Ground,
    child_environment,
    private_folder,
    run_child,
    say,
)

IGNORED_FOLDERS = {"node_modules", "lib", "__pycache__"}  # static/lib holds third-party scripts


def run(ground: Ground) -> bool:
    """Run every linter; tell whether all passed."""
    passed = [linter(ground) for linter in (lint_python, lint_addon, lint_xml, lint_javascript)]
    return all(passed)


def lint_python(ground: Ground) -> bool:
    """Check Python's style and layout."""
    checks = [
        tool(ground, "ruff", *part, ".") for part in (["check", "-q"], ["format", "-q", "--check"])
    ]
    return report("ruff", all(checks))


def lint_addon(ground: Ground) -> bool:
    """Check the conventions of the addon, reached through its link, and of the example."""
    if not (ROOT / "__manifest__.py").exists():
        say("lint: pylint-odoo and the OCA checks wait for a __manifest__.py.")
        return True
    rc = f"--rcfile={ROOT / '.pylintrc'}"
    addons = [ground.addon, ROOT / EXAMPLES / EXAMPLE]
    pylint = tool(ground, "pylint", rc, *addons, folder=RUN)
    disabled = "--disable=prefer-readme-rst,xml-header-wrong"
    oca = tool(ground, "oca-checks-odoo-module", disabled, *addons, folder=RUN)
    return report("pylint-odoo", pylint) & report("OCA checks", oca)


def lint_xml(ground: Ground) -> bool:
    """Check XML against the host's schemas."""
    script = [ground.python, ROOT / "dev" / "lint_xml.py", ground.odoo / "odoo"]
    environment = dict(ground.environment(), PYTHONPATH="")
    passed = not run_child([*script, *sources(".xml")], cwd=ROOT, env=environment)
    return report("XML schemas", passed)


def lint_javascript(ground: Ground) -> bool:
    """Check JavaScript's syntax and mistakes, and the layout of JavaScript and XML."""
    modules = bootstrap.node_tools(ground)
    parsed = [check_module(ground, path) for path in sources(".js")]
    passed = report("JavaScript syntax", all(parsed))
    if sources(".js"):
        eslint = node(ground, modules / "eslint/bin/eslint.js", "--config", "dev/eslint.config.mjs")
        passed &= report(
            "eslint", not run_child([*eslint, *sources(".js")], cwd=ROOT, env=clean(ground))
        )
    if sources(".js", ".xml"):
        passed &= report("prettier", prettier(ground, modules, "--check"))
    return passed


def check_module(ground: Ground, path: Path) -> bool:
    """Parse a file as a module: given by its name, node accepts some broken ones."""
    done = subprocess.run(
        node(ground, "--input-type=module", "--check"),
        input=(ROOT / path).read_text(),
        capture_output=True,
        text=True,
        env=clean(ground),
        cwd=RUN,
    )
    if done.returncode:
        say(f"{path}: {done.stderr}")
    return not done.returncode


def prettier(ground: Ground, modules: Path, action: str) -> bool:
    """Run prettier on JavaScript, XML and our settings (``--check`` or ``--write``)."""
    plugin = f"--plugin={modules / '@prettier/plugin-xml/src/plugin.js'}"
    options = ["--config", "dev/prettier.json", "--log-level", "warn", plugin, action]
    command = node(ground, modules / "prettier/bin/prettier.cjs", *options, *sources(".js", ".xml"))
    return not run_child(command, cwd=ROOT, env=clean(ground))


def rewrite(ground: Ground) -> bool:
    """Rewrite Python, XML and JavaScript the way the linters want them."""
    passed = [
        tool(ground, "ruff", "check", "-q", "--fix", "."),
        tool(ground, "ruff", "format", "-q", "."),
    ]
    if sources(".js", ".xml"):
        passed.append(prettier(ground, bootstrap.node_tools(ground), "--write"))
    return all(passed)


def tool(ground: Ground, name: str, *arguments: object, folder: Path = ROOT) -> bool:
    """Run a linter of the virtual environment; tell whether it passed."""
    private_folder(RUN)
    environment = clean(ground)
    environment["PYTHONPATH"] = ""
    environment["RUFF_CACHE_DIR"] = str(HOME / "ruff")
    return not run_child([ground.python.parent / name, *arguments], cwd=folder, env=environment)


def node(ground: Ground, *arguments: object) -> list:
    """Give the command that runs the virtual environment's node."""
    return [str(part) for part in (ground.python.parent / "node", *arguments)]


def clean(ground: Ground) -> dict:
    """Give an environment with the virtual environment's programs first."""
    return dict(child_environment(), PATH=ground.environment()["PATH"])


def sources(*suffixes: str) -> list:
    """Give the checkout's files with these suffixes, relative to it."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        hidden = any(part.startswith(".") or part in IGNORED_FOLDERS for part in relative.parts)
        if path.suffix in suffixes and not hidden and path.is_file():
            found.append(relative)
    return found


def report(name: str, passed: bool) -> bool:
    """Print one line a linter."""
    say(f"lint: {name}: {'ok' if passed else 'FAILED'}")
    return passed
