# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Every ratio of results that Python works out, each with its denominator.

The analysis divides in SQL, by the same rules (``RATIOS`` of ``crm.campaign.report``).

Averages of several operations are ratios of sums, never means of ratios: a mailing of ten people
must not weigh as much as one of ten thousand.
"""

from __future__ import annotations


def rate(part: float, whole: float) -> float | None:
    """Divide a part by its whole.

    :return: 0.25 = 25 %; None when there is nothing to divide by

    >>> rate(1, 4), rate(0, 4), rate(3, 0)
    (0.25, 0.0, None)
    """
    return part / whole if whole else None


def unit_cost(cost: float, count: int) -> float | None:
    """Share a cost out: per person reached, per response, per lead.

    :return: in the currency of ``cost``; None when nothing was obtained, however much it cost

    >>> unit_cost(500.0, 4), unit_cost(500.0, 0), unit_cost(0.0, 4)
    (125.0, None, 0.0)
    """
    return cost / count if count else None


def return_on_cost(revenue: float, cost: float) -> float | None:
    """Say what each unit of money spent brought beyond itself: (revenue − cost) ÷ cost.

    :return: 0.5 = what was spent came back, and half as much again; −1.0 = nothing came back; None
        when nothing was spent

    >>> return_on_cost(1500.0, 1000.0), return_on_cost(0.0, 1000.0), return_on_cost(10.0, 0.0)
    (0.5, -1.0, None)
    """
    return (revenue - cost) / cost if cost else None


def funnel(steps: list[tuple[str, int]]) -> list[dict]:
    """Put steps in proportion to the first one, and each to the one before.

    A step may be larger than the one before: one message may be answered by several people.

    :param steps: (name, number), from wide to narrow
    :return: ``{"name", "value", "share", "step"}``; ``share`` of the first step, ``step`` of the
        one before (None for the first one, and where the denominator is 0)

    >>> funnel([("targeted", 200), ("reached", 100), ("leads", 5)])[1]
    {'name': 'reached', 'value': 100, 'share': 0.5, 'step': 0.5}
    >>> funnel([("targeted", 0), ("reached", 0)])[1]
    {'name': 'reached', 'value': 0, 'share': None, 'step': None}
    """
    first = steps[0][1] if steps else 0
    before = None
    rows = []
    for name, value in steps:
        step = None if before is None else rate(value, before)
        rows.append({"name": name, "value": value, "share": rate(value, first), "step": step})
        before = value
    return rows
