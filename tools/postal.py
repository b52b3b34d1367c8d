# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Postal addresses in the form that sorting machines read, and where envelopes show them.

Source: French standard NF Z 10-011 (lines 4 to 6 in capitals, without accents nor punctuation) and
the window of a DL envelope (220 x 110 mm) for a sheet of A4 folded in three.
"""

import unicodedata
from dataclasses import dataclass

# Letters that are written with two.
SPELLED_OUT = {"Œ": "OE", "œ": "OE", "Æ": "AE", "æ": "AE", "ß": "SS"}
# Letters that are no other letter with an accent, although they look so.
STROKED = {"Ø": "O", "ø": "O", "Đ": "D", "đ": "D", "Ł": "L", "ł": "L", "Ħ": "H", "ħ": "H"}
# What separates words and nothing else. A hyphen, a slash or digits may tell two addresses apart.
PUNCTUATION = "\xa0\u202f.,;:'’‘`´\"“”«»()"


def _list_accents() -> tuple[str, str]:
    """List the accented Latin letters, capitals and small ones, beside their bare capital."""
    accented, bare = list(STROKED), list(STROKED.values())
    for code in (*range(0xC0, 0x180), 0x218, 0x219, 0x21A, 0x21B):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            accented.append(chr(code))
            bare.append(base.upper())
    return "".join(accented), "".join(bare)


# Same letters at the same place, as the SQL function ``translate`` wants them.
ACCENTED, BARE = _list_accents()
_TABLE = str.maketrans(ACCENTED + PUNCTUATION, BARE + " " * len(PUNCTUATION))


def normalise(text: str) -> str:
    """Return one line of an address in capitals, without accents, punctuation nor double spaces.

    ``crm.campaign.channel.post._normalise_sql`` says the same in SQL.

    >>> normalise("12, rue de l'Église ")
    '12 RUE DE L EGLISE'
    >>> normalise("Saint-Étienne  CEDEX")
    'SAINT-ETIENNE CEDEX'
    >>> normalise("Œuilly")
    'OEUILLY'
    >>> normalise("")
    ''
    """
    for letter, spelling in SPELLED_OUT.items():
        text = text.replace(letter, spelling)
    return " ".join(text.translate(_TABLE).upper().split())


@dataclass(frozen=True)
class Zone:
    """A rectangle on a page: distances in millimetres from its top left corner."""

    left: float
    top: float
    width: float
    height: float


def get_window_zone() -> Zone:
    """Give what a DL window shows of the sheet wherever the sheet has slipped.

    Envelope 220 x 110 mm, window 100 x 45 mm, 20 mm from its right and lower edges (NF Z 10-011).
    The folded sheet is 210 x 99 mm, so it slips by up to 10 mm sideways and 11 mm up and down.

    >>> get_window_zone()
    Zone(left=100, top=45, width=90, height=34)
    """
    left, top = 220 - 20 - 100, 110 - 20 - 45
    right, bottom = left + 100, top + 45
    slip_x, slip_y = 220 - 210, 110 - 99
    return Zone(left, top, right - slip_x - left, bottom - slip_y - top)
