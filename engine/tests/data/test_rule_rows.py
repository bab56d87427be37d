"""Rules over whole columns against the same rules asked row by row, in plain Python."""

import operator
import re

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mainline.data.rules.compiled import compiled

KINDS = {"a": "a number", "b": "a number", "city": "a text"}
NUMBERS = st.none() | st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 3.0])
CITIES = st.none() | st.sampled_from(["bonn", "köln", ""])
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, CITIES), min_size=1, max_size=8)
SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def known(function):
    """A function that answers None as soon as an argument is None."""
    return lambda *values: None if None in values else function(*values)


def divided(above, below):
    return above / below if below else None


def all_of(*answers):
    return False if False in answers else None if None in answers else True


def any_of(*answers):
    return True if True in answers else None if None in answers else False


def joined(*parts):
    """Texts of parts, and a function of a row that collects their values."""
    return [text for text, _ in parts], lambda row: [value(row) for _, value in parts]


def binary(sign, function):
    def build(pair):
        texts, values = joined(*pair)
        return f"({texts[0]} {sign} {texts[1]})", lambda row: function(*values(row))

    return build


def call(name, function):
    def build(pair):
        texts, values = joined(*pair)
        return f"{name}({', '.join(texts)})", lambda row: function(*values(row))

    return build


def terms():
    leaves = st.sampled_from([("a", 0), ("b", 1)]).map(
        lambda leaf: (leaf[0], lambda row: row[leaf[1]])
    ) | st.sampled_from([0.0, 1.0, 2.5]).map(lambda number: (repr(number), lambda _: number))

    def larger(inner):
        pairs = st.tuples(inner, inner)
        sums = [pairs.map(binary(sign, known(SIGNS[sign]))) for sign in "+-*"]
        return st.one_of(
            *sums,
            pairs.map(binary("/", known(divided))),
            pairs.map(call("min", known(min))),
            pairs.map(call("max", known(max))),
            st.tuples(inner).map(call("abs", known(abs))),
        )

    return st.recursive(leaves, larger, max_leaves=5).filter(
        lambda term: re.search(r"\b[ab]\b", term[0])
    )


def statements():
    number, pairs = terms(), st.tuples(terms(), terms())
    city = ("city", lambda row: row[2])
    leaves = st.one_of(
        *[pairs.map(binary(sign, known(SIGNS[sign]))) for sign in ("<", "<=", "==", "!=", ">")],
        number.map(lambda n: (f"{n[0]} is None", lambda row: n[1](row) is None)),
        number.map(lambda n: (f"{n[0]} in [1, -2]", lambda row: known(inside)(n[1](row)))),
        st.just(("city not in ['bonn']", lambda row: known(lambda c: c != "bonn")(city[1](row)))),
        st.just(("city == ''", lambda row: known(lambda c: c == "")(city[1](row)))),
        st.just(("city is not None", lambda row: city[1](row) is not None)),
    )

    def larger(inner):
        several = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(
            several.map(lambda parts: combined(" and ", all_of, parts)),
            several.map(lambda parts: combined(" or ", any_of, parts)),
            inner.map(
                lambda part: (f"(not {part[0]})", lambda row: known(operator.not_)(part[1](row)))
            ),
        )

    return st.recursive(leaves, larger, max_leaves=6)


def inside(number):
    return number in (1, -2)


def combined(word, function, parts):
    texts, values = joined(*parts)
    return f"({word.join(texts)})", lambda row: function(*values(row))


@settings(max_examples=100, deadline=None)
@given(statements(), ROWS)
def test_columns_at_once_answer_as_row_by_row(statement, rows):
    text, value = statement
    frame = pd.DataFrame(
        {
            "a": pd.Series([row[0] for row in rows], dtype="float64"),
            "b": pd.Series([row[1] for row in rows], dtype="float64"),
            "city": pd.Series([row[2] for row in rows], dtype="str"),
        }
    )
    if not 0 < len(text) <= 1000:
        return
    answer = compiled(text, KINDS).answer(frame)
    found = [
        None if unknown else bool(true)
        for true, unknown in zip(answer.true, answer.unknown, strict=True)
    ]
    assert found == [value(row) for row in rows], text
