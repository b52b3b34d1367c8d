# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Find the warnings and errors of an Odoo log that the addon may have caused.

``check_log.py <log> …`` prints them and ends with status 1 if there are any.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ "
    r"(?P<logger>[\w.]+): (?P<text>.*)"
)
LEVELS = {"WARNING", "ERROR", "CRITICAL"}
# Python's own warnings, printed without a logger.
PYTHON_WARNING = re.compile(r"^\S+:\d+: \w*Warning: ")
OURS = re.compile(r"/crm_campaign(_event)?/")
# What the host says by itself, whatever the addon: (reason, regular expression on "logger: text").
HOST_NOISE = [
    ("no contrib extensions in the embedded PostgreSQL", r"extension \"?(pg_trgm|unaccent)\b"),
    ("containers run as root", r"Running as user 'root' is a security risk"),
    ("wkhtmltopdf is optional", r"[Ww]khtmltopdf"),
]


def findings(path: Path) -> list:
    """Give the log's lines that are no host noise."""
    return [line for line in path.read_text(errors="replace").splitlines() if is_finding(line)]


def is_finding(line: str) -> bool:
    """Tell whether a line warns of something that is not known noise.

    >>> head = "2030-01-01 10:00:00,000 7"
    >>> is_finding(f"{head} WARNING db odoo.models: field label is used twice")
    True
    >>> is_finding(f"{head} INFO db odoo.modules: loading")
    False
    >>> is_finding(f"{head} WARNING db odoo.tools: Wkhtmltopdf is missing")
    False
    """
    if PYTHON_WARNING.match(line) and OURS.search(line):
        return True
    match = LINE.match(line)
    if not match or match["level"] not in LEVELS:
        return False
    text = f"{match['logger']}: {match['text']}"
    return not any(re.search(pattern, text) for _reason, pattern in HOST_NOISE)


def main() -> int:
    """Check the logs that the command line names."""
    lines = [line for name in sys.argv[1:] for line in findings(Path(name))]
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
