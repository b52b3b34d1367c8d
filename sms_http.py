# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Post one message to a web service, telling apart what may be repeated.

As ``smtp.py`` does for emails: until the connection stands, nobody has the message; from the first
octet on, only an answer tells. A connection is used once, since a service may close an idle one
at the very moment it is used again. Redirections are not followed. Proxies of the environment are
not used.
"""

import http.client
import json
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urlsplit

# Seconds of silence after which the service is given up.
TIMEOUT = 30
MOST_ANSWER = 65536


class NotReached(Exception):
    """Nobody has the message."""


class AnswerLost(Exception):
    """The service may have the message."""


class Answer(NamedTuple):
    """Status code, and what the service says for people."""

    status: int
    reason: str


def post(url: str, token: str, message: dict, timeout: float = TIMEOUT) -> Answer:
    """Post a message as JSON.

    :param token: sent as ``Authorization: Bearer``; may be empty
    :param timeout: seconds of silence
    :raise NotReached: wrong address, or no connection
    :raise AnswerLost: no answer, or one that is not HTTP
    """
    headers = {"Content-Type": "application/json", "Connection": "close"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps(message, ensure_ascii=False).encode()
    with closing(connect(url, timeout)) as connection:
        try:
            connection.request("POST", _get_target(url), body, headers)
        except (ValueError, http.client.InvalidURL) as error:
            # A path or a header that HTTP does not allow, found before anything leaves.
            raise NotReached(str(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise AnswerLost(str(error) or type(error).__name__) from error
        try:
            response = connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise AnswerLost(str(error) or type(error).__name__) from error
        return Answer(response.status, _read_reason(response))


def connect(url: str, timeout: float = TIMEOUT) -> http.client.HTTPConnection:
    """Open a connection to the service.

    :raise NotReached: wrong address, or no connection
    """
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    try:
        parts = urlsplit(url)
        if parts.scheme not in kinds or not parts.hostname:
            raise NotReached(url)
        connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=timeout)
        connection.connect()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NotReached(str(error) or type(error).__name__) from error
    return connection


def _get_target(url):
    parts = urlsplit(url)
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _read_reason(response):
    """Return ``reason``, ``error`` or ``message`` of a JSON answer, else its beginning."""
    try:
        text = response.read(MOST_ANSWER).decode(errors="replace").strip()
        answer = json.loads(text)
    except (OSError, http.client.HTTPException):
        text, answer = "", {}  # the status said what matters
    except (ValueError, RecursionError):
        answer = {}
    if isinstance(answer, dict):
        text = next((answer[key] for key in ("reason", "error", "message") if key in answer), text)
    return (str(text) or response.reason)[:200]
