# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Read files of HTML; change links, merge fields and ends of a page, and nothing else of it."""

import codecs
import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from .html_scan import scan, walk

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"<(?:meta|\?xml)\s[^>]*(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.I)
# What pages that say "Latin-1" are really written in (Encoding Standard).
_LATIN = ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "iso8859-1")
_MERGE_FIELD = re.compile(r"\{\{(.+?)(?:\|\|\|\s*(.*?))?\}\}")
_PATH = re.compile(r"object(?:\.\w+)+", re.ASCII)
_FOREIGN_DEFAULT = re.compile(r"(?:default\s*[:(=]?|:)\s*[\"']([^\"']*)[\"']")
_OWNERS = ("contact", "subscriber", "recipient", "user", "lead", "customer", "params", "person")
_OWNERS += ("attribute", "attributes", "data", "var", "profile", "contactfield", "merge")
_ADDRESSES = frozenset(("href", "src", "background", "poster", "cite", "longdesc", "srcset"))
_NOT_IN_BODY = frozenset(("html", "head", "body", "meta", "link", "title", "style"))


class Link(NamedTuple):
    """A link: where its value stands, quotes included, where it leads, what is written on it."""

    start: int
    end: int
    url: str
    label: str


class MergeField(NamedTuple):
    """A merge field of ours. ``context`` is ``text``, ``attribute`` or ``address``."""

    start: int
    end: int
    expression: str
    fallback: str
    context: str


def decode(data: bytes) -> str:
    """Decode a file of HTML: its byte order mark decides, then what it says, then its bytes.

    :raise ValueError: this is no HTML

    >>> decode('<meta charset="iso-8859-1"><p>é €</p>'.encode("cp1252"))
    '<meta charset="iso-8859-1"><p>é €</p>'
    >>> decode(codecs.BOM_UTF16_LE + "<p>é</p>".encode("utf-16-le"))
    '<p>é</p>'
    """
    text = _decode(data)
    if "\x00" in text or not re.search(r"<[a-zA-Z!]", text):
        raise ValueError("no HTML")
    return text


def _decode(data):
    """Turn bytes into text."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    found = _CHARSET.search(data[:4096])
    declared = found[1].decode("ascii", "replace").lower() if found else "utf-8"
    for encoding in ("cp1252" if declared in _LATIN else declared, "utf-8"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def replace_foreign(
    source: str,
    patterns: Iterable[tuple[str, bool]],
    replacements: Mapping[str, str],
) -> tuple[str, list[str], list[str]]:
    """Replace the placeholders of other tools by ours.

    :param patterns: regular expressions with the name as first group, and whether what they find
        is a placeholder even when its name is unknown
    :param replacements: name in lower-case letters and digits -> expression of ours, address that
        begins with "/", or "" to leave it out
    :return: text, placeholders that were left out, those that are unknown, once each

    >>> known = {"fname": "object.name", "unsub": "/unsubscribe_from_list", "lname": ""}
    >>> mailchimp = [(r"\\*\\|([A-Z:]+)\\|\\*", True)]
    >>> replace_foreign("Hi *|FNAME|* *|LNAME|*, *|AGE|*", mailchimp, known)
    ('Hi {{ object.name }} , *|AGE|*', ['*|LNAME|*'], ['*|AGE|*'])
    """
    left_out, unknown = {}, {}
    for pattern, is_certain in patterns:

        def replace(match, is_certain=is_certain):
            name = html.unescape(match[1])
            if _PATH.fullmatch(name.partition("|||")[0].strip()):
                return match[0]
            target = _find_target(name, replacements)
            if target is None:
                if is_certain:
                    unknown[match[0]] = True
                return match[0]
            if not target:
                left_out[match[0]] = True
            return _write_target(target, name)

        source = re.sub(pattern, replace, source)
    return source, list(left_out), list(unknown)


def _find_target(name, replacements):
    """Find what stands for a name, with or without the part that says whose it is."""
    path = re.split(r"[|?]|\bdefault\b", name)[0].split(':"')[0].strip()
    whole = re.sub(r"[^a-z0-9]", "", path.lower())
    if whole in replacements:
        return replacements[whole]
    owner, _dot, last = re.sub(r"[^a-z0-9.]", "", path.lower().replace(":", ".")).partition(".")
    return replacements.get(last) if owner in _OWNERS else None


def _write_target(target, name):
    """Write a placeholder of ours, with the fallback of the other one."""
    if not target or target.startswith("/"):
        return target
    found = _FOREIGN_DEFAULT.search(name)
    fallback = found and html.escape(found[1].strip())
    return f"{{{{ {target} ||| {fallback} }}}}" if fallback else f"{{{{ {target} }}}}"


def find_merge_fields(source: str) -> list[MergeField]:
    """Find the merge fields that can be filled; those in styles cannot.

    >>> [(f.expression, f.fallback, f.context) for f in find_merge_fields(
    ...     '<style>{{ object.a }}</style><a href="/?n={{ object.b }}">{{ object.c ||| you }}</a>')]
    [('object.b', '', 'address'), ('object.c', 'you', 'text')]
    """
    fields = []
    for token in walk(source):
        if token.kind == "text" or (token.kind == "raw" and token.name == "title"):
            fields += _find_in(source, token.start, token.end, "text")
        for attribute in token.attributes if token.kind == "start" else ():
            if not attribute.value or attribute.name == "style":
                continue
            is_plain = attribute.quote and attribute.name.rpartition(":")[2] not in _ADDRESSES
            end = attribute.value_start + len(attribute.value)
            context = "attribute" if is_plain else "address"
            fields += _find_in(source, attribute.value_start, end, context)
    return fields


def _find_in(source, start, end, context):
    """Find merge fields in a part of a page."""
    return [
        MergeField(
            match.start(),
            match.end(),
            html.unescape(match[1]).strip(),
            html.unescape(match[2] or "").strip(),
            context,
        )
        for match in _MERGE_FIELD.finditer(source, start, end)
        if _PATH.fullmatch(html.unescape(match[1]).strip())
    ]


def find_foreign(source: str) -> list[str]:
    """List what looks like a merge field and is none of ours.

    >>> find_foreign("<p>{{ object.name }} {{ contact.AGE }}</p>")
    ['{{ contact.AGE }}']
    """
    return list(
        dict.fromkeys(
            match[0]
            for token in walk(source)
            if token.kind in ("text", "start")
            for match in _MERGE_FIELD.finditer(source, token.start, token.end)
            if not _PATH.fullmatch(html.unescape(match[1]).strip())
        )
    )


def find_links(source: str) -> list[Link]:
    """Find the links that people click on, also in what only Outlook reads.

    >>> page = '<a href="https://x.example/?a=1&amp;b=2">See <b>this</b></a>'
    >>> find_links(page)
    [Link(start=8, end=40, url='https://x.example/?a=1&b=2', label='See this')]
    """
    links, current, label = [], None, []
    for token in walk(source):
        if current and token.kind == "text":
            label.append(source[token.start : token.end])
        if current and token.name == current and token.kind in ("start", "end"):
            text = " ".join(html.unescape("".join(label)).split())
            links[-1] = links[-1]._replace(label=text[:80])
            current = None
        if token.kind != "start" or token.name in ("link", "base"):
            continue
        for attribute in token.attributes:
            if attribute.name == "href" and attribute.value:
                start = attribute.value_start - len(attribute.quote)
                url = html.unescape(attribute.value).strip()
                links.append(Link(start, attribute.end, url, ""))
                current, label = token.name, []
                break
    return links


def replace_spans(source: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Replace parts of a text.

    >>> replace_spans("abcdef", [(4, 5, "X"), (0, 2, "Y")])
    'YcdXf'
    """
    pieces, position = [], 0
    for start, end, text in sorted(changes):
        pieces += (source[position:start], text)
        position = end
    return "".join((*pieces, source[position:]))


def fill_merge_fields(source: str, get_text: Callable[[MergeField], str]) -> str:
    """Put texts in the place of merge fields.

    >>> fill_merge_fields("<p>{{ object.a }}</p>", lambda field: field.expression)
    '<p>object.a</p>'
    """
    return replace_spans(
        source, [(field.start, field.end, get_text(field)) for field in find_merge_fields(source)]
    )


def insert(source: str, top: str = "", bottom: str = "") -> str:
    """Put something at the top and at the bottom of a page, inside its body when it has one.

    >>> insert("<html><body bgcolor=red><p>x</p></body></html>", "<i>", "</i>")
    '<html><body bgcolor=red><i><p>x</p></i></body></html>'
    >>> insert("<p>x</p>", "a", "b")
    'a<p>x</p>b'
    """
    begin, end = None, None
    after_head = 0
    for token in scan(source):
        if token.name == "body" and token.kind == "start" and begin is None:
            begin = token.end
        elif token.kind == "end" and token.name in ("body", "html") and end is None:
            end = token.start
        elif token.kind == "end" and token.name == "head":
            after_head = token.end
        elif token.kind == "end" and token.name == "body":
            end = token.start
    begin = after_head if begin is None else begin
    end = len(source) if end is None or end < begin else end
    return f"{source[:begin]}{top}{source[begin:end]}{bottom}{source[end:]}"


def get_body(source: str) -> str:
    """Return what a page shows, without its head, its styles and its comments.

    >>> get_body("<!doctype html><head><title>t</title></head><body class=a><!-- x --><p>y</p>")
    '<p>y</p>'
    """
    kept = []
    for token in scan(source):
        is_tag = token.kind in ("start", "end")
        if is_tag and token.name in _NOT_IN_BODY:
            continue
        if is_tag or token.kind == "text" or (token.kind == "raw" and token.name == "textarea"):
            kept.append(source[token.start : token.end])
    return "".join(kept).strip()


def get_title(source: str) -> str:
    """Return the title of a page.

    >>> get_title("<head><title> Spring &amp; Co\\n</title></head>")
    'Spring & Co'
    """
    for token in scan(source):
        if token.kind == "raw" and token.name == "title":
            return " ".join(html.unescape(source[token.start : token.end]).split())
    return ""
