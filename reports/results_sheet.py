# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What the printed report of a campaign is made of: texts and numbers, no record, no layout."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass

from ..tools.letter_text import Paragraph
from .results_charts import Bar, Series


@dataclass(frozen=True)
class Figure:
    """A number with its name; ``is_alert`` prints it in red."""

    label: str
    value: str
    is_alert: bool = False


@dataclass(frozen=True)
class Figures:
    """Boxes of figures, ``columns`` in a line."""

    figures: Sequence[Figure]
    columns: int = 4


@dataclass(frozen=True)
class Text:
    """Paragraphs of plain text, a line each."""

    text: str


@dataclass(frozen=True)
class RichText:
    """Paragraphs with bold and italic letters, lists and headings."""

    paragraphs: Sequence[Paragraph]


@dataclass(frozen=True)
class Funnel:
    """Steps with their notes; ``headings`` names the columns of notes."""

    bars: Sequence[Bar]
    headings: Sequence[str]


@dataclass(frozen=True)
class Bars:
    """Quantities to compare."""

    bars: Sequence[Bar]


@dataclass(frozen=True)
class Months:
    """One chart of months; ``format_value`` writes the values of its axis."""

    title: str
    series: Sequence[Series]
    format_value: Callable[[float], str]


@dataclass(frozen=True)
class Charts:
    """Charts of the same months, side by side."""

    labels: Sequence[str]
    charts: Sequence[Months]


@dataclass(frozen=True)
class Grid:
    """A table; the first ``texts`` columns are texts, the others numbers.

    A cell is a text, or a pair of a text and what is said below it in grey. ``widths`` are shares.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str | tuple[str, str]]]
    widths: Sequence[float]
    total: Sequence[str] = ()
    texts: int = 1


@dataclass(frozen=True)
class Section:
    """A part of a sheet with its heading. Empty parts are left out by whoever makes the sheet."""

    title: str
    body: object
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """The report of one campaign; ``facts`` are pairs of a name and a text."""

    title: str
    kind: str
    company: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    logo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Footer:
    """The bottom of each page. ``page`` takes the number of a page and of all."""

    printed: str
    format_page: Callable[[int, int], str]


def find_texts(value) -> Iterator[str]:
    """Give every text in a structure of this module, to choose a font that has them all."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for part in fields(value):
            yield from find_texts(getattr(value, part.name))
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from find_texts(part)
