# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Build and write emails fast: mass messages differ in a few headers and in their two texts.

The standard library parses each header into a tree when it is set and when it is written, which
costs more than everything else a message needs. Here a header is kept as text, written from a
memory when it was written before (sender, reply address, constants), and encoded by a few lines
(RFC 2047) when it is a subject or one recipient. Everything else takes the standard way, so that a
message stays an ``EmailMessage`` to which headers and attachments may be added.
"""

import base64
import binascii
import email.policy
import re
from email.generator import BytesGenerator
from email.headerregistry import Address, Group
from email.message import EmailMessage
from functools import lru_cache
from io import BytesIO

#: Most bytes of text in an encoded word, so that even the first line of a header stays below the
#: 76 characters of RFC 2047: name, ``=?utf-8?b?`` and ``?=`` and four characters for three bytes.
WORD_BYTES = 39
LINE_LENGTH = 78
ONE_RECIPIENT = re.compile(r'(?P<name>[^"<>]+|"(?:[^"\\]|\\.)*") <(?P<address>[!-;=?-~]+)>')
# Types that may be written in base64: neither messages nor what has parts (RFC 2046).
MIMETYPE = re.compile(r"(?!message/|multipart/)[\w.+-]+/[\w.+-]+", re.ASCII)
# What a name may hold without quotes around it (RFC 5322, atoms), a dot being no part of it.
PLAIN_NAME = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]*", re.ASCII)


class WirePolicy(type(email.policy.SMTP)):
    """The policy of messages on their way: what is set is text, what is written is ASCII.

    Headers that hold an address of a page stay on one line: the standard library breaks a long
    word by encoding it, after which mail providers do not find the address any more. RFC 5322
    allows lines of 998 characters.
    """

    unfolded_headers = frozenset(("list-unsubscribe", "message-id"))

    def header_store_parse(self, name, value):
        """Keep a text as it is, without the tree; a line break would begin another header."""
        if not isinstance(value, str) or hasattr(value, "name"):
            return super().header_store_parse(name, value)
        if "\n" in value or "\r" in value:
            raise ValueError("Header values may not contain linefeed or carriage return characters")
        return name, value

    def header_fetch_parse(self, name, value):
        """Give what the standard policy gives, from a memory or without its tree."""
        if hasattr(value, "name"):
            return value
        if name.lower() == "to" and (found := ONE_RECIPIENT.fullmatch(value)):
            return _read_recipient(self, name, value, found)
        return _parse(self, name, value)

    def header_max_count(self, name):
        """Tell how often a header may be there."""
        return _get_max_count(self, name.lower())

    def _fold(self, name, value, *args, **kwargs):
        if (line := write_header(name, str(value))) is not None:
            return line
        return _fold_as_standard(self, name, str(value))


@lru_cache(maxsize=256)
def _parse(policy, name, value):
    return policy.header_factory(name, value)


def _read_recipient(policy, name, value, found):
    """Make the standard library's header of one recipient."""
    user, _at, domain = found["address"].rpartition("@")
    address = Address(_unquote(found["name"]), user, domain)
    header = str.__new__(_get_header_class(policy, name), value)
    header.init(name, parse_tree=None, defects=[], groups=[Group(None, [address])])
    return header


@lru_cache(maxsize=256)
def _get_header_class(policy, name):
    return policy.header_factory[name]


@lru_cache(maxsize=256)
def _get_max_count(policy, name):
    return policy.header_factory[name].max_count


@lru_cache(maxsize=256)
def _fold_as_standard(policy, name, value):
    return policy.header_factory(name, value).fold(policy=policy)


WIRE_POLICY = WirePolicy(linesep="\r\n", utf8=False)


# === HEADERS === #


def write_header(name: str, value: str) -> str | None:
    """Write a header that needs no thought, a subject, or one recipient.

    :return: the header with its line end; None = the standard library must write it

    >>> write_header("Subject", "Élise")
    'Subject: =?utf-8?b?w4lsaXNl?=\\r\\n'
    >>> write_header("To", "Zoé <z@example.com>")
    'To: =?utf-8?b?Wm/DqQ==?=\\r\\n <z@example.com>\\r\\n'
    >>> write_header("X-Number", "1")
    'X-Number: 1\\r\\n'
    >>> write_header("X-Name", "Zoé") is None
    True
    """
    key = name.lower()
    if key in WirePolicy.unfolded_headers and is_plain(value):
        return f"{name}: {value}\r\n"
    if is_plain(value) and len(name) + 2 + len(value) <= LINE_LENGTH:
        return f"{name}: {value}\r\n"
    if key == "subject":
        return f"{name}: {encode_words(value)}\r\n"
    if key == "to" and (found := ONE_RECIPIENT.fullmatch(value)):
        return f"{name}: {_write_phrase(found['name'])}\r\n <{found['address']}>\r\n"
    return None


def is_plain(text: str) -> bool:
    """Tell whether a text goes into a header as it is.

    >>> [is_plain(text) for text in ("a b", "é", "a\\tb", "=?utf-8?b?w4k=?=")]
    [True, False, False, False]
    """
    return text.isascii() and text.isprintable() and "=?" not in text


def encode_words(text: str) -> str:
    """Write a text as encoded words (RFC 2047), one a line, none of them splitting a character.

    >>> encode_words("é" * 20)
    '=?utf-8?b?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6k=?=\\r\\n =?utf-8?b?w6k=?='
    """
    data = text.encode()
    words = []
    start = 0
    while start < len(data):
        end = start + WORD_BYTES
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?b?{base64.b64encode(data[start:end]).decode()}?=")
        start = end
    return "\r\n ".join(words)


def _write_phrase(name):
    """Write a display name, quoted or not, as a line of a header."""
    if is_plain(name) and len(name) < LINE_LENGTH - len("To: "):
        return name
    return encode_words(_unquote(name))


def _unquote(name):
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if name[0] == '"' else name


def format_recipient(name: str, address: str) -> str:
    """Write a recipient, readable: what the standard library reads back as name and address.

    >>> format_recipient("Zoé", "z@example.com")
    'Zoé <z@example.com>'
    >>> format_recipient('N. "Nick" Li', "n@example.com")
    '"N. \\\\"Nick\\\\" Li" <n@example.com>'
    >>> format_recipient("", "n@example.com")
    'n@example.com'
    """
    if not name:
        return address
    if not PLAIN_NAME.fullmatch("".join(c for c in name if c.isascii())):
        name = '"%s"' % re.sub(r'([\\"])', r"\\\1", name)
    return f"{name} <{address}>"


# === MESSAGES === #


class Message(EmailMessage):
    """A message that may be changed like any other."""


class Part(EmailMessage):
    """A text as it goes over the wire."""


def build_message(headers: dict[str, str], text: str, page: str, boundary: str) -> EmailMessage:
    """Build a message of two alternatives, which may be changed like any other.

    :param headers: all headers but those of MIME
    :param text: plain text
    :param page: HTML
    :param boundary: letters and digits
    :raise ValueError: a header holds a line break, or a text half a character
    """
    message = Message(policy=WIRE_POLICY)
    for name, value in headers.items():
        message[name] = value
    message["MIME-Version"] = "1.0"
    # Neither way to write a part ever gives "=_".
    message["Content-Type"] = f'multipart/alternative; boundary="=_{boundary}"'
    message.set_payload([_build_part("plain", text), _build_part("html", page)])
    return message


def _build_part(subtype, text):
    part = Part(policy=WIRE_POLICY)
    encoding, payload = encode_text(text)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload)
    return part


def build_attachment(name: str, content: bytes, mimetype: str) -> EmailMessage:
    """Build an attachment, encoded once for all the messages that carry it.

    :param mimetype: what a mail reader should take it for; one that is none is not told

    >>> part = build_attachment("café.pdf", b"%PDF", "application/pdf")
    >>> part.get_filename(), part.get_content_type(), part.get_content()
    ('café.pdf', 'application/pdf', b'%PDF')
    """
    if not MIMETYPE.fullmatch(mimetype or ""):
        mimetype = "application/octet-stream"
    part = Part(policy=WIRE_POLICY)
    part["Content-Type"] = mimetype
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment", filename=" ".join(name.split()))
    part.set_payload(base64.encodebytes(content).replace(b"\n", b"\r\n").decode("ascii"))
    return part


def attach(message: EmailMessage, attachments: list[EmailMessage], boundary: str) -> None:
    """Add attachments to a message, which then share them: they must not be changed any more.

    :param message: as :func:`build_message` made it
    :param attachments: as :func:`build_attachment` made them
    :param boundary: letters and digits
    """
    alternative = Part(policy=WIRE_POLICY)
    alternative["Content-Type"] = str(message["Content-Type"])
    alternative.set_payload(message.get_payload())
    message.replace_header("Content-Type", f'multipart/mixed; boundary="=_m{boundary}"')
    message.set_payload([alternative, *attachments])


def encode_text(text: str) -> tuple[str, str]:
    """Write a text for the wire: readable, or in base64 where that is shorter.

    :return: Content-Transfer-Encoding and what it gives; lines end with CRLF

    >>> encode_text("Dear Zoé,\\n.")
    ('quoted-printable', 'Dear Zo=C3=A9,\\r\\n=2E')
    >>> encode_text("日本")
    ('base64', '5pel5pys\\r\\n')
    """
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    odd = len(data.translate(None, _ASCII))
    if odd * 6 > len(data):
        encoding, data = "base64", base64.encodebytes(data.replace(b"\n", b"\r\n"))
    else:
        encoding, data = "quoted-printable", binascii.b2a_qp(data)
    return encoding, data.replace(b"\n", b"\r\n").decode("ascii")


_ASCII = bytes(range(128))


def flatten(message) -> bytes:
    """Give the bytes of a message as SMTP wants them (CRLF, ASCII headers)."""
    is_ours = type(message) is Message and not message.preamble and not message.epilogue
    if is_ours and _is_plain_tree(message):
        return "".join(_write_tree(message)).encode("ascii")
    with BytesIO() as buffer:
        BytesGenerator(buffer, policy=WIRE_POLICY).flatten(message)
        return buffer.getvalue()


def _is_plain_tree(message):
    """Tell whether a message holds nothing but what this module made, but for its headers."""
    parts = message.get_payload()
    return bool(_get_boundary(message)) and all(
        type(part) is Part and (not part.is_multipart() or _is_plain_tree(part)) for part in parts
    )


def _write_tree(message):
    """Write a message as :func:`build_message` and :func:`attach` made it.

    :return: pieces of the text
    :rtype: list[str]
    """
    boundary = _get_boundary(message)
    pieces = [_write_headers(message)]
    for part in message.get_payload():
        pieces += ("\r\n--", boundary, "\r\n")
        if part.is_multipart():
            pieces += _write_tree(part)
        else:
            pieces += (_write_headers(part), "\r\n", part.get_payload())
    return [*pieces, "\r\n--", boundary, "--\r\n"]


def _get_boundary(message):
    return _find_boundary(str(dict(message.raw_items()).get("Content-Type")))


@lru_cache(maxsize=256)
def _find_boundary(content_type):
    found = re.search('boundary="(=_[^"]+)"', content_type)
    return found and found[1]


def _write_headers(message):
    return "".join(message.policy.fold(name, value) for name, value in message.raw_items())
