# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Answers to the questions of a call script: how they are read, and of which type they are.

Values: text ``str``, number ``float`` or ``int``, date ``date`` (no ``datetime``), yes/no ``bool``,
choice ``str``; empty = None, or for texts nothing but spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from math import inf

from .postal import SPELLED_OUT, STROKED

Answer = str | float | date | bool | None

TYPES = ("text", "number", "date", "yes_no", "choice")
#: More digits than this are not sure to come back from a floating-point number.
MAX_DIGITS = 15

_APOSTROPHES = dict.fromkeys("’‘ʼ′´`", "'")
_LETTERS = str.maketrans({**SPELLED_OUT, **STROKED, "ı": "i", **_APOSTROPHES})
_ACCENTS = re.compile("[\u0300-\u036f]")
_NUMBER = re.compile(r"([+-]?) ?([0-9]{1,3}(?: [0-9]{3})+|[0-9]*)(?:[.,]([0-9]+))?")


# === READING === #
def parse_answer(
    answer_type: str,
    text: str | bool | None,
    choices: Sequence[str] = (),
    date_format: str = "%d/%m/%Y",
) -> Answer:
    """Read an answer as it was typed.

    Numbers: a comma or a dot before the decimals, spaces between groups of three digits or none.
    Dates: year-month-day, or the format given. Choices: their name, whatever its case and accents.
    Texts are kept as they are, without the spaces around them.

    :param text: for yes/no a boolean; None or blank = empty
    :param date_format: as ``strptime`` reads it
    :return: None = empty
    :raise ValueError: ``unknown type``, ``not a text``, ``not a number``, ``too many digits``,
        ``not a date``, ``not yes or no``, ``not a choice``

    >>> parse_answer("number", "-1 234,50"), parse_answer("number", "12.5")
    (-1234.5, 12.5)
    >>> parse_answer("date", "03/07/2026") == parse_answer("date", "2026-07-03")
    True
    >>> parse_answer("choice", "tres interesse", ("Très intéressé", "Pas intéressé"))
    'Très intéressé'
    >>> parse_answer("text", "  ") is None
    True
    """
    if answer_type not in TYPES:
        raise ValueError("unknown type")
    if answer_type == "yes_no":
        if text is not None and not isinstance(text, bool):
            raise ValueError("not yes or no")
        return text
    if text is not None and not isinstance(text, str):
        raise ValueError("not a text")
    text = (text or "").strip()
    if not text:
        return None
    if answer_type == "number":
        return _read_number(text)
    if answer_type == "date":
        return _read_date(text, date_format)
    return _read_choice(text, choices) if answer_type == "choice" else text


def _read_number(text: str) -> float:
    found = _NUMBER.fullmatch(" ".join(text.replace("−", "-").split()))
    sign, whole, decimals = found.groups("") if found else ("", "", "")
    digits = (whole + decimals).replace(" ", "")
    if not digits:
        raise ValueError("not a number")
    if len(digits.lstrip("0")) > MAX_DIGITS:
        raise ValueError("too many digits")
    # There is but one zero: minus nothing is nothing.
    return float(f"{sign}{whole.replace(' ', '')}.{decimals}") + 0.0


def _read_date(text: str, date_format: str) -> date:
    for known in ("%Y-%m-%d", date_format):
        with suppress(ValueError):
            return datetime.strptime(text, known).date()
    raise ValueError("not a date")


def _read_choice(text: str, choices: Sequence[str]) -> str:
    """Give the choice of a name, or the only one that reads like it."""
    if text in choices:
        return text
    alike = [choice for choice in choices if fold(choice) == fold(text)]
    if len(alike) != 1:
        raise ValueError("not a choice")
    return alike[0]


def fold(text: str) -> str:
    """Give what counts in a text: neither letter case, nor accents, nor the number of spaces.

    Letters written in one count as two (œ, ß, ligatures), and apostrophes are all alike.

    >>> fold("  L’Été\\u00a0 prochain "), fold("CŒUR"), fold("Straße"), fold("ﬁn")
    ("l'ete prochain", 'coeur', 'strasse', 'fin')
    """
    # Before: an acute on its own would become a space. After: letters may have lost an accent.
    parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    bare = _ACCENTS.sub("", parts).translate(_LETTERS).casefold()
    # Other scripts than the European ones keep their marks, at their place.
    return " ".join(unicodedata.normalize("NFC", bare).split())


# === CHECKS === #
def check_answer(answer_type: str, value: Answer, choices: Sequence[str] = ()) -> None:
    """Check that an answer is of the type that its question asks for; empty ones always are.

    :raise ValueError: ``unknown type``, ``wrong type`` or ``not a choice``

    >>> check_answer("number", "12")
    Traceback (most recent call last):
    ValueError: wrong type
    """
    if answer_type not in TYPES:
        raise ValueError("unknown type")
    if value is None:
        return
    if not is_typed(answer_type, value):
        raise ValueError("wrong type")
    if answer_type == "choice" and value not in choices:
        raise ValueError("not a choice")


def is_typed(answer_type: str, value: Answer) -> bool:
    """Tell whether a value that is not empty is of a type; whatever text is a choice.

    >>> is_typed("number", 12), is_typed("number", True), is_typed("number", inf)
    (True, False, False)
    """
    if answer_type == "number":
        # Booleans are integers to Python.
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < inf
    if answer_type == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, bool if answer_type == "yes_no" else str)
