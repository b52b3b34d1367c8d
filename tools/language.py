# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Which of several languages suits somebody best."""

from __future__ import annotations

from collections.abc import Iterable


def choose_language(
    wanted: str | None, available: Iterable[str], main: str | None = None
) -> str | None:
    """Choose the language itself, else one of the same family.

    :param wanted: code such as ``fr_BE``; empty = not known
    :param available: codes of the translations
    :param main: code of the main text, which suits its family better than a translation does;
        empty = not known
    :return: translation; None = none of them, but the main text

    >>> choose_language("fr_BE", ["de_DE", "fr_FR"])
    'fr_FR'
    >>> choose_language("fr_BE", ["fr_BE", "fr_FR"])
    'fr_BE'
    >>> choose_language("it_IT", ["de_DE", "fr_FR"]) is None
    True
    >>> choose_language("fr_FR", ["fr_CA"], main="fr_FR") is None
    True
    """
    codes = sorted(available)
    if not wanted or wanted in codes:
        return wanted or None
    family = get_family(wanted)
    if main and get_family(main) == family:
        return None
    return next((code for code in codes if get_family(code) == family), None)


def get_family(code: str) -> str:
    """Return a language without its country and script.

    >>> get_family("sr@latin"), get_family("pt_BR")
    ('sr', 'pt')
    """
    return code.partition("@")[0].partition("_")[0]
