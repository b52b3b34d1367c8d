# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Deal things to people in turn, each thing only to somebody who may have it."""

from collections.abc import Collection, Hashable, Iterable, Sequence


def take_turns(
    things: Iterable[Hashable],
    people: Sequence[Hashable],
    allowed: dict[Hashable, Collection[Hashable]],
) -> dict[Hashable, Hashable | None]:
    """Give each thing to the next person in the turn who may have it.

    Whoever may not is passed over for this thing only, and comes first for the next one that they
    may have. Deterministic: same input, same output.

    :param things: in the order in which they are dealt
    :param people: in the order of the turn; may be empty
    :param allowed: person -> things that they may have
    :return: thing -> person, None where nobody may have it

    >>> take_turns("abcd", ["Ann", "Bob"], {"Ann": "abcd", "Bob": "abcd"})
    {'a': 'Ann', 'b': 'Bob', 'c': 'Ann', 'd': 'Bob'}
    >>> take_turns("abcd", ["Ann", "Bob"], {"Ann": "abd", "Bob": "a"})
    {'a': 'Ann', 'b': 'Ann', 'c': None, 'd': 'Ann'}
    """
    turn = list(people)
    dealt = {}
    for thing in things:
        person = next((person for person in turn if thing in allowed[person]), None)
        dealt[thing] = person
        if person is not None:
            turn.remove(person)
            turn.append(person)
    return dealt
