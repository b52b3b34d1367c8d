# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""When so many messages in a row fail for the same cause that sending on makes no sense."""

from __future__ import annotations

import re

# What differs from one recipient to the next in an answer of a server.
VARIABLE = re.compile(r"[^\s<>]+@[^\s<>]+|\S*\d{4,}\S*")


class FailureRun:
    """Counts failures of the same kind in a row.

    >>> run = FailureRun(2)
    >>> run.note("failed", "550 no such user <a@x.org>"), run.note("sent", None)
    (False, False)
    >>> run.note("failed", "550 no such user <b@x.org>")
    False
    >>> run.note("failed", "550 no such user <c@x.org>")
    True
    """

    def __init__(self, limit: int):
        """:param limit: failures in a row that trip the breaker; 0 = never"""
        self.limit = limit
        self.count = 0
        self.kind = None

    def note(self, state: str, reason: str | None) -> bool:
        """Take note of an outcome.

        :param state: what became of a message; ``failed`` counts, ``deferred`` tells nothing yet,
            everything else ends the run
        :param reason: why it failed
        :return: whether the limit is reached
        """
        if state == "deferred":
            return False
        kind = get_kind(reason) if state == "failed" else None
        self.count = self.count + 1 if kind is not None and kind == self.kind else int(bool(kind))
        self.kind = kind
        return bool(self.limit) and self.count >= self.limit


def get_kind(reason: str | None) -> str:
    """Return what two failures of the same cause have in common.

    >>> get_kind("550 5.7.1 <bob@x.org>: spam") == get_kind("550 5.7.1 <zoe@y.org>: spam")
    True
    >>> get_kind(None)
    '?'
    """
    return VARIABLE.sub("…", reason or "?").strip().lower()
