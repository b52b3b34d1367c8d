# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Hand one message over an open SMTP session, telling apart what may be repeated.

``smtplib.SMTP.send_message`` cannot say whether a lost connection came before the message was
handed over (nobody has it: it may be sent again) or after (the other side may have it). RFC 5321
makes the difference at the DATA command.
"""

import smtplib
from contextlib import suppress

from .tools.mime import flatten


class Refused(Exception):
    """The server refused this message; the session goes on."""


class Disconnected(Exception):
    """The session is over. ``handed_over`` tells whether the server may have the message."""

    def __init__(self, reason, handed_over):
        super().__init__(reason)
        self.handed_over = handed_over


def hand_over(session: smtplib.SMTP, smtp_from: str, smtp_to: list[str], message) -> None:
    """Hand a message over.

    :param session: open session
    :param smtp_from: envelope sender
    :param smtp_to: envelope recipients; one of them refused = the message refused
    :param email.message.EmailMessage message: the message
    :raise Refused: with the server's answer, or the message cannot be written as SMTP wants it;
        nobody has the message
    :raise Disconnected: connection lost or being closed by the server (code 421)
    """
    try:
        data = flatten(message)
        for address in (smtp_from, *smtp_to):
            address.encode("ascii")
    except ValueError as error:
        raise Refused(str(error)) from error
    handed_over = False
    try:
        options = ["BODY=8BITMIME"] if session.has_extn("8bitmime") and not data.isascii() else []
        _expect(session, session.mail(smtp_from, options), (250,))
        for address in smtp_to:
            _expect(session, session.rcpt(address), (250, 251))
        _expect(session, session.docmd("DATA"), (354,))
        handed_over = True
        session.send(_quote(data))
        _expect(session, session.getreply(), (250,))
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        session.close()
        raise Disconnected(str(error), handed_over) from error


def _expect(session, answer, codes):
    """Check an answer of the server; a refusal resets the session for the next message."""
    code, text = answer
    if code in codes:
        return
    reason = f"{code} {text.decode(errors='replace')}"
    if code == 421:
        session.close()
        raise Disconnected(reason, handed_over=False)
    with suppress(OSError, smtplib.SMTPServerDisconnected):
        session.rset()
    raise Refused(reason)


def _quote(data: bytes) -> bytes:
    """Double the dots at line starts and end the data (RFC 5321, 4.5.2)."""
    return smtplib._quote_periods(data).removesuffix(b"\r\n") + b"\r\n.\r\n"
