# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""The body of a letter: HTML of the editor turned into paragraphs of plain marked-up text."""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

# HTML tag -> tag of the marked-up text.
INLINE = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "u": "u",
    "ins": "u",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "sup": "super",
    "sub": "sub",
}
BLOCKS = {"p", "div", "li", "ul", "ol", "blockquote", "pre", "table", "tr", "section", "article"}
BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "tbody", "thead", "address", "header", "footer"}
SKIPPED = {"style", "script", "head", "title", "template"}
ALIGNMENTS = {"left", "center", "right", "justify"}
_ALIGN = re.compile(r"text-align\s*:\s*(\w+)")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. ``kind`` is ``text``, ``h1`` to ``h6``, ``item`` or ``rule``.

    ``markup`` knows b, i, u, strike, super, sub and br, and is well-formed; ``bullet`` is what
    stands before an item, ``level`` how deep it is nested.
    """

    kind: str
    markup: str
    align: str = "left"
    bullet: str = ""
    level: int = 0


def read_paragraphs(html: str) -> list[Paragraph]:
    """Turn the HTML of a body into paragraphs; links keep their text, pictures are left out.

    Whatever the nesting of the source, the markup of each paragraph is well-formed.

    >>> read_paragraphs("<p>Dear <b>Zoé &amp; Co</b>,</p>")[0].markup
    'Dear <b>Zoé &amp; Co</b>,'
    >>> [(p.bullet, p.markup) for p in read_paragraphs("<ol><li>one</li><li>two</li></ol>")]
    [('1.', 'one'), ('2.', 'two')]
    >>> read_paragraphs('<h1 style="text-align: center">Hello</h1>')[0]
    Paragraph(kind='h1', markup='Hello', align='center', bullet='', level=0)
    >>> read_paragraphs("")
    []
    """
    reader = _Reader()
    reader.feed(html or "")
    reader.close()
    reader.end_paragraph()
    return reader.paragraphs


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.paragraphs = []
        self.pieces = []
        self.inline = []  # (HTML tag, tag of the markup) that are open
        self.blocks = []  # (HTML tag, alignment) that are open
        self.lists = []  # [HTML tag, number of the last item] that are open
        self.bullet = ""
        self.skipped = 0
        self.in_cell = False

    # --- events of the parser ---

    def handle_starttag(self, tag, attrs):
        if tag in SKIPPED:
            self.skipped += 1
        elif tag == "br":
            self.pieces.append("<br/>")
        elif tag == "hr":
            self.end_paragraph()
            self.paragraphs.append(Paragraph("rule", ""))
        elif tag in INLINE:
            self.inline.append((tag, INLINE[tag]))
            self.pieces.append(f"<{INLINE[tag]}>")
        elif tag in ("td", "th"):
            # Cells of a row stand beside each other; a letter has no grid.
            if self._has_text():
                self.pieces.append(" \xa0 ")
            self.in_cell = True
        elif tag in BLOCKS:
            self._begin_block(tag, dict(attrs))

    def handle_endtag(self, tag):
        if tag in SKIPPED:
            self.skipped = max(0, self.skipped - 1)
        elif tag in INLINE:
            self._end_inline(tag)
        elif tag in ("td", "th"):
            self.in_cell = False
        elif tag in BLOCKS:
            self._end_block(tag)

    def handle_data(self, data):
        if self.skipped:
            return
        in_pre = any(tag == "pre" for tag, _align in self.blocks)
        if in_pre:
            self.pieces.append(escape(data, quote=False).strip("\n").replace("\n", "<br/>"))
        else:
            # No-break spaces stay: French typography needs them.
            self.pieces.append(escape(re.sub(r"[ \t\r\n\f]+", " ", data), quote=False))

    # --- paragraphs ---

    def _begin_block(self, tag, attributes):
        if not (self.in_cell and tag in ("p", "div")):
            self.end_paragraph()
        align = _ALIGN.search(attributes.get("style") or "")
        align = (align[1] if align else attributes.get("align") or "").lower()
        inherited = self.blocks[-1][1] if self.blocks else "left"
        self.blocks.append((tag, align if align in ALIGNMENTS else inherited))
        if tag in ("ul", "ol"):
            self.lists.append([tag, 0])
        elif tag == "li":
            self.bullet = self._get_bullet()

    def _get_bullet(self):
        if not self.lists or self.lists[-1][0] == "ul":
            return "•"
        self.lists[-1][1] += 1
        return f"{self.lists[-1][1]}."

    def _end_block(self, tag):
        if not any(open_tag == tag for open_tag, _align in self.blocks):
            return
        if not (self.in_cell and tag in ("p", "div")):
            self.end_paragraph()
        while self.blocks.pop()[0] != tag:
            pass
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "li":
            self.bullet = ""

    def _end_inline(self, tag):
        if not any(open_tag == tag for open_tag, _markup in self.inline):
            return
        # Tags that overlap are closed and opened again, so that the markup is well-formed.
        reopened = []
        while True:
            open_tag, markup = self.inline.pop()
            self.pieces.append(f"</{markup}>")
            if open_tag == tag:
                break
            reopened.append((open_tag, markup))
        for open_tag, markup in reversed(reopened):
            self.inline.append((open_tag, markup))
            self.pieces.append(f"<{markup}>")

    def _has_text(self):
        return any(not piece.startswith("<") and piece.strip(" ") for piece in self.pieces)

    def end_paragraph(self):
        """Close the paragraph under way; an empty one is a blank line only if it says so (br)."""
        pieces, self.pieces = self.pieces, [f"<{markup}>" for _tag, markup in self.inline]
        has_text = any(not piece.startswith("<") and piece.strip(" ") for piece in pieces)
        if not has_text and "<br/>" not in pieces:
            return
        pieces += [f"</{markup}>" for _tag, markup in reversed(self.inline)]
        tag, align = self.blocks[-1] if self.blocks else ("p", "left")
        kind = "item" if self.lists else tag if re.fullmatch("h[1-6]", tag) else "text"
        bullet, self.bullet = self.bullet, ""
        markup = "".join(pieces).strip(" ") if has_text else ""
        self.paragraphs.append(Paragraph(kind, markup, align, bullet, len(self.lists)))
