# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What a saved filter may say beyond literal values.

The host's filters may hold the user and dates that move with the day: ``uid``,
``(context_today() - relativedelta(days=7)).strftime('%Y-%m-%d')``. Such text has to be evaluated.
Here is checked, before, that it is made of nothing else: no name but those given, no attribute but
those of dates, no operation but + and −, which cannot fill the memory as ``*`` and ``**`` do.
"""

import ast

ATTRIBUTES = {
    "combine",
    "date",
    "datetime",
    "days",
    "now",
    "replace",
    "strftime",
    "time",
    "timedelta",
    "to_utc",
    "today",
    "weekday",
    "year",
    "month",
    "day",
}

NODES = (
    ast.Expression,
    ast.List,
    ast.Tuple,
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.Attribute,
    ast.Call,
    ast.keyword,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.UnaryOp,
    ast.USub,
    ast.Not,
)


def check_expression(text: str, names: set[str]) -> None:
    """Check that a text is a domain made of literal values, of ``names`` and of dates.

    :raise ValueError: says what is not allowed

    >>> check_expression("[('user_id', '=', uid)]", {"uid"})
    >>> check_expression("[('id', '=', __import__('os'))]", {"uid"})
    Traceback (most recent call last):
        ...
    ValueError: “__import__” is not allowed
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError("not an expression") from error
    for node in ast.walk(tree):
        _check_node(node, names)


def _check_node(node, names):
    if not isinstance(node, NODES):
        raise ValueError(f"“{type(node).__name__}” is not allowed")
    if isinstance(node, ast.Name) and node.id not in names:
        raise ValueError(f"“{node.id}” is not allowed")
    if isinstance(node, ast.Attribute) and node.attr not in ATTRIBUTES:
        raise ValueError(f"“{node.attr}” is not allowed")
