# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Letters and labels as PDF, laid out by reportlab. Same input, same bytes.

One document holds many letters; it tells on which pages each one is, so that a letter can be taken
out again. Knows nothing of records: texts come in, bytes go out.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, Paragraph, Spacer
from reportlab.platypus.flowables import HRFlowable

from odoo.tools.misc import file_path

from .tools.letter_text import read_paragraphs
from .tools.postal import Zone, get_window_zone

PAGE_WIDTH, PAGE_HEIGHT = A4
# Distances in millimetres. The text of the first page begins below the fold (A4 in three: 99).
SENDER_ZONE = Zone(left=20, top=15, width=80, height=28)
FIRST_PAGE_ZONE = Zone(left=20, top=102, width=170, height=175)
NEXT_PAGE_ZONE = Zone(left=20, top=20, width=170, height=257)
ADDRESS_ZONE = get_window_zone()
# Points
FONT_SIZE, LEADING = 10.5, 14
ADDRESS_SIZE, SMALLEST_SIZE, LINE_SPACING = 11, 6, 1.22
ALIGNMENTS = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT, "justify": TA_JUSTIFY}
HEADING_SIZES = {"h1": 18, "h2": 15, "h3": 13, "h4": 12, "h5": 11, "h6": 10.5}

# Built into every PDF reader: letters of Western Europe, nothing to embed.
BASIC_FONT = "Helvetica"
# Shipped with the host, embedded where a text needs it: Greek, Cyrillic, Central Europe too.
WIDE_FONT = "crm_campaign_wide"
WIDE_FONT_FILES = {
    "normal": "web/static/fonts/google/Open_Sans/Open_Sans-Regular.ttf",
    "bold": "web/static/fonts/google/Open_Sans/Open_Sans-Bold.ttf",
    "italic": "web/static/fonts/google/Open_Sans/Open_Sans-Italic.ttf",
    "boldItalic": "web/static/fonts/google/Open_Sans/Open_Sans-BoldItalic.ttf",
}


class LetterError(Exception):
    """A letter cannot be laid out. ``args`` are a code and what is to blame.

    Codes: ``glyphs`` (characters that no font has) and ``size`` (a piece larger than a page).
    """


@dataclass
class Letter:
    """What is printed for one recipient. ``key`` is the caller's; addresses are lists of lines."""

    key: int
    address: Sequence[str]
    sender: Sequence[str]
    body: str  # HTML
    subject: str = ""
    place: str = ""  # place and date


@dataclass
class Document:
    """Letters in one PDF. ``pages``: key -> (first page, counted from 0, number of pages)."""

    content: bytes
    pages: dict[int, tuple[int, int]] = field(default_factory=dict)
    errors: dict[int, LetterError] = field(default_factory=dict)


@dataclass(frozen=True)
class LabelFormat:
    """A sheet of labels; lengths in millimetres, pitches from one label's corner to the next's."""

    page_width: float
    page_height: float
    rows: int
    columns: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float


# --- letters ---


def build_letters(letters: Sequence[Letter]) -> Document:
    """Lay letters out one after the other, each beginning a page of its own.

    One letter that cannot be laid out is left out and reported; it never blocks the others.

    :param letters: in the order of the document; may be empty (a PDF has a page then, that counts
        for nobody)
    """
    errors = {}
    while True:
        stream = io.BytesIO()
        # invariant: no date, no random identifier in the file.
        canvas = Canvas(stream, pagesize=A4, invariant=1, pageCompression=1)
        pages = {}
        for letter in letters:
            if letter.key in errors:
                continue
            first = canvas.getPageNumber() - 1
            try:
                _draw_letter(canvas, letter)
            except LetterError as error:
                # Some of it may be on the page already: begin again without it.
                errors[letter.key] = error
                break
            pages[letter.key] = (first, canvas.getPageNumber() - 1 - first)
        else:
            canvas.save()
            return Document(stream.getvalue(), pages, errors)


def _draw_letter(canvas, letter):
    font = choose_font("".join((*letter.address, *letter.sender, letter.place, letter.subject)))
    story = _build_story(letter)
    draw_lines(canvas, letter.sender, SENDER_ZONE, font, 9)
    draw_lines(canvas, letter.address, ADDRESS_ZONE, font, ADDRESS_SIZE)
    zone = FIRST_PAGE_ZONE
    if letter.place:
        canvas.setFont(font, FONT_SIZE)
        canvas.drawRightString(
            (zone.left + zone.width) * mm, PAGE_HEIGHT - (zone.top - 10) * mm, letter.place
        )
    while True:
        _fill_page(canvas, story, zone)
        canvas.showPage()
        if not story:
            return
        zone = NEXT_PAGE_ZONE


def _fill_page(canvas, story, zone):
    """Move what fits from a story to the page.

    :raise LetterError: the first piece fits no page
    """
    frame = Frame(
        zone.left * mm,
        PAGE_HEIGHT - (zone.top + zone.height) * mm,
        zone.width * mm,
        zone.height * mm,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    moved = 0
    while story:
        if frame.add(story[0], canvas):
            del story[0]
            moved += 1
            continue
        parts = frame.split(story[0], canvas)
        if parts:
            story[0:1] = parts
            if frame.add(story[0], canvas):
                del story[0]
                return
        if not moved:
            raise LetterError("size", zone.height)
        return


def _build_story(letter):
    story = []
    if letter.subject:
        subject = letter.subject.replace("&", "&amp;").replace("<", "&lt;")
        story += [_make_paragraph(f"<b>{subject}</b>", "text", "left", 0), Spacer(0, LEADING)]
    for paragraph in read_paragraphs(letter.body):
        if paragraph.kind == "rule":
            story.append(HRFlowable(width="100%", spaceBefore=4, spaceAfter=4, color="black"))
        elif not paragraph.markup:
            story.append(Spacer(0, LEADING))
        else:
            story.append(
                _make_paragraph(
                    paragraph.markup,
                    paragraph.kind,
                    paragraph.align,
                    paragraph.level,
                    paragraph.bullet,
                )
            )
    return story or [Spacer(0, LEADING)]


def _make_paragraph(markup, kind, align, level, bullet=""):
    font = choose_font(markup + bullet)
    return Paragraph(markup, _get_style(font, kind, align, level), bulletText=bullet or None)


@lru_cache(maxsize=256)
def _get_style(font, kind, align, level):
    size = HEADING_SIZES.get(kind, FONT_SIZE)
    indent = 14 * level
    return ParagraphStyle(
        f"{font}-{kind}-{align}-{level}",
        fontName=pdfmetrics.getFont(f"{font}-Bold").fontName if kind in HEADING_SIZES else font,
        fontSize=size,
        leading=size * LEADING / FONT_SIZE,
        alignment=ALIGNMENTS[align],
        spaceAfter=3 if kind == "item" else 7,
        spaceBefore=6 if kind in HEADING_SIZES else 0,
        leftIndent=indent,
        bulletIndent=max(0, indent - 12),
        bulletFontName=font,
        bulletFontSize=size,
        # A word longer than a line is cut instead of running off the paper.
        splitLongWords=1,
    )


# --- labels ---


def build_labels(addresses: Iterable[Sequence[str]], sheet: LabelFormat, first: int = 1) -> bytes:
    """Print addresses on sheets of labels, row by row.

    :param addresses: lines of each label
    :param int first: label of the first sheet on which to begin, counted from 1; others were used
    :raise LetterError: no font has some character
    :raise ValueError: ``first`` is not on a sheet
    """
    count = sheet.rows * sheet.columns
    if not 1 <= first <= count:
        raise ValueError(f"label {first} of {count}")
    stream = io.BytesIO()
    size = (sheet.page_width * mm, sheet.page_height * mm)
    canvas = Canvas(stream, pagesize=size, invariant=1, pageCompression=1)
    position = first - 1
    for lines in addresses:
        if position == count:
            canvas.showPage()
            position = 0
        row, column = divmod(position, sheet.columns)
        zone = Zone(
            # Printers are off by a millimetre or two: nothing stands at the edge.
            sheet.left + column * sheet.pitch_x + 4,
            sheet.top + row * sheet.pitch_y + 3,
            sheet.width - 8,
            sheet.height - 6,
        )
        font = choose_font("".join(lines))
        draw_lines(canvas, lines, zone, font, 10)
        position += 1
    canvas.save()
    return stream.getvalue()


# --- lines and fonts ---


def draw_lines(canvas, lines, zone, font, size):
    """Draw lines from the top of a zone, smaller when they would not fit: none is ever cut off.

    :raise LetterError: not even the smallest letters fit
    """
    if not lines:
        return
    leading = size * LINE_SPACING
    widest = max(pdfmetrics.stringWidth(line, font, size) for line in lines)
    ratio = min(1, zone.width * mm / (widest or 1), zone.height * mm / (leading * len(lines)))
    if size * ratio < SMALLEST_SIZE:
        raise LetterError("size", zone.width)
    canvas.setFont(font, size * ratio)
    top = canvas._pagesize[1] - zone.top * mm - size * ratio
    for number, line in enumerate(lines):
        canvas.drawString(zone.left * mm, top - number * leading * ratio, line)


def choose_font(text: str) -> str:
    """Return the name of a font that has every character of a text.

    :raise LetterError: there is none; names the characters
    """
    try:
        text.encode("cp1252")
        return BASIC_FONT
    except UnicodeEncodeError:
        known = _register_wide_font()
    missing = sorted({char for char in text if ord(char) not in known and char.isprintable()})
    if missing:
        raise LetterError("glyphs", " ".join(missing[:10]))
    return WIDE_FONT


def replace_missing(text: str, mark: str = "?") -> str:
    """Replace the characters that no font has, where a gap is better than no document."""
    try:
        text.encode("cp1252")
        return text
    except UnicodeEncodeError:
        known = _register_wide_font()
    return "".join(char if ord(char) in known or not char.isprintable() else mark for char in text)


@lru_cache(maxsize=1)
def _register_wide_font():
    """Register the wide font once a process and return the code points that it has."""
    names = {}
    for style, path in WIDE_FONT_FILES.items():
        names[style] = WIDE_FONT if style == "normal" else f"{WIDE_FONT}-{style.capitalize()}"
        pdfmetrics.registerFont(TTFont(names[style], file_path(path)))
    pdfmetrics.registerFontFamily(WIDE_FONT, **names)
    return frozenset(pdfmetrics.getFont(WIDE_FONT).face.charToGlyph)
