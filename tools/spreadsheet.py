# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What a spreadsheet must not take for a formula."""

# OWASP, "CSV Injection": characters with which a cell becomes a formula in some spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(text: str) -> str:
    """Return a cell's text such that no spreadsheet runs it: an apostrophe goes in front.

    >>> neutralise("=HYPERLINK(A1)")
    "'=HYPERLINK(A1)"
    >>> neutralise("Zoé")
    'Zoé'
    >>> neutralise("")
    ''
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
