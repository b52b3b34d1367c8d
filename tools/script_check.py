# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What is wrong with a call script while it is designed, and where its questions are drawn.

Problems of the whole script:

* ``no_start``; ``unknown_start``: no question has its key.

Problems of a question:

* ``unknown_type``: its answer has none that is known;
* ``no_choices``: its answer is one of none;
* ``unreachable``: no way from the start leads there;
* ``dead_end``: no answer leads anywhere, not even to the end;
* ``incomplete``: some answers lead nowhere, others do;
* ``no_exit``: it belongs to a loop that nothing leads out of.

Problems of a path:

* what :func:`script_path.find_fault` says;
* ``unknown_target``: no question has the key of the one it leads to;
* ``several_defaults``: there is a next or quit before it already;
* ``never_taken``: whatever the answer, a path that is tried earlier holds.

Guarantees, proven on grids of answers:

* ``dead_end``, ``incomplete`` and ``never_taken`` are exact: they are said where they are true, and
  nowhere else. Numbers stand on a line without gaps, days one after the other, and a text may hold
  characters that are in no word;
* a path that is badly made leads nowhere, and one that is never taken neither: questions behind
  them are unreachable, and they lead out of no loop;
* nothing depends on the order of the questions, where their numbers differ; problems come by
  number of the question, then by path, those of the whole script and of a whole question first.

An empty answer is not counted as one that leads nowhere: ``script_path.needs_answer`` tells where
one must be given. Yet it counts for other, next and quit, which may be taken with nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from .script_path import (
    DEFAULTS,
    KINDS,
    Path,
    Question,
    Script,
    Span,
    find_fault,
    get_line,
    get_spans,
    get_target,
    get_words,
    order_paths,
)

#: Problems with which a script runs all the same: its caller may be left without a question, or a
#: path is of no use.
WARNINGS = frozenset({"incomplete", "never_taken"})

# Who goes from a question to where: keys of questions, None = the end.
Graph = dict[Hashable, set]


class Problem(NamedTuple):
    """Something wrong with a script.

    :param code: what, one of those listed above
    :param question: key of the question; None = the whole script
    :param path: index among the paths of the question; None = the whole question
    """

    code: str
    question: Hashable = None
    path: int | None = None


class Study(NamedTuple):
    """What the answers to a question do.

    :param taken: indexes of the paths that some answer takes, an empty one included
    :param complete: every answer takes one, an empty one excepted
    """

    taken: frozenset[int]
    complete: bool


class Node(NamedTuple):
    """Where a question is drawn: its level, from 0 at the start, and its rank there, from 0."""

    question: Hashable
    level: int
    rank: int


class Edge(NamedTuple):
    """A path to draw, by its index among those of the question ``source``.

    :param target: key of the question it leads to; None = the end
    """

    source: Hashable
    target: Hashable
    path: int


class Layout(NamedTuple):
    """A drawing: nodes by level and rank, edges by number of the question, then by path."""

    nodes: list[Node]
    edges: list[Edge]


# === PROBLEMS === #
def find_problems(script: Script) -> list[Problem]:
    """List what is wrong with a script, in the order of its questions.

    Without a start, nothing is said to be unreachable or without exit.

    >>> age = Question("age", 1, "number", (Path("lt", "ask", high=18), Path("gt", low=18)))
    >>> ask = Question("ask", 2, "yes_no", (Path("next", "ask"), Path("quit")))
    >>> for problem in find_problems(Script("age", (ask, age))):
    ...     print(*problem)
    incomplete age None
    no_exit ask None
    several_defaults ask 1
    """
    questions = _sort(script)
    studies = {question.key: study(question) for question in questions}
    ways = {question.key: _list_targets(question, studies[question.key]) for question in questions}
    lost, trapped = _find_lost(script, ways), _find_trapped(script, ways)
    problems = _check_start(script, ways)
    for question in questions:
        codes = [*_check_question(question, studies[question.key])]
        codes += ["unreachable"] if question.key in lost else []
        codes += ["no_exit"] if question.key in trapped else []
        problems += [Problem(code, question.key) for code in codes]
        problems += _check_paths(question, ways, studies[question.key])
    return problems


def _sort(script: Script) -> list[Question]:
    return sorted(script.questions, key=lambda question: question.number)


def _check_start(script: Script, ways: Graph) -> list[Problem]:
    if script.start is None:
        return [Problem("no_start")]
    return [] if script.start in ways else [Problem("unknown_start")]


def _check_question(question: Question, found: Study) -> Iterator[str]:
    """Give the codes of what is wrong with a question on its own."""
    if question.type not in KINDS:
        yield "unknown_type"
        return
    if question.type == "choice" and not question.choices:
        yield "no_choices"
    if not found.taken:
        yield "dead_end"
    elif not found.complete:
        yield "incomplete"


def _check_paths(question: Question, ways: Graph, found: Study) -> list[Problem]:
    problems, has_default = [], False
    for index, path in enumerate(question.paths):
        target, is_default = get_target(path), path.kind in ("next", "quit")
        codes = [find_fault(question, path)]
        if target is not None and target not in ways:
            codes.append("unknown_target")
        if is_default and has_default:
            codes.append("several_defaults")
        elif not codes[0] and index not in found.taken:
            codes.append("never_taken")
        has_default = has_default or is_default
        problems += [Problem(code, question.key, index) for code in codes if code]
    return problems


# === ANSWERS === #
def study(question: Question) -> Study:
    """Say which paths of a question may be taken, and whether every answer takes one.

    >>> sign = Question(1, 1, "number", (Path("ge", 2, low=0), Path("gt", 3, low=5), Path("other")))
    >>> sorted(study(sign).taken), study(sign).complete
    ([0, 2], True)
    """
    order = order_paths(question)
    conditions = [index for index in order if question.paths[index].kind not in DEFAULTS]
    # Whatever other, next or quit comes first takes an empty answer, and leaves nothing.
    defaults = order[len(conditions) :][:1]
    find = _study_texts if question.type == "text" else _study_line
    taken, complete = find(question, conditions)
    return Study(frozenset(taken + defaults), complete or bool(defaults))


def _study_texts(question: Question, conditions: list[int]) -> tuple[list[int], bool]:
    """Study texts: one that holds no word of any path always exists."""
    taken, earlier = [], []
    for index in conditions:
        path = question.paths[index]
        if not _is_covered(path, earlier):
            taken.append(index)
        earlier.append(path)
    return taken, False


def _is_covered(path: Path, earlier: list[Path]) -> bool:
    """Tell whether every text that a path matches is matched by an earlier one."""
    known = [(one.kind, word) for one in earlier for word in get_words(one)]
    return all(any(_covers(*one, path.kind, word) for one in known) for word in get_words(path))


def _covers(kind: str, word: str, covered_kind: str, covered_word: str) -> bool:
    """Tell whether every text that one word matches is matched by another word.

    Among those texts is the word amid characters that are in no other one.

    >>> _covers("contains", "day", "ends_with", "monday")
    True
    >>> _covers("starts_with", "mon", "contains", "monday")
    False
    """
    if kind == "contains":
        return word in covered_word
    if kind != covered_kind:
        return False
    test = covered_word.startswith if kind == "starts_with" else covered_word.endswith
    return test(word)


def _study_line(question: Question, conditions: list[int]) -> tuple[list[int], bool]:
    """Study answers on a line: each path takes its part of what the earlier ones have left."""
    taken, left = [], _keep_some([get_line(question)])
    for index in conditions:
        spans = get_spans(question, question.paths[index])
        rest = left
        for span in spans:
            rest = _cut_out(rest, span)
        if rest != left:
            taken.append(index)
        left = rest
    return taken, not left


def _cut_out(spans: list[Span], hole: Span) -> list[Span]:
    """Take a span away from spans.

    >>> _cut_out([Span((0, 0), (9, 0))], Span((3, 1), (5, 0)))
    [Span(start=(0, 0), end=(3, 1)), Span(start=(5, 0), end=(9, 0))]
    """
    pieces = []
    for span in spans:
        pieces.append(Span(span.start, min(span.end, hole.start)))
        pieces.append(Span(max(span.start, hole.end), span.end))
    return _keep_some(pieces)


def _keep_some(spans: Iterable[Span]) -> list[Span]:
    """Leave out the spans without a value."""
    return [span for span in spans if span.start < span.end]


# === WAYS === #
def _list_targets(question: Question, found: Study) -> set:
    return {get_target(question.paths[index]) for index in found.taken}


def _find_lost(script: Script, ways: Graph) -> set:
    """Give the questions that no way from the start leads to."""
    return set(ways) - set(_measure(ways, [script.start])) if script.start in ways else set()


def _find_trapped(script: Script, ways: Graph) -> set:
    """Give the questions of loops that nothing leads out of, among those that are reachable.

    A question that only leads into such a loop is not part of it. One without a way on, or with one
    to a question that there is not, leads out of every loop: that is another problem.
    """
    backwards = {key: set() for key in ways}
    for key, targets in ways.items():
        for target in targets & set(ways):
            backwards[target].add(key)
    ends = [key for key, targets in ways.items() if not targets or targets - set(ways)]
    trapped = set(_measure(ways, [script.start])) - set(_measure(backwards, ends))
    return {key for key in trapped if key in _measure(ways, ways[key])}


def _measure(ways: Graph, starts: Iterable) -> dict[Hashable, int]:
    """Give the questions that are reachable from some, these included, and how far they are.

    >>> _measure({1: {3}, 2: {1, 3}, 3: {4, None}, 4: {3}}, [1])
    {1: 0, 3: 1, 4: 2}
    """
    distances = {key: 0 for key in starts if key in ways}
    reached = list(distances)
    # The list grows while it is gone through.
    for key in reached:
        for target in ways[key]:
            if target in ways and target not in distances:
                distances[target] = distances[key] + 1
                reached.append(target)
    return distances


# === DRAWING === #
def layout(script: Script) -> Layout:
    """Place the questions of a script on levels, for a drawing of its paths.

    A question is on the level of its distance from the start, in paths, whether they can be taken
    or not; those that no path leads to share one more level. Within a level they are by number. The
    end has no node, and paths to a question that there is not are left out.

    >>> first = Question("a", 1, "yes_no", (Path("yes", "c"), Path("no")))
    >>> drawing = layout(Script("a", (first, Question("b", 2, "text"), Question("c", 3, "text"))))
    >>> [tuple(node) for node in drawing.nodes]
    [('a', 0, 0), ('c', 1, 0), ('b', 2, 0)]
    >>> [tuple(edge) for edge in drawing.edges]
    [('a', 'c', 0), ('a', None, 1)]
    """
    questions = _sort(script)
    ways = {question.key: set(map(get_target, question.paths)) for question in questions}
    distances = _measure(ways, [script.start])
    last = max(distances.values(), default=-1) + 1
    levels = [[] for _level in range(last + 1)]
    for key in ways:
        levels[distances.get(key, last)].append(key)
    nodes = [
        Node(key, level, rank) for level, keys in enumerate(levels) for rank, key in enumerate(keys)
    ]
    edges = [
        Edge(question.key, get_target(path), index)
        for question in questions
        for index, path in enumerate(question.paths)
        if get_target(path) is None or get_target(path) in ways
    ]
    return Layout(nodes, edges)
