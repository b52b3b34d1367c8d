# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""How many characters and parts a text message takes.

Alphabets and sizes: 3GPP TS 23.038 (GSM 7 bit default alphabet, 6.2.1, and its extension table,
6.2.1.1; UCS2, 6.2.3) in the 140 octets of one message; parts of a long one lose the 6 octets of
the concatenation header (3GPP TS 23.040, 9.2.3.24.1). A character of two units, be it an
extended one or a surrogate pair, is never split between two parts.

``static/src/sms_text_field/sms_parts.js`` does the same; one table proves both.
"""

import re
from typing import NamedTuple

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of them is written as an escape and another character: two septets.
GSM_EXTENDED = "\f^{}\\[~]|€"
GSM7, UCS2 = "GSM-7", "UCS-2"
# Units of a message on its own, and of each part of a longer one.
SIZES = {GSM7: (160, 153), UCS2: (70, 67)}
# As the host reads them (odoo/tools/rendering_tools.py).
PLACEHOLDER = re.compile(r"\{\{(.+?)(?:\|\|\|\s*(.*?))?\}\}")

_GSM_UNITS = {**dict.fromkeys(GSM_BASIC, 1), **dict.fromkeys(GSM_EXTENDED, 2)}


class SmsCount(NamedTuple):
    """``characters`` as people count them, ``units`` as the network does (septets or UTF-16)."""

    encoding: str
    characters: int
    units: int
    parts: int


class Worst(NamedTuple):
    """The longest value of a merge field, in units, and whether some value needs UCS-2."""

    length: int
    unicode: bool


def count_sms(text: str) -> SmsCount:
    """Count what a text takes.

    >>> count_sms("Soldes: 5 €")
    SmsCount(encoding='GSM-7', characters=11, units=12, parts=1)
    >>> count_sms("Hé, Loïc")
    SmsCount(encoding='UCS-2', characters=8, units=8, parts=1)
    >>> count_sms("x" * 161).parts, count_sms("").parts
    (2, 0)
    """
    encoding = GSM7 if is_gsm7(text) else UCS2
    sizes = [_measure(character, encoding) for character in text]
    return SmsCount(encoding, len(text), sum(sizes), _count_parts(sizes, *SIZES[encoding]))


def is_gsm7(text: str) -> bool:
    """Tell whether a text can be written with the GSM 7 bit alphabet.

    >>> is_gsm7("à é ù Ç"), is_gsm7("ç"), is_gsm7("’")
    (True, False, False)
    """
    return all(character in _GSM_UNITS for character in text)


def _measure(character, encoding):
    if encoding == GSM7:
        return _GSM_UNITS[character]
    return 2 if ord(character) > 0xFFFF else 1


def _count_parts(sizes, alone, chained):
    """Pack characters into parts, in order."""
    if sum(sizes) <= alone:
        return int(bool(sizes))
    parts, room = 1, chained
    for size in sizes:
        if size > room:
            parts, room = parts + 1, chained
        room -= size
    return parts


def fill_shortest(text: str) -> str:
    """Put the fallback of each merge field in its place; nothing where there is none.

    >>> fill_shortest("Hi {{ object.name ||| friend }}, {{ object.city }}!")
    'Hi friend, !'
    """
    return PLACEHOLDER.sub(lambda match: (match[2] or "").rstrip(), text)


def fill_longest(text: str, worsts: dict[str, Worst]) -> str:
    """Put the worst that can come in the place of each merge field.

    :param worsts: expression -> its longest value; an expression that is missing counts as its
        fallback

    >>> fill_longest("Hi {{ object.name ||| friend }}!", {"object.name": Worst(9, False)})
    'Hi xxxxxxxxx!'
    >>> fill_longest("{{ object.name ||| friend }}", {"object.name": Worst(2, True)})
    'ïïïïïï'
    """
    return PLACEHOLDER.sub(
        lambda match: _stand_in(worsts.get(match[1].strip(), Worst(0, False)), match[2] or ""),
        text,
    )


def _stand_in(worst, fallback):
    count = count_sms(fallback.rstrip())
    length = max(worst.length, count.units)
    return ("ï" if worst.unicode or count.encoding == UCS2 else "x") * length
