"""Terms of a rule: columns, constants and arithmetic, each a function from rows to values."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from mainline.core.config import nearest
from mainline.core.table import TableSettings
from mainline.data.rules.syntax import LARGEST, Rule

NUMBER, TEXT, TIME = "a number", "a text", "a time"
FUNCTIONS = {"abs": (1, 1), "min": (2, 20), "max": (2, 20)}
ONLY = (
    "is not allowed in a rule; allowed are columns, numbers, texts, + - * /, comparisons, "
    "in [...], is None, and, or, not, abs, min, max."
)


@dataclass(frozen=True)
class Term:
    """`values` gives float64 with NaN for a null, a Series of texts or times, or one constant."""

    kind: str
    values: Callable[[pd.DataFrame], Any]
    columns: frozenset[str] = field(default_factory=frozenset)
    constant: Any = None


def kinds(table: TableSettings) -> dict[str, str]:
    """The kind of each column of the table. A binary target is 1 (positive) or 0."""
    known = {table.entity: TEXT} | ({table.time: TIME} if table.time else {})
    known |= dict.fromkeys(table.numbers, NUMBER) | dict.fromkeys(table.categories, TEXT)
    return known | {table.target: NUMBER}


def term(rule: Rule, node: ast.expr) -> Term:
    """Compile a part that must be a value. Raises RuleError."""
    match node:
        case ast.Name():
            return _column(rule, node)
        case ast.Constant():
            return _constant(rule, node)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            inner = _number(rule, node.operand)
            sign = np.negative if isinstance(node.op, ast.USub) else np.positive
            return _computed(lambda numbers: sign(numbers[0]), inner)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
            parts = _number(rule, node.left), _number(rule, node.right)
            operation = _OPERATIONS[type(node.op)]
            return _computed(lambda numbers: operation(*numbers), *parts)
        case ast.Call():
            return _call(rule, node)
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            raise rule.wrong(node, "is true or false; a value is needed here.")
    raise rule.wrong(node, ONLY)


def _column(rule: Rule, node: ast.Name) -> Term:
    name = rule.spelled(node)
    if name not in rule.kinds:
        known = nearest(name, sorted(rule.kinds))
        raise rule.wrong(node, f"is not a column of `table` (a text has quotes){known}")
    return Term(rule.kinds[name], lambda frame: _values(frame[name]), frozenset([name]))


def _values(column: pd.Series) -> Any:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column


def _constant(rule: Rule, node: ast.Constant) -> Term:
    value = node.value
    if isinstance(value, str):
        return Term(TEXT, lambda _: value, constant=value)
    if value is None:
        raise rule.wrong(node, "is not a value; test for a null with `column is None`.")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise rule.wrong(node, ONLY)
    if not abs(value) <= LARGEST:
        raise rule.wrong(node, f"is too large; numbers up to {LARGEST:g} are allowed.")
    number = float(value)
    return Term(NUMBER, lambda _: number, constant=number)


def _call(rule: Rule, node: ast.Call) -> Term:
    name = node.func.id if isinstance(node.func, ast.Name) else None
    if name not in FUNCTIONS:
        raise rule.wrong(node, ONLY)
    least, most = FUNCTIONS[name]
    if node.keywords or not least <= len(node.args) <= most:
        many = "one number" if least == most else f"{least} to {most} numbers"
        raise rule.wrong(node, f"has wrong arguments; {name} takes {many}.")
    parts = [_number(rule, argument) for argument in node.args]
    if name == "abs":
        return _computed(lambda numbers: np.abs(numbers[0]), *parts)
    choose = np.minimum if name == "min" else np.maximum
    return _computed(lambda numbers: reduce(choose, numbers), *parts)


def _number(rule: Rule, node: ast.expr) -> Term:
    found = term(rule, node)
    if found.kind != NUMBER:
        raise rule.wrong(node, f"is {found.kind}; a number is needed here.")
    return found


def _computed(work: Callable[[list[Any]], Any], *parts: Term) -> Term:
    def values(frame: pd.DataFrame) -> Any:
        with np.errstate(all="ignore"):  # undefined results are NaN, which means unknown
            return work([part.values(frame) for part in parts])

    return Term(NUMBER, values, frozenset[str]().union(*(part.columns for part in parts)))


def _divide(above: Any, below: Any) -> Any:
    return np.divide(above, np.where(np.equal(below, 0), np.nan, below))


_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: _divide,
}


def as_time(rule: Rule, node: ast.expr, text: Term) -> Term:
    """A constant day or time, written as ISO 8601."""
    if text.constant is None:
        raise rule.wrong(node, 'is a text; a time is compared with one such as "2026-01-31".')
    try:
        moment = pd.Timestamp(datetime.fromisoformat(text.constant))
    except ValueError:
        raise rule.wrong(node, 'is not a day or time such as "2026-01-31".') from None
    if moment.tzinfo is not None:
        moment = moment.tz_convert("UTC").tz_localize(None)
    return Term(TIME, lambda _: moment, constant=moment)
