# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Read what carriers of text messages report, whatever words they use.

A report is an object (or the fields of a form) that names the message and says what became of it;
several come as a list, bare or under ``reports``, ``messages`` or ``results``.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

# Names of the fields, the first one that is there.
KEYS = ("key", "reference", "client_ref", "message_id", "id")
STATUSES = ("status", "state", "delivery_status")
REASONS = ("reason", "error", "description", "error_message")
LISTS = ("reports", "messages", "results")
# Words that end the matter; all others tell of messages under way.
WORDS = {
    "delivered": ("delivered", "delivrd", "received", "ok"),
    "bounced": ("undelivered", "undeliv", "undeliverable", "not_delivered", "expired", "bounced"),
    "failed": ("failed", "rejected", "rejectd", "refused", "blocked", "error"),
}
STATES = {word: state for state, words in WORDS.items() for word in words}


class Report(NamedTuple):
    """The final fate of a message: ``delivered``, ``bounced`` or ``failed``."""

    key: str
    state: str
    reason: str = ""


def read_reports(payload: Any) -> list[Report]:
    """Read the reports of final fates; news of messages under way are left out.

    :param payload: what JSON or a form holds
    :raise ValueError: this is no report

    >>> read_reports({"key": "a1", "status": "DELIVRD"})
    [Report(key='a1', state='delivered', reason='')]
    >>> read_reports([{"id": "a1", "status": "sent"}, {"id": "b2", "status": "expired"}])
    [Report(key='b2', state='bounced', reason='expired')]
    """
    if isinstance(payload, Mapping):
        name = next((name for name in LISTS if isinstance(payload.get(name), list)), None)
        payload = payload[name] if name else [payload]
    if not isinstance(payload, list):
        raise ValueError("neither an object nor a list")
    reports = [_read_report(item) for item in payload]
    return [report for report in reports if report.state]


def _read_report(item):
    if not isinstance(item, Mapping):
        raise ValueError("a report is an object")
    key, status = _find(item, KEYS), _find(item, STATUSES)
    if not key or not status:
        raise ValueError("a report names the message and its status")
    state = STATES.get(status.strip().lower().replace(" ", "_").replace("-", "_"), "")
    reason = "" if state == "delivered" else _find(item, REASONS) or status
    return Report(key, state, reason if state else "")


def _find(item, names):
    """Return the text of the first field that is there, or ""."""
    found = (item[name] for name in names if item.get(name) not in (None, ""))
    return str(next(found, ""))
