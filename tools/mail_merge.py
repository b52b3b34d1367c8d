# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Texts with slots: worked out once with placeholders, then filled for each recipient.

The placeholders are letters and digits around a secret of the moment, so that they go unharmed
through whatever reads and rewrites the text (HTML parsers, addresses in attributes), and no value
can be taken for one: values are only put in after the text was cut.
"""

import re
from collections.abc import Mapping


class Slots:
    """The placeholders of one piece of work.

    :param str secret: letters and digits that occur nowhere else

    >>> slots = Slots("s3cret")
    >>> mould = slots.cut(f"Dear {slots['name']}, {slots['name']}{slots['city']}.")
    >>> sorted(mould.names)
    ['city', 'name']
    >>> mould.fill({"name": "Zoé", "city": "Rennes"})
    'Dear Zoé, ZoéRennes.'
    """

    def __init__(self, secret: str):
        self.secret = secret

    def __getitem__(self, name: str) -> str:
        """Give the placeholder of a name (letters, digits and underscores)."""
        return f"{self.secret}{name}{self.secret}"

    def cut(self, text: str) -> "Mould":
        """Cut a text at its placeholders."""
        return Mould(re.split(rf"{self.secret}(\w+?){self.secret}", str(text)))


class Mould:
    """A text cut at its placeholders.

    :param list[str] pieces: literal, name, literal, …, literal
    """

    def __init__(self, pieces: list[str]):
        self._pieces = pieces
        self._names = pieces[1::2]
        self.names = frozenset(self._names)

    def fill(self, values: Mapping[str, str]) -> str:
        """Put values in.

        :param values: name -> text, for all ``names`` at least
        """
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in self._names]
        return "".join(pieces)
