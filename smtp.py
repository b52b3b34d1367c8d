# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Hand one message over an open SMTP session, telling apart what may be repeated.

``smtplib.SMTP.send_message`` cannot say whether a lost connection came before the message was
handed over (nobody has it: it may be sent again) or after (the other side may have it). RFC 5321
makes the difference at the DATA command.
"""

import re
import smtplib
from contextlib import suppress

from .tools.mime import flatten

ADDRESS = re.compile(r"[!-;=?-~]*")


class Refused(Exception):
    """The server refused this message; the session goes on.

    ``is_temporary`` tells whether it said that another try may succeed (codes 4xx, RFC 5321).
    """

    def __init__(self, reason, is_temporary=False):
        super().__init__(reason)
        self.is_temporary = is_temporary


class Disconnected(Exception):
    """The session is over.

    ``handed_over`` tells whether the server may have the message, ``is_announced`` whether it said
    why (code 421) instead of just vanishing.
    """

    def __init__(self, reason, handed_over, is_announced=False):
        super().__init__(reason)
        self.handed_over = handed_over
        self.is_announced = is_announced


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
        commands = _get_commands(session, smtp_from, smtp_to, data)
    except ValueError as error:
        raise Refused(str(error)) from error
    handed_over = False
    try:
        _announce(session, commands)
        handed_over = True
        session.send(_quote(data))
        _expect(session, session.getreply(), (250,))
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        session.close()
        raise Disconnected(str(error), handed_over) from error


def _get_commands(session, smtp_from, smtp_to, data):
    """Give the commands that announce a message.

    :return: pairs of command and codes of success
    :raise ValueError: an address that cannot stand in a command
    """
    for address in (smtp_from, *smtp_to):
        address.encode("ascii")
        if not ADDRESS.fullmatch(address):
            raise ValueError(f"Not an address: {address!r}")
    needs_8bit = session.has_extn("8bitmime") and not data.isascii()
    return [
        (f"MAIL FROM:<{smtp_from}>{' BODY=8BITMIME' if needs_8bit else ''}", (250,)),
        *((f"RCPT TO:<{address}>", (250, 251)) for address in smtp_to),
        ("DATA", (354,)),
    ]


def _announce(session, commands):
    """Send the commands before a message; afterwards the server waits for the message.

    Together where the server takes that (RFC 2920), which spares two of four waits for an answer.
    Not for several recipients: were one of them refused, the others would get an empty message.
    """
    if len(commands) > 3 or not session.has_extn("pipelining"):
        for command, codes in commands:
            _expect(session, session.docmd(command), codes)
        return
    session.send("".join(f"{command}\r\n" for command, _codes in commands))
    answers = []
    for _command in commands:
        answers.append(session.getreply())
        if answers[-1][0] == 421:
            break
    wanted = [codes for _command, codes in commands]
    refused = any(answer[0] not in codes for answer, codes in zip(answers, wanted, strict=False))
    if refused and answers[-1][0] == 354:
        session.docmd(".")  # asked for a message although nobody was left to get it
    for answer, codes in zip(answers, wanted, strict=False):
        _expect(session, answer, codes)


def _expect(session, answer, codes):
    """Check an answer of the server; a refusal resets the session for the next message."""
    code, text = answer
    if code in codes:
        return
    reason = f"{code} {text.decode(errors='replace')}"
    if code == 421:
        session.close()
        raise Disconnected(reason, handed_over=False, is_announced=True)
    with suppress(OSError, smtplib.SMTPServerDisconnected):
        session.rset()
    raise Refused(reason, is_temporary=400 <= code < 500)


def _quote(data: bytes) -> bytes:
    """Double the dots at line starts and end the data (RFC 5321, 4.5.2)."""
    return smtplib._quote_periods(data).removesuffix(b"\r\n") + b"\r\n.\r\n"
