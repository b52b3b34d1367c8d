# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Charts of a campaign's report as drawings of reportlab. Numbers and texts come in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth

INK, GREY, LINE = HexColor("#1f2937"), HexColor("#6b7280"), HexColor("#d1d5db")
MAIN, SECOND = HexColor("#71639e"), HexColor("#e0a13a")
BAD, GOOD = HexColor("#b0b7c3"), HexColor("#2f9e5b")
# Points
ROW, BAR, TEXT = 19, 12, 8.5
# Share of a month's width that its bars take.
BARS_SHARE = 0.65


@dataclass(frozen=True)
class Bar:
    """A line of a chart of bars; ``notes`` are the texts at its end, one a column."""

    label: str
    value: float
    notes: Sequence[str]


@dataclass(frozen=True)
class Series:
    """Values of one thing, month by month."""

    label: str
    values: Sequence[float]
    color: str  # name of a colour of this module


def draw_funnel(bars: Sequence[Bar], width: float, font: str) -> Drawing:
    """Draw what remains from step to step, centred, the first step at the top.

    Widths are relative to the largest: a step may count more than the one before.

    :param bars: with the same number of notes each; may be empty
    :param float width: points
    """
    return _draw_bars(bars, width, font, is_centred=True)


def draw_bars(bars: Sequence[Bar], width: float, font: str) -> Drawing:
    """Draw bars that begin on the left; see ``draw_funnel``."""
    return _draw_bars(bars, width, font, is_centred=False)


def _draw_bars(bars, width, font, is_centred):
    drawing = Drawing(width, max(1, ROW * len(bars)))
    labels_width = min(
        width * 0.35, max((stringWidth(bar.label, font, TEXT) for bar in bars), default=0) + 8
    )
    notes = [note for bar in bars for note in bar.notes]
    notes_width = 16 + max((stringWidth(note, font, TEXT) for note in notes), default=0)
    columns = max((len(bar.notes) for bar in bars), default=0)
    room = width - labels_width - columns * notes_width
    largest = max([1, *(bar.value for bar in bars)])
    for number, bar in enumerate(bars):
        bottom = drawing.height - ROW * (number + 1)
        base = bottom + (ROW - TEXT) / 2 + 1
        length = room * max(0, bar.value) / largest
        left = labels_width + (room - length) / 2 if is_centred else labels_width
        if length:
            base_of_bar = bottom + (ROW - BAR) / 2
            drawing.add(Rect(left, base_of_bar, length, BAR, fillColor=MAIN, strokeColor=None))
        label = _shorten(bar.label, font, labels_width - 6)
        drawing.add(String(0, base, label, fontName=font, fontSize=TEXT, fillColor=INK))
        for column, note in enumerate(bar.notes):
            right = labels_width + room + notes_width * (column + 1)
            color = GREY if column else INK
            style = {"fontName": font, "fontSize": TEXT, "fillColor": color, "textAnchor": "end"}
            drawing.add(String(right, base, note, **style))
    return drawing


def _shorten(text, font, width):
    """Cut a text that would run into the bar."""
    if stringWidth(text, font, TEXT) <= width:
        return text
    while text and stringWidth(f"{text}…", font, TEXT) > width:
        text = text[:-1]
    return f"{text}…"


def draw_months(
    labels: Sequence[str],
    series: Sequence[Series],
    width: float,
    font: str,
    format_value: Callable[[float], str],
) -> Drawing:
    """Draw columns side by side, month by month, with their legend below.

    :param labels: of the months, at least one
    :param series: as many values each as there are months
    :param format_value: text of a value of the axis
    """
    height = 150
    drawing = Drawing(width, height)
    chart = VerticalBarChart()
    chart.data = [tuple(line.values) for line in series]
    axis = chart.valueAxis
    highest = max((value for line in chart.data for value in line), default=0)
    lowest = min([0, *(value for line in chart.data for value in line)])
    axis.valueMin, axis.valueMax, axis.valueStep = _get_scale(lowest, highest)
    axis.labelTextFormat = format_value
    ticks = [format_value(axis.valueMin), format_value(axis.valueMax)]
    chart.x = max(stringWidth(text, font, 7) for text in ticks) + 10
    chart.width = width - chart.x - 4
    is_tilted = _style_axes(chart, labels, font)
    chart.y = 44 if is_tilted else 28
    chart.height = height - 8 - chart.y
    _style_bars(chart, series, len(labels))
    drawing.add(chart)
    _add_legend(drawing, series, font)
    return drawing


def _get_scale(lowest, highest):
    """Choose round bounds and a round step that gives four to eight lines.

    :return: smallest value, largest value, step
    """
    span = max(highest - lowest, 1)
    step = 1
    while span / step > 8:
        step *= 2.5 if str(step).startswith("2") else 2
    step = int(step)
    bottom = -(-int(-lowest) // step) * step if lowest < 0 else 0
    top = (int(highest) // step + 1) * step
    return -bottom if lowest < 0 else 0, top, step


def _style_axes(chart, labels, font):
    """Style the axes; tell whether the names of the months are tilted, for lack of room."""
    category, value = chart.categoryAxis, chart.valueAxis
    category.categoryNames = list(labels)
    slot = chart.width / max(1, len(labels))
    is_tilted = max(stringWidth(label, font, 7) for label in labels) > slot - 2
    if is_tilted:
        category.labels.angle = 30
        category.labels.boxAnchor = "ne"
        category.labels.dx, category.labels.dy = 4, -2
    else:
        category.labels.dy = -4
    for axis in (category, value):
        axis.labels.fontName, axis.labels.fontSize, axis.labels.fillColor = font, 7, GREY
        axis.strokeColor = LINE
    category.visibleTicks = value.visibleTicks = 0
    value.visibleAxis, value.visibleGrid = 0, 1
    value.gridStrokeColor, value.gridStrokeWidth = LINE, 0.4
    return is_tilted


def _style_bars(chart, series, months):
    slot = chart.width / max(1, months)
    chart.barSpacing = 1
    chart.barWidth = min(16, slot * BARS_SHARE / max(1, len(series)))
    chart.groupSpacing = max(1, slot - len(series) * (chart.barWidth + 1))
    chart.useAbsolute = 1
    for number, line in enumerate(series):
        chart.bars[number].fillColor = globals()[line.color]
        chart.bars[number].strokeColor = None


def _add_legend(drawing, series, font):
    left = 0
    for line in series:
        drawing.add(Rect(left, 3, 7, 7, fillColor=globals()[line.color], strokeColor=None))
        style = {"fontName": font, "fontSize": 7.5, "fillColor": INK}
        drawing.add(String(left + 10, 4, line.label, **style))
        left += 24 + stringWidth(line.label, font, 7.5)
