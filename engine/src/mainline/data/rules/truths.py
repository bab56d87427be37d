"""Conditions of a rule. As in SQL, the result is true, false or, because of a null, unknown."""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mainline.data.rules.syntax import Rule
from mainline.data.rules.terms import NUMBER, ONLY, TEXT, TIME, Term, as_time, term

_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EQUAL: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
ITEMS = 200  # of a list


@dataclass(frozen=True)
class Answer:
    """Two booleans for each row: whether the statement is true, and whether it is unknown."""

    true: np.ndarray
    unknown: np.ndarray

    @property
    def false(self) -> np.ndarray:
        """Where it is false."""
        return np.asarray(~(self.true | self.unknown))


@dataclass(frozen=True)
class Statement:
    """A function from rows to answers, and the columns that it reads."""

    answer: Callable[[pd.DataFrame], Answer]
    columns: frozenset[str]


def statement(rule: Rule, node: ast.expr) -> Statement:
    """Compile a part that must be true or false. Raises RuleError."""
    match node:
        case ast.BoolOp():
            parts = [statement(rule, value) for value in node.values]
            join = _all if isinstance(node.op, ast.And) else _any
            columns = frozenset[str]().union(*(part.columns for part in parts))
            return Statement(lambda frame: join([part.answer(frame) for part in parts]), columns)
        case ast.UnaryOp(op=ast.Not()):
            inner = statement(rule, node.operand)
            return Statement(lambda frame: _not(inner.answer(frame)), inner.columns)
        case ast.Compare():
            return _compare(rule, node)
    found = term(rule, node)
    raise rule.wrong(node, f"is {found.kind}, neither true nor false; compare it with something.")


def _all(answers: list[Answer]) -> Answer:
    true = np.logical_and.reduce([answer.true for answer in answers])
    false = np.logical_or.reduce([answer.false for answer in answers])
    return Answer(true, ~(true | false))


def _any(answers: list[Answer]) -> Answer:
    return _not(_all([_not(answer) for answer in answers]))


def _not(answer: Answer) -> Answer:
    return Answer(answer.false, answer.unknown)


def _compare(rule: Rule, node: ast.Compare) -> Statement:
    sides = [node.left, *node.comparators]
    alone = isinstance(node.ops[0], ast.In | ast.NotIn | ast.Is | ast.IsNot)
    if alone and len(node.ops) == 1:
        read = _contained if isinstance(node.ops[0], ast.In | ast.NotIn) else _null
        return read(rule, node)
    pairs = [
        _pair(rule, node, left, how, right)
        for left, how, right in zip(sides, node.ops, sides[1:], strict=False)
    ]
    columns = frozenset[str]().union(*(pair.columns for pair in pairs))
    return Statement(lambda frame: _all([pair.answer(frame) for pair in pairs]), columns)


def _pair(
    rule: Rule, whole: ast.expr, left: ast.expr, how: ast.cmpop, right: ast.expr
) -> Statement:
    one, two = term(rule, left), term(rule, right)
    if (one.kind, two.kind) == (TIME, TEXT):
        two = as_time(rule, right, two)
    elif (one.kind, two.kind) == (TEXT, TIME):
        one = as_time(rule, left, one)
    if one.kind != two.kind:
        raise rule.wrong(whole, f"compares {one.kind} with {two.kind}.")
    columns = one.columns | two.columns
    if not columns:
        raise rule.wrong(whole, "compares constants; name a column.")
    operation = _EQUAL.get(type(how)) or (_ORDER.get(type(how)) if one.kind != TEXT else None)
    if operation is None:
        allowed = "== and !=" if one.kind == TEXT else "< <= == != >= >"
        raise rule.wrong(whole, f"cannot be chained or ordered like this; use {allowed}.")

    def answer(frame: pd.DataFrame) -> Answer:
        first, second = one.values(frame), two.values(frame)
        unknown = _is_null(first) | _is_null(second)
        return Answer(np.asarray(operation(first, second), dtype=bool) & ~unknown, unknown)

    return Statement(answer, columns)


def _contained(rule: Rule, node: ast.Compare) -> Statement:
    value, items = term(rule, node.left), node.comparators[0]
    if not isinstance(items, ast.List | ast.Tuple | ast.Set) or not 0 < len(items.elts) <= ITEMS:
        raise rule.wrong(items, f"is not a list; write 1 to {ITEMS} constants, such as [1, 2].")
    if not value.columns or value.kind not in (NUMBER, TEXT):
        raise rule.wrong(node.left, "is not a number or text of a row; `in` needs one.")
    listed = [_item(rule, item, value) for item in items.elts]
    inside = isinstance(node.ops[0], ast.In)

    def answer(frame: pd.DataFrame) -> Answer:
        values = value.values(frame)
        unknown = _is_null(values)
        found = np.asarray(pd.Series(values).isin(listed), dtype=bool)
        return Answer((found == inside) & ~unknown, unknown)

    return Statement(answer, value.columns)


def _item(rule: Rule, node: ast.expr, value: Term) -> Any:
    found = term(rule, node)
    if found.kind != value.kind:
        raise rule.wrong(node, f"is {found.kind} in a list for {value.kind}.")
    if found.columns or isinstance(node, ast.BinOp | ast.Call):
        raise rule.wrong(node, "is not a constant; a list can only have constants.")
    return found.values(pd.DataFrame())


def _null(rule: Rule, node: ast.Compare) -> Statement:
    right = node.comparators[0]
    if not (isinstance(right, ast.Constant) and right.value is None):
        raise rule.wrong(node, f"{ONLY[:-1]} (`is` only tests for None).")
    value = term(rule, node.left)
    if not value.columns:
        raise rule.wrong(node.left, "is a constant; name a column.")
    wanted = isinstance(node.ops[0], ast.Is)

    def answer(frame: pd.DataFrame) -> Answer:
        null = _is_null(value.values(frame))
        return Answer(null == wanted, np.zeros(len(frame), dtype=bool))

    return Statement(answer, value.columns)


def _is_null(values: Any) -> np.ndarray:
    return np.asarray(pd.isna(values), dtype=bool)
