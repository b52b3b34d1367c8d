# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Call scripts: which question follows an answer.

A script is a set of numbered questions, one of which is the start. An answer has a type, and the
paths of a question lead on from it:

* text: starts with, contains, ends with one of ten words or phrases at most;
* number: greater than, from, less than, up to, between;
* date: between, before, after;
* yes/no: yes, no;
* choice: is one of some of the choices;
* all but yes/no: other; all: next and quit.

Between, before and after exclude their bounds. Words are looked for anywhere, not only as whole
words: "appel" is in "rappeler". Letter case, accents and the number of spaces do not count.

Rule: the paths with a condition are tried in their order, then other, then next and quit; the first
that holds is taken. Where none does the script ends and says so, which is not the same as quitting.

An empty answer meets no condition. Other takes it, since other is what is left where no condition
holds, and so do next and quit; a question that has none of the three needs an answer
(:func:`needs_answer`), and an empty one ends the script as one for which nothing is foreseen.

Guarantees:

* every answer of the right type has exactly one outcome;
* a path that is badly made (:func:`find_fault`) never holds, so that a script can be tried while it
  is designed;
* nothing is kept between two calls: the same answers give the same way.

Values are those of ``script_answer``.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from math import inf
from typing import NamedTuple

from .script_answer import Answer, check_answer, fold, is_typed

MAX_WORDS = 10
#: Kinds of paths without a condition, and when they are tried: those with one come first.
DEFAULTS = {"other": 1, "next": 2, "quit": 2}
#: Kinds of paths that each type of answer allows.
KINDS = {
    "text": ("next", "quit", "starts_with", "contains", "ends_with", "other"),
    "number": ("next", "quit", "gt", "ge", "lt", "le", "between", "other"),
    "date": ("next", "quit", "between", "before", "after", "other"),
    "yes_no": ("next", "quit", "yes", "no"),
    "choice": ("next", "quit", "one_of", "other"),
}
#: Kinds that have bounds: where a span starts at the low one and ends at the high one, 0 = just
#: before the value, 1 = just after it, None = there is no such bound.
SIDES = {
    "gt": (1, None),
    "ge": (0, None),
    "lt": (None, 0),
    "le": (None, 1),
    "between": (1, 0),
    "after": (1, None),
    "before": (None, 0),
}


class Path(NamedTuple):
    """A way on from a question.

    :param kind: one of ``KINDS``
    :param target: key of the question it leads to, None = the end; of no effect where the kind is
        ``"quit"``
    :param words: of a text, words or phrases, of which blank ones do not count; of a choice, some
        of the names of its question
    :param low: bound of ``gt``, ``ge``, ``after``, and the first one of ``between``
    :param high: bound of ``lt``, ``le``, ``before``, and the second one of ``between``
    """

    kind: str
    target: Hashable = None
    words: tuple[str, ...] = ()
    low: float | date | None = None
    high: float | date | None = None


class Question(NamedTuple):
    """A question of a script.

    :param key: what names it, anything but None
    :param number: as people see it; it orders what is listed and drawn, nothing else
    :param type: type of the answer, one of ``KINDS``
    :param paths: in their order
    :param choices: names that an answer of type ``"choice"`` is one of
    """

    key: Hashable
    number: int
    type: str
    paths: tuple[Path, ...] = ()
    choices: tuple[str, ...] = ()


class Script(NamedTuple):
    """Questions in any order, no two with the same key.

    :param start: key of the first one asked; None = none yet
    """

    start: Hashable
    questions: tuple[Question, ...] = ()


class Step(NamedTuple):
    """Where an answer leads.

    :param outcome: ``"question"``, ``"quit"`` (the end, as foreseen) or ``"no_match"`` (the end,
        since no path holds)
    :param question: key of the question that follows; None = there is none
    :param path: index of the path taken, among those of the question; None = none
    """

    outcome: str
    question: Hashable = None
    path: int | None = None


class Span(NamedTuple):
    """Values in a row, between two cuts.

    A cut is a pair: a value, and 0 for just before it or 1 for just after it. Cuts are in order as
    pairs are; a value is in the span where ``start <= (value, 0) < end``. Days stand as ordinals
    and are cut before them only, since nothing lies between a day and the next. Yes and no stand
    as 1 and 0, choices as their rank.
    """

    start: tuple[float, int]
    end: tuple[float, int]


# === THE WAY THROUGH === #
def next_step(script: Script, key: Hashable, value: Answer) -> Step:
    """Say where an answer to a question leads.

    :param key: of the question
    :raise ValueError: ``unknown question`` (the one asked or the one it leads to), or as
        :func:`script_answer.check_answer` says

    >>> age = Question(1, 1, "number", (Path("gt", 2, low=10), Path("ge", 3, low=10)))
    >>> script = Script(1, (age, Question(2, 2, "text"), Question(3, 3, "text")))
    >>> next_step(script, 1, 10)
    Step(outcome='question', question=3, path=1)
    >>> next_step(script, 1, 9.5)
    Step(outcome='no_match', question=None, path=None)
    """
    question = get_question(script, key)
    check_answer(question.type, value, question.choices)
    for index in order_paths(question):
        if _holds(question, question.paths[index], value):
            target = get_target(question.paths[index])
            if target is None:
                return Step("quit", path=index)
            return Step("question", get_question(script, target).key, index)
    return Step("no_match")


def walk(script: Script, answers: Sequence[Answer]) -> list[Step]:
    """Give the way through a script: its start, then where each answer leads.

    The last step says where one stands. Forwards is one answer more, and back is the same list
    without its last answer: there is nothing else to undo. To change an earlier answer, drop those
    that follow it, which may be about other questions.

    :param answers: in the order of the questions that they bring up, one for each time a question
        comes up
    :return: one step more than answers
    :raise ValueError: ``no start``, ``over`` (more answers than questions), or as
        :func:`next_step` says

    >>> script = Script(1, (Question(1, 1, "yes_no", (Path("yes", 1), Path("no"))),))
    >>> [step.outcome for step in walk(script, [True, True, False])]
    ['question', 'question', 'question', 'quit']
    """
    if script.start is None:
        raise ValueError("no start")
    steps = [Step("question", get_question(script, script.start).key)]
    for value in answers:
        if steps[-1].question is None:
            raise ValueError("over")
        steps.append(next_step(script, steps[-1].question, value))
    return steps


def needs_answer(question: Question) -> bool:
    """Tell whether an empty answer leads nowhere, so that one had better ask for another.

    >>> needs_answer(Question(1, 1, "yes_no", (Path("yes", 2), Path("no", 3))))
    True
    >>> needs_answer(Question(1, 1, "yes_no", (Path("yes", 2), Path("next", 3))))
    False
    """
    return all(question.paths[index].kind not in DEFAULTS for index in order_paths(question))


def get_question(script: Script, key: Hashable) -> Question:
    """Give the question that has a key.

    :raise ValueError: ``unknown question``
    """
    for question in script.questions:
        if question.key == key:
            return question
    raise ValueError("unknown question")


def get_target(path: Path) -> Hashable:
    """Give the key of the question that a path leads to, None = the end."""
    return None if path.kind == "quit" else path.target


def order_paths(question: Question) -> list[int]:
    """Give the indexes of the paths in the order in which they are tried, without bad ones.

    >>> order_paths(Question(1, 1, "yes_no", (Path("next", 2), Path("gt", 3), Path("no"))))
    [2, 0]
    """
    sound = [index for index, path in enumerate(question.paths) if not find_fault(question, path)]
    return sorted(sound, key=lambda index: DEFAULTS.get(question.paths[index].kind, 0))


# === CONDITIONS === #
def find_fault(question: Question, path: Path) -> str:
    """Say what is wrong with the kind or the condition of a path.

    :return: "" = nothing, ``wrong_kind`` (the type of the answer does not allow it), ``no_words``,
        ``too_many_words``, ``unknown_choice``, ``no_bound``, ``wrong_bound`` (of another type) or
        ``empty_interval`` (no value lies between the bounds)

    >>> find_fault(Question(1, 1, "number"), Path("between", 2, low=5, high=5))
    'empty_interval'
    >>> find_fault(Question(1, 1, "number"), Path("between", 2, low=5, high=6))
    ''
    """
    if path.kind not in KINDS.get(question.type, ()):
        return "wrong_kind"
    if path.kind in SIDES:
        return _find_bound_fault(question, path)
    if path.kind in ("starts_with", "contains", "ends_with", "one_of"):
        return _find_word_fault(question, path)
    return ""


def _find_bound_fault(question: Question, path: Path) -> str:
    bounds = zip((path.low, path.high), SIDES[path.kind], strict=True)
    wanted = [bound for bound, side in bounds if side is not None]
    if None in wanted:
        return "no_bound"
    if not all(is_typed(question.type, bound) for bound in wanted):
        return "wrong_bound"
    span = _get_span(question, path)
    return "" if span.start < span.end else "empty_interval"


def _find_word_fault(question: Question, path: Path) -> str:
    if question.type == "choice" and path.words:
        return "" if set(path.words) <= set(question.choices) else "unknown_choice"
    words = get_words(path)
    if not words:
        return "no_words"
    return "too_many_words" if len(words) > MAX_WORDS else ""


def _holds(question: Question, path: Path, value: Answer) -> bool:
    """Tell whether a path without a fault may be taken with an answer of the right type."""
    if path.kind in DEFAULTS:
        return True
    if value is None:
        return False
    if question.type == "text":
        return _matches(path, fold(value))
    position = _get_position(question, value), 0
    return any(span.start <= position < span.end for span in get_spans(question, path))


def _matches(path: Path, text: str) -> bool:
    if path.kind == "contains":
        return any(word in text for word in get_words(path))
    test = text.startswith if path.kind == "starts_with" else text.endswith
    return test(tuple(get_words(path)))


def get_words(path: Path) -> list[str]:
    """Give the words of a path as they are compared, without blank ones.

    >>> get_words(Path("contains", 2, ("Été ", " ")))
    ['ete']
    """
    return [word for word in map(fold, path.words) if word]


# === VALUES ON A LINE === #
def get_line(question: Question) -> Span:
    """Give all values that an answer may have, but for texts, which are on no line."""
    if question.type == "number":
        return Span((-inf, 0), (inf, 0))
    if question.type == "date":
        return Span((date.min.toordinal(), 0), (date.max.toordinal() + 1, 0))
    return Span((0, 0), (len(_rank(question)), 0))


def get_spans(question: Question, path: Path) -> list[Span]:
    """Give the values with which a path with a condition holds, but for texts.

    :param path: one without a fault

    >>> get_spans(Question(1, 1, "number"), Path("ge", 2, low=10))
    [Span(start=(10, 0), end=(inf, 0))]
    >>> get_spans(Question(1, 1, "choice", choices=("a", "b")), Path("one_of", 2, ("b",)))
    [Span(start=(1, 0), end=(2, 0))]
    """
    if path.kind in SIDES:
        return [_get_span(question, path)]
    names = path.words if path.kind == "one_of" else [path.kind == "yes"]
    ranks = [_get_position(question, name) for name in names]
    return [Span((rank, 0), (rank + 1, 0)) for rank in ranks]


def _get_span(question: Question, path: Path) -> Span:
    """Give the values within bounds; where there are none, it ends where it starts, or before."""
    start, end = get_line(question)
    low_side, high_side = SIDES[path.kind]
    if low_side is not None:
        start = _cut(question, path.low, low_side)
    if high_side is not None:
        end = _cut(question, path.high, high_side)
    return Span(start, end)


def _cut(question: Question, value: float | date, side: int) -> tuple[float, int]:
    position = _get_position(question, value)
    # What is just after a day is just before the next.
    return (position + side, 0) if question.type == "date" else (position, side)


def _get_position(question: Question, value: Answer) -> float:
    if question.type == "number":
        return value
    return value.toordinal() if question.type == "date" else _rank(question)[value]


def _rank(question: Question) -> dict[str | bool, int]:
    names = (False, True) if question.type == "yes_no" else question.choices
    return {name: rank for rank, name in enumerate(dict.fromkeys(names))}
