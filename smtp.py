# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Hand one message over an open SMTP session, telling apart what may be repeated.

``smtplib.SMTP.send_message`` cannot say whether a lost connection came before the message was
handed over (nobody has it: it may be sent again) or after (the other side may have it). RFC 5321
makes the difference at the DATA command.
"""

import email.policy
import smtplib
from contextlib import suppress
from email.generator import BytesGenerator
from io import BytesIO


class Refused(Exception):
    """The server refused this message; the session goes on."""


class Disconnected(Exception):
    """The session is over. ``handed_over`` tells whether the server may have the message."""

    def __init__(self, reason, handed_over):
        super().__init__(reason)
        self.handed_over = handed_over


class WirePolicy(type(email.policy.SMTP)):
    """The policy of the messages, but for headers that hold an address of a page.

    The standard library breaks a long word by encoding it (RFC 2047), after which mail providers
    do not find the address any more. RFC 5322 allows lines of 998 characters.
    """

    unfolded_headers = ("list-unsubscribe",)

    def _fold(self, name, value, *args, **kwargs):
        if name.lower() in self.unfolded_headers:
            return f"{name}: {value}{self.linesep}"
        return super()._fold(name, value, *args, **kwargs)


WIRE_POLICY = WirePolicy(linesep="\r\n", utf8=False)


def flatten(message) -> bytes:
    """Give the bytes of a message as SMTP wants them (CRLF, ASCII headers)."""
    with BytesIO() as buffer:
        BytesGenerator(buffer, policy=WIRE_POLICY).flatten(message)
        return buffer.getvalue()


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
