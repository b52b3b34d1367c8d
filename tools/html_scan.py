# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Cut HTML into tokens that know where they stand, so that what is kept is kept byte for byte.

The rules are those of browsers (HTML Living Standard, "Tokenization"), as far as they decide where
a tag, an attribute or a comment ends. The standard library's parser has other ideas about broken
HTML, which is where attacks live. Each character is looked at a fixed number of times: what is
never closed runs to the end, once.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BLANK = re.compile(r"[\t\n\f\r ]*")
_GAP = re.compile(r"[\t\n\f\r /]*")
_TAG_NAME = re.compile(r"[^\t\n\f\r />]+")
_ATTRIBUTE_NAME = re.compile(r"[^\t\n\f\r />][^\t\n\f\r />=]*")
_UNQUOTED = re.compile(r"[^\t\n\f\r >]*")
_COMMENT_END = re.compile(r"--!?>")
_LETTER = re.compile(r"[a-zA-Z]")
# A comment that Outlook reads: "[if …]>", what it reads, "<![endif]".
_CONDITIONAL = re.compile(r"(\[if [^<>]*\]>)(.*)(<!\[endif\])", re.DOTALL)

#: Elements whose content is text for browsers, whatever it looks like.
RAW_ELEMENTS = frozenset(("script", "style", "textarea", "title"))


class Attribute(NamedTuple):
    """An attribute of a tag. ``start`` is where the space before it begins.

    ``value`` is as written, without quotes; None when there is no "=". ``value_start`` is where it
    stands, after the opening quote; ``quote`` is empty for a value without.
    """

    start: int
    end: int
    name: str
    value: str | None
    value_start: int
    quote: str


class Token(NamedTuple):
    """A piece of HTML. ``kind`` is ``text``, ``raw`` (inside a style…), ``start``, ``end``,
    ``comment``, ``declaration`` (doctype and the like) or ``broken`` (never closed).

    ``name`` is in lower case, for tags and for the element around a ``raw`` text.
    """

    kind: str
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()


def scan(source: str) -> Iterator[Token]:
    """Cut HTML into tokens that follow each other without a gap.

    >>> [(token.kind, token.name) for token in scan('<!doctype html><p title=">">a<br/></p>')]
    [('declaration', ''), ('start', 'p'), ('text', ''), ('start', 'br'), ('end', 'p')]
    >>> [token.kind for token in scan("a < b <!-- <p> --> <i")]
    ['text', 'text', 'comment', 'text', 'broken']
    >>> [(t.kind, t.name) for t in scan("<style><p></style>")]
    [('start', 'style'), ('raw', 'style'), ('end', 'style')]
    """
    position, length = 0, len(source)
    while position < length:
        token = _read(source, position, length)
        yield token
        position = token.end
        if token.kind == "start" and token.name in RAW_ELEMENTS and position < length:
            closing = re.compile(rf"</{token.name}(?=[\t\n\f\r />])", re.IGNORECASE)
            found = closing.search(source, position)
            end = found.start() if found else length
            if end > position:
                yield Token("raw" if found else "broken", position, end, token.name)
            position = end


def walk(source: str) -> Iterator[Token]:
    """Cut HTML into tokens, with what comments for Outlook hold in place of these comments.

    >>> [t.name for t in walk("<!--[if mso]><table><![endif]--><p>") if t.kind == "start"]
    ['table', 'p']
    """
    for token in scan(source):
        parts = split_conditional(source[token.start : token.end])
        if token.kind != "comment" or not parts:
            yield token
            continue
        offset = token.start + len(parts[0])
        for inner in scan(parts[1]):
            yield _shift(inner, offset)


def split_conditional(comment: str) -> tuple[str, str, str] | None:
    """Cut a comment for Outlook into its condition, what Outlook reads, and its end.

    >>> split_conditional("<!--[if mso]><b>x</b><![endif]-->")
    ('<!--[if mso]>', '<b>x</b>', '<![endif]-->')
    >>> split_conditional("<!-- plain -->")
    """
    if not comment.startswith("<!--["):
        return None
    found = _CONDITIONAL.fullmatch(comment, 4, len(comment) - 3)
    if not found:
        return None
    condition, content, end = found.groups()
    return f"<!--{condition}", content, f"{end}-->"


def _shift(token, offset):
    """Move a token that was found in a part of the source."""
    attributes = tuple(
        attribute._replace(
            start=attribute.start + offset,
            end=attribute.end + offset,
            value_start=attribute.value_start + offset,
        )
        for attribute in token.attributes
    )
    return token._replace(start=token.start + offset, end=token.end + offset, attributes=attributes)


def _read(source, position, length):
    """Read the token at a position."""
    if source[position] != "<":
        end = source.find("<", position)
        return Token("text", position, length if end < 0 else end)
    following = source[position + 1 : position + 2]
    if _LETTER.match(following):
        return _read_tag(source, position, position + 1, "start")
    if following == "/" and _LETTER.match(source, position + 2):
        return _read_tag(source, position, position + 2, "end")
    if source.startswith("<!--", position):
        return _read_comment(source, position, length)
    if following and following in "!?/":
        end = source.find(">", position)
        return Token("declaration" if end >= 0 else "broken", position, end + 1 or length)
    end = source.find("<", position + 1)
    return Token("text", position, length if end < 0 else end)


def _read_comment(source, position, length):
    """Read a comment, also one that ends as soon as it begins."""
    for abrupt in (">", "->"):
        if source.startswith(abrupt, position + 4):
            return Token("declaration", position, position + 4 + len(abrupt))
    found = _COMMENT_END.search(source, position + 4)
    if not found:
        return Token("broken", position, length)
    # "--!>" ends a comment for some readers only: such a one is no comment to keep.
    return Token("comment" if found[0] == "-->" else "declaration", position, found.end())


def _read_tag(source, start, position, kind):
    """Read a tag whose name begins at a position."""
    found = _TAG_NAME.match(source, position)
    name = found[0].lower()
    attributes = []
    position = found.end()
    while True:
        begin = position
        position = _GAP.match(source, position).end()
        if position >= len(source):
            return Token("broken", start, len(source))
        if source[position] == ">":
            return Token(kind, start, position + 1, name, tuple(attributes))
        attribute = _read_attribute(source, begin, position)
        if attribute is None:
            return Token("broken", start, len(source))
        attributes.append(attribute)
        position = attribute.end


def _read_attribute(source, begin, position):
    """Read an attribute; None when it is never closed."""
    found = _ATTRIBUTE_NAME.match(source, position)
    name = found[0].lower()
    sign = _BLANK.match(source, found.end()).end()
    if source[sign : sign + 1] != "=":
        return Attribute(begin, found.end(), name, None, found.end(), "")
    start = _BLANK.match(source, sign + 1).end()
    quote = source[start : start + 1]
    if quote in ('"', "'"):
        end = source.find(quote, start + 1)
        if end < 0:
            return None
        return Attribute(begin, end + 1, name, source[start + 1 : end], start + 1, quote)
    end = _UNQUOTED.match(source, start).end()
    return Attribute(begin, end, name, source[start:end], start, "")
