# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""The printed report of campaigns, laid out by reportlab. Same input, same bytes.

Knows nothing of records: texts and numbers come in, bytes go out. One sheet a campaign, each of
them beginning a page.
"""

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

from PIL import Image as PillowImage
from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from ..letters import choose_font, replace_missing
from .results_charts import GREY, INK, LINE, MAIN, Bar, Series, draw_bars, draw_funnel, draw_months
from .results_sheet import Footer, Grid, RichText, Sheet, Text, find_texts

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 18 * mm
WIDTH = PAGE_WIDTH - 2 * MARGIN
ALERT, GROUND = HexColor("#b3261e"), HexColor("#f3f4f6")
# Largest logo, points.
LOGO_SIZE = (48 * mm, 18 * mm)
# Signs of a text in a cell, above which a row could be higher than a page.
LONGEST_CELL, LONGEST_TITLE = 200, 300


def build_report(sheets: Sequence[Sheet], footer: Footer, language: str = "") -> bytes:
    """Lay sheets out one after the other.

    :param sheets: at least one
    :param str language: of the texts, e.g. ``fr-FR``, for readers that read aloud
    """
    font = choose_font("".join(replace_missing(text) for text in find_texts([*sheets, footer])))
    stream = io.BytesIO()
    layout = Layout(font)
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        title=sheets[0].title,
        author=sheets[0].company,
        subject=sheets[0].kind,
        lang=language or None,
        # no date, no random identifier in the file
        invariant=1,
        pageCompression=1,
    )
    frame = Frame(MARGIN, MARGIN, WIDTH, PAGE_HEIGHT - 2 * MARGIN - 4 * mm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("report", [frame], onPageEnd=layout.draw_header))
    story = []
    for sheet in sheets:
        story += [PageBreak()] if story else []
        story += layout.lay_out(sheet)
    document.build(
        story, canvasmaker=lambda *args, **options: CountedCanvas(font, footer, *args, **options)
    )
    return stream.getvalue()


def _clean(text, longest=None):
    """Keep what the font can show, of a length that fits."""
    # What groups thousands in some languages; a normal no-break space is in every font.
    text = replace_missing(text.replace("\u202f", "\xa0"))
    return f"{text[: longest - 1]}…" if longest and len(text) > longest else text


class CountedCanvas(Canvas):
    """A canvas that knows at the end how many pages there are, and then writes their bottom."""

    def __init__(self, font, footer, *args, **options):
        super().__init__(*args, **options)
        self.font = font
        self.footer = footer
        self.pages = []

    def showPage(self):
        self.pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        pages = self.pages
        for page in pages:
            self.__dict__.update(page)
            self._draw_footer(len(pages))
            Canvas.showPage(self)
        return super().save()

    def _draw_footer(self, count):
        self.setFont(self.font, 7.5)
        self.setFillColor(GREY)
        base = MARGIN - 8 * mm
        self.drawString(MARGIN, base, _clean(self.footer.printed))
        text = _clean(self.footer.format_page(self._pageNumber, count))
        self.drawRightString(PAGE_WIDTH - MARGIN, base, text)


class Mark(Flowable):
    """Tells the canvas on which page a sheet begins."""

    def __init__(self, title):
        super().__init__()
        self.title = title

    def wrap(self, _width, _height):
        return 0, 0

    def draw(self):
        self.canv.sheet = (self.title, self.canv.getPageNumber())


class Layout:
    """Turns sheets into what reportlab lays out, in one font."""

    def __init__(self, font):
        self.font = font
        self.bold = getFont(f"{font}-Bold").fontName
        self.styles = {}

    def draw_header(self, canvas, _document):
        """Repeat the name of the campaign at the top of its second page and the next ones."""
        title, first = getattr(canvas, "sheet", ("", 0))
        if canvas.getPageNumber() == first:
            return
        canvas.setFont(self.font, 8)
        canvas.setFillColor(GREY)
        top = PAGE_HEIGHT - MARGIN + 2 * mm
        canvas.drawString(MARGIN, top, _clean(title, 90))
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, top - 2 * mm, PAGE_WIDTH - MARGIN, top - 2 * mm)

    def lay_out(self, sheet):
        """Turn a sheet into flowables."""
        title = _clean(sheet.title, LONGEST_TITLE)
        story = [
            Mark(title),
            self._make_letterhead(sheet),
            Spacer(0, 5 * mm),
            self._write(title, 19, bold=True, leading=23, after=2),
            self._make_facts(sheet.facts),
        ]
        for section in sheet.sections:
            story += self._lay_out_section(section)
        return story

    # --- pieces ---

    def _write(self, text, size=8.5, **options):
        """Make a paragraph; the text is plain."""
        markup = "<br/>".join(escape(line) for line in text.splitlines())
        return Paragraph(markup, self._get_style(size, **options))

    def _get_style(self, size, **options):
        key = (size, *((name, options[name]) for name in sorted(options)))
        if key not in self.styles:
            self.styles[key] = self._make_style(len(self.styles), size, **options)
        return self.styles[key]

    def _make_style(self, number, size, **options):
        font = self.bold if options.get("bold") else self.font
        indent = options.get("indent", 0)
        return ParagraphStyle(
            f"style{number}",
            fontName=font,
            fontSize=size,
            leading=options.get("leading") or size * 1.35,
            textColor=options.get("color", INK),
            alignment=options.get("align", 0),
            spaceAfter=options.get("after", 0),
            leftIndent=indent,
            bulletIndent=max(0, indent - 10),
            bulletFontName=font,
            bulletFontSize=size,
            # A word longer than a line is cut instead of running off the paper.
            splitLongWords=1,
        )

    def _make_letterhead(self, sheet):
        company = self._write(_clean(sheet.company, LONGEST_CELL), 10, bold=True, align=TA_RIGHT)
        kind = self._write(_clean(sheet.kind), 8.5, color=GREY, align=TA_RIGHT)
        logo = _make_logo(sheet.logo) or ""
        table = Table([[logo, [company, kind]]], colWidths=[WIDTH / 2, WIDTH / 2])
        table.setStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("LINEBELOW", (0, 0), (-1, -1), 1, MAIN),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
        return table

    def _make_facts(self, facts):
        cells = [
            [
                self._write(_clean(label), 7.5, color=GREY),
                self._write(_clean(text, LONGEST_CELL), 9),
            ]
            for label, text in facts
        ]
        table = Table([cells], colWidths=[WIDTH / len(cells)] * len(cells))
        table.setStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
        return table

    def _lay_out_section(self, section):
        heading = self._write(_clean(section.title), 11.5, bold=True, color=MAIN, after=4)
        name = type(section.body).__name__.lower()
        parts = getattr(self, f"_lay_out_{name}")(section.body)
        if section.note:
            parts.append(self._write(_clean(section.note), 7.5, color=GREY))
        # A heading never stays alone at the bottom; what may break over pages breaks.
        if isinstance(section.body, (Text, RichText, Grid)):
            return [Spacer(0, 5 * mm), CondPageBreak(40 * mm), heading, *parts]
        return [Spacer(0, 5 * mm), KeepTogether([heading, *parts])]

    # --- bodies ---

    def _lay_out_text(self, body):
        lines = [line.strip() for line in body.text.splitlines()]
        return [self._write(_clean(line), 9, leading=12.5, after=3) for line in lines if line]

    def _lay_out_richtext(self, body):
        return [
            Paragraph(
                _clean(one.markup),
                self._get_style(9, bold=one.kind.startswith("h"), after=3, indent=12 * one.level),
                bulletText=_clean(one.bullet) or None,
            )
            for one in body.paragraphs
            if one.markup
        ]

    def _lay_out_figures(self, body):
        cells = [
            [
                self._write(
                    _clean(figure.value),
                    12,
                    bold=True,
                    color=ALERT if figure.is_alert else INK,
                    leading=16,
                ),
                self._write(_clean(figure.label), 7.5, color=ALERT if figure.is_alert else GREY),
            ]
            for figure in body.figures
        ]
        cells += [""] * (-len(cells) % body.columns)
        rows = [cells[at : at + body.columns] for at in range(0, len(cells), body.columns)]
        table = Table(rows, colWidths=[WIDTH / body.columns] * body.columns)
        table.setStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, -1), GROUND),
                ("INNERGRID", (0, 0), (-1, -1), 3, white),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
                ("LEFTPADDING", (0, 0), (-1, -1), 8),
            ]
        )
        return [table]

    def _lay_out_funnel(self, body):
        heads = Bar("", 0, [_clean(text) for text in body.headings])
        bars = [self._clean_bar(bar) for bar in body.bars]
        return [draw_funnel([heads, *bars], WIDTH, self.font)]

    def _lay_out_bars(self, body):
        return [draw_bars([self._clean_bar(bar) for bar in body.bars], WIDTH, self.font)]

    def _clean_bar(self, bar):
        return Bar(_clean(bar.label), bar.value, [_clean(note) for note in bar.notes])

    def _lay_out_charts(self, body):
        labels = [_clean(label) for label in body.labels]
        width = WIDTH / len(body.charts)
        cells = [
            [
                self._write(_clean(chart.title), 8.5, color=GREY, after=4),
                draw_months(
                    labels,
                    [Series(_clean(one.label), one.values, one.color) for one in chart.series],
                    width - 10,
                    self.font,
                    lambda value, chart=chart: _clean(chart.format_value(value)),
                ),
            ]
            for chart in body.charts
        ]
        table = Table([cells], colWidths=[width] * len(cells))
        table.setStyle(
            [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
        )
        return [table]

    def _lay_out_grid(self, body):
        rows = [
            [self._make_heading(body, at, text) for at, text in enumerate(body.headings)],
            *(
                [self._make_cell(body, at, cell) for at, cell in enumerate(row)]
                for row in body.rows
            ),
        ]
        style = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, GREY),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        if body.total:
            rows.append(
                [self._make_cell(body, at, text, bold=True) for at, text in enumerate(body.total)]
            )
            style += [
                ("LINEABOVE", (0, -1), (-1, -1), 0.8, GREY),
                ("BACKGROUND", (0, -1), (-1, -1), GROUND),
            ]
        shares = sum(body.widths)
        widths = [WIDTH * share / shares for share in body.widths]
        return [Table(rows, colWidths=widths, style=style, repeatRows=1)]

    def _make_heading(self, body, at, text):
        align = 0 if at < body.texts else TA_RIGHT
        return self._write(_clean(text), 7, color=GREY, align=align)

    def _make_cell(self, body, at, cell, bold=False):
        text, below = cell if isinstance(cell, tuple) else (cell, "")
        align = 0 if at < body.texts else TA_RIGHT
        size = 8 if at < body.texts else 7.5
        parts = [self._write(_clean(text, LONGEST_CELL), size, bold=bold, align=align)]
        if below:
            parts.append(self._write(_clean(below, LONGEST_CELL), 7, color=GREY, align=align))
        return parts


def _make_logo(content):
    """Make the logo fit, or nothing when it is no picture that can be printed."""
    if not content:
        return None
    try:
        with PillowImage.open(io.BytesIO(content)) as picture:
            picture.load()
            width, height = picture.size
            # Whatever the kind of file, one kind in the document; transparency stays.
            stream = io.BytesIO()
            picture.convert("RGBA").save(stream, "PNG")
    except Exception:  # noqa: BLE001 - an unreadable logo never holds a report up
        return None
    ratio = min(LOGO_SIZE[0] / width, LOGO_SIZE[1] / height)
    return Image(stream, width * ratio, height * ratio, hAlign="LEFT")
