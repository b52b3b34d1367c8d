# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Take what is dangerous out of the HTML of an email, and leave every other byte as it is.

Emails are written for readers of another age: doctypes, comments for Outlook, styles in the head,
attributes in a given order. A parser that writes HTML again loses them; here spans of the source
are left out and the rest is copied.
"""

import html
import re
from collections import Counter

from .html_scan import scan, split_conditional

#: Elements that go with all they hold.
_DROPPED_WITH_CONTENT = frozenset(("script", "textarea", "svg", "math", "select"))
_SCRIPTS = frozenset(("script", "noscript", "svg", "math", "set", "animate"))
_FRAMES = frozenset(
    [
        "iframe",
        "frame",
        "frameset",
        "noframes",
        "object",
        "embed",
        "applet",
        "param",
        "portal",
        "fencedframe",
        "layer",
        "ilayer",
        "bgsound",
        "xmp",
        "plaintext",
        "listing",
        "noembed",
        "template",
    ]
)
_FORMS = frozenset(
    [
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "option",
        "optgroup",
        "keygen",
        "isindex",
        "datalist",
        "fieldset",
    ]
)
_NAME = re.compile(r"[a-z][-\w.:]*", re.ASCII)
_ATTRIBUTE = re.compile(r"[a-z_@:][-\w.:]*", re.ASCII)
_URL_ATTRIBUTES = frozenset(
    [
        "href",
        "src",
        "srcset",
        "background",
        "poster",
        "cite",
        "longdesc",
        "action",
        "formaction",
        "data",
        "xlink:href",
        "lowsrc",
        "dynsrc",
        "usemap",
        "codebase",
        "classid",
        "archive",
        "code",
        "ping",
        "manifest",
        "profile",
        "imagesrcset",
        "icon",
    ]
)
_SAFE_SCHEMES = frozenset(
    ["http", "https", "mailto", "tel", "sms", "cid", "ftp", "webcal", "geo", "whatsapp", "urn"]
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\|)")
_SAFE_DATA = re.compile(r"data:image/(?:png|gif|jpe?g|webp|bmp|x-icon|avif)[;,]")
# What browsers skip in an address, and more.
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]+")
# Ends of what other readers may believe they are in.
_BREAKS_OUT = re.compile(r"--!?>|\]\]?>|</(?:style|title|script|noscript|textarea|xmp)", re.I)
_DECLARATION = re.compile(
    r"<!doctype[^<>\[\]]*>|<!\[(?:if [^<>\[\]]*|endif)\]>|<\?xml[^<>]*>", re.I
)
# Comments that show something to all but Outlook.
_REVEALING = re.compile(r"<!--(?:\[if [^<>]*\]><!(?:--)?[ \t]*|[ \t]*<!\[endif\][ \t]*)-->")
_CSS_COMMENT = re.compile(r"/\*(?:.*?\*/|.*)", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|(.))", re.DOTALL)
_DANGEROUS_CSS = re.compile(
    r"expression\(|(?<!scroll-)behaviou?r:|-moz-binding|javascript:|vbscript:|livescript:|data:text"
    r"|@import(?!(?:url\()?[\"']?https?://)"
)
_RELS = frozenset(["stylesheet", "icon", "shortcut", "preconnect", "dns-prefetch"])


def clean(source: str) -> tuple[str, Counter[str]]:
    """Take scripts, event handlers, forms, frames, dangerous addresses and styles out.

    Templating attributes (``t-…``) go too. What is left is safe to read, and reading it again
    takes nothing more out.

    :return: the rest, and what was taken out: kind (``script``, ``handler``, ``form``, ``frame``,
        ``link``, ``style``, ``redirection``, ``template``, ``comment``, ``broken``) -> how often
    :raise ValueError: the source is made so that cleaning does not end

    >>> clean('<P  class=a onclick="x()">Hi<script>x()</script>')
    ('<P  class=a>Hi', Counter({'handler': 1, 'script': 1}))
    >>> clean('<!--[if mso]><td width="1"><![endif]--><A HREF="https://x.example">x</A>')[1]
    Counter()
    >>> clean("<a href='java&Tab;script:x()' title='t'>x</a>")[0]
    "<a title='t'>x</a>"
    """
    removed = Counter()
    text = source.replace("\x00", "")
    for _attempt in range(6):
        cleaner = _Cleaner(text)
        result = cleaner.clean()
        removed += cleaner.removed
        if result == text:
            return result, removed
        text = result
    raise ValueError("cleaning does not end")


class _Cleaner:
    """One reading of a source."""

    def __init__(self, source):
        self.source = source
        self.removed = Counter()
        self.pieces = []
        self.skipped = ""  # element that goes with its content
        self.depth = 0

    def clean(self):
        """Return what is left of the source."""
        for token in scan(self.source):
            text = self.source[token.start : token.end]
            kept = "" if self._skips(token) else getattr(self, f"_clean_{token.kind}")(token, text)
            # What is left must not become the beginning of something else.
            if not kept and self.pieces and self.pieces[-1].endswith("<"):
                self.pieces[-1] = f"{self.pieces[-1][:-1]}&lt;"
            if kept:
                self.pieces.append(kept)
        return "".join(self.pieces)

    def _skips(self, token):
        """Tell whether a token is inside an element that goes with its content."""
        if self.skipped:
            if token.name == self.skipped and token.kind in ("start", "end"):
                self.depth += 1 if token.kind == "start" else -1
                self.skipped = self.skipped if self.depth else ""
            return True
        return False

    def _drop(self, kind):
        self.removed[kind] += 1
        return ""

    # --- kinds of tokens ---

    def _clean_text(self, token, text):
        return text

    def _clean_broken(self, token, text):
        return self._drop("broken")

    def _clean_raw(self, token, text):
        if token.name == "title":
            return text if "<" not in text else self._drop("broken")
        return clean_style(text, self.removed)

    def _clean_declaration(self, token, text):
        return text if _DECLARATION.fullmatch(text) else self._drop("comment")

    def _clean_comment(self, token, text):
        if _REVEALING.fullmatch(text):
            return text
        parts = split_conditional(text)
        inner = _Cleaner(parts[1] if parts else text[4:-3])
        content = inner.clean()
        if parts:
            self.removed += inner.removed
            return f"{parts[0]}{content}{parts[2]}"
        return text if content == inner.source else self._drop("comment")

    def _clean_end(self, token, text):
        if self._find_danger(token.name):
            return ""
        return text if not token.attributes else f"</{token.name}>"

    def _clean_start(self, token, text):
        danger = self._find_danger(token.name) or self._find_dangerous_purpose(token)
        if danger:
            local = token.name.rpartition(":")[2]
            if local in _DROPPED_WITH_CONTENT and not text.endswith("/>"):
                self.skipped, self.depth = token.name, 1
            return self._drop(danger)
        kept = [self._clean_attribute(token.name, attribute) for attribute in token.attributes]
        spans = [self.source[a.start : a.end] for a in token.attributes]
        if kept == spans:
            return text
        tail = self.source[token.attributes[-1].end : token.end]
        space = " " if tail.startswith("/") else ""
        return f"{text[: len(token.name) + 1]}{''.join(kept)}{space}{tail}"

    def _find_danger(self, name):
        """Name the danger of an element."""
        local = name.rpartition(":")[2]
        for kind, names in (("script", _SCRIPTS), ("frame", _FRAMES), ("form", _FORMS)):
            if local in names:
                return kind
        if name == "base":
            return "redirection"
        return "" if _NAME.fullmatch(name) else "broken"

    def _find_dangerous_purpose(self, token):
        """Name the danger of an element whose attributes decide."""
        values = {a.name: html.unescape(a.value or "").strip().lower() for a in token.attributes}
        if token.name == "meta":
            dangers = ("refresh", "set-cookie", "content-security-policy", "x-frame-options")
            is_redirection = values.get("http-equiv") in dangers
            return "redirection" if is_redirection or "utf-7" in str(values) else ""
        if token.name == "link" and not set(values.get("rel", "x").split()) <= _RELS:
            return "link"
        return ""

    # --- attributes ---

    def _clean_attribute(self, tag, attribute):
        """Return an attribute, with the space before it; empty to leave it out."""
        span = self.source[attribute.start : attribute.end]
        danger = self._find_dangerous_attribute(attribute)
        if danger:
            return self._drop(danger)
        if attribute.name != "style" or not attribute.value:
            return span
        style = clean_css(attribute.value, self.removed)
        if style == attribute.value:
            return span
        before = self.source[attribute.start : attribute.value_start]
        return f"{before}{style}{attribute.quote}" if style.strip(" ;") and attribute.quote else ""

    def _find_dangerous_attribute(self, attribute):
        """Name the danger of an attribute."""
        name, value = attribute.name, attribute.value or ""
        local = name.rpartition(":")[2]
        if not _ATTRIBUTE.fullmatch(name):
            return "broken"
        if local.startswith("on") or name.startswith("@"):
            return "handler"
        if name.startswith("t-"):
            return "template"
        if name == "srcdoc":
            return "frame"
        if name in _URL_ATTRIBUTES or local == "href":
            return "" if is_safe_address(value, name) else "link"
        if _BREAKS_OUT.search(value):
            return "broken"
        plain = _INVISIBLE.sub("", html.unescape(value)).lower()
        return "link" if plain.startswith(("javascript:", "vbscript:")) else ""


def is_safe_address(value: str, name: str = "href") -> bool:
    """Tell whether an address, as written in an attribute, may be followed or loaded.

    Relative addresses are; an address that begins with a merge field is not, since nobody can tell
    where it leads.

    >>> [is_safe_address(value) for value in ("https://x", "/shop", "#top", "mailto:a@b.example")]
    [True, True, True, True]
    >>> [is_safe_address(value) for value in ("JaVaScript&colon;x", "data:text/html,x", "{{ x }}")]
    [False, False, False]
    >>> is_safe_address("a.png 1x, data:text/html,x 2x", "srcset")
    False
    """
    if _BREAKS_OUT.search(value):
        return False
    text = html.unescape(value)
    if "srcset" in name:
        return all(
            _is_safe(_INVISIBLE.sub("", part))
            for candidate in re.split(r",\s+|,(?=https?:)", text)
            for part in candidate.split()[:1]
        ) and not re.search(r"script\s*:|data\s*:\s*text", text, re.I)
    return _is_safe(_INVISIBLE.sub("", text))


def _is_safe(text):
    """Tell whether an address without anything invisible is safe."""
    text = text.lower()
    if text.startswith("{{"):
        return False
    found = _SCHEME.match(text)
    if not found:
        return True
    return found[1] in _SAFE_SCHEMES or bool(_SAFE_DATA.match(text))


def clean_style(text: str, removed: Counter[str]) -> str:
    """Clean what stands in a style element; nothing is left of what looks like HTML.

    >>> clean_style("<!-- p { color: red } -->", Counter())
    '<!-- p { color: red } -->'
    >>> clean_style("p { } <img src=x>", Counter())
    ''
    """
    before, opened, rest = text.partition("<!--")
    inner, closed, after = rest.partition("-->")
    plain = before + inner + after
    if bool(opened) != bool(closed) or re.search(r"<[a-zA-Z/!?]|--!?>", plain):
        removed["style"] += 1
        return ""
    return clean_css(text, removed)


def clean_css(css: str, removed: Counter[str]) -> str:
    """Take declarations that run code or load from where nobody should out of a style.

    >>> clean_css("color: red; behavior:url(x.htc); top: 0", Counter())
    'color: red;; top: 0'
    >>> clean_css(r"width: e\\78 pression(alert(1))", Counter())
    ''
    >>> clean_css("p { scroll-behavior: smooth }", Counter())
    'p { scroll-behavior: smooth }'
    """
    if not _is_dangerous_css(css):
        return css
    removed["style"] += 1
    pieces = re.split(r"([;{}])", css)
    kept = "".join("" if _is_dangerous_css(piece) else piece for piece in pieces)
    return "" if _is_dangerous_css(kept) else kept


def _is_dangerous_css(css):
    """Tell whether a style may run code, however it is written."""
    text = _CSS_COMMENT.sub("", html.unescape(css))
    text = _CSS_ESCAPE.sub(_decode_css, text)
    text = _INVISIBLE.sub("", _CSS_COMMENT.sub("", text)).lower()
    return bool(_DANGEROUS_CSS.search(text) or _DANGEROUS_CSS.search(_fold(text)))


def _decode_css(match):
    """Turn an escape of CSS into what it stands for."""
    if match[1]:
        code = int(match[1], 16)
        return chr(code) if 0 < code < 0x110000 else ""
    return match[2]


def _fold(text):
    """Turn full-width letters, which old readers take for plain ones, into plain ones."""
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
