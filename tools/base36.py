# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Numbers in digits and small letters; ``int(text, 36)`` reads them."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def to_base36(number: int) -> str:
    """Write a number that is not negative in base 36.

    >>> to_base36(0), to_base36(35), to_base36(1_000_000)
    ('0', 'z', 'lfls')
    >>> int("lfls", 36)
    1000000
    """
    if number < 0:
        raise ValueError(number)
    text = ""
    while number or not text:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text
