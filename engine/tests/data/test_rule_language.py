"""What a rule across columns means, null by null."""

import numpy as np
import pandas as pd
import pytest

from mainline.data.rules import compiled as module
from mainline.data.rules.compiled import compiled

KINDS = {"a": "a number", "b": "a number", "city": "a text", "day": "a time"}
NULL = None
T, F, U = "true", "false", "unknown"


def answers(text, rows):
    """`true`, `false` or `unknown` for rows of (a, b, city, day)."""
    columns = list(zip(*rows, strict=True))
    frame = pd.DataFrame(
        {
            "a": pd.Series(columns[0], dtype="float64"),
            "b": pd.Series(columns[1], dtype="float64"),
            "city": pd.Series(columns[2], dtype="str"),
            "day": pd.to_datetime(pd.Series(columns[3])).astype("datetime64[ms]"),
        }
    )
    found = compiled(text, KINDS).answer(frame)
    assert not (found.true & found.unknown).any()
    return [T if t else U if u else F for t, u in zip(found.true, found.unknown, strict=True)]


def one(text, a=1.0, b=2.0, city="bonn", day="2026-03-01"):
    return answers(text, [(a, b, city, day)])[0]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a < 2", T),
        ("a > 1", F),
        ("a >= 1 and b <= 2", T),
        ("a != 1 or b == 3", F),
        ("not a == 1", F),
        ("0 < a < b < 3", T),
        ("0 < a > b", F),
        ("a + b * 2 == 5", T),
        ("-(a - b) / 2 == +0.5", T),
        ("abs(a - b) == 1", T),
        ("min(a, b, 0.5) == 0.5 and max(a, b) == 2", T),
        ("a in [1, 3] and b not in (1, 3)", T),
        ("a in {-1, 1e0}", T),
        ('city == "bonn"', T),
        ('"ulm" != city', T),
        ("city in ['ulm', 'köln']", F),
        ("city not in ['ulm']", T),
        ("city is None", F),
        ("city is not None and day is not None", T),
        ('day >= "2026-01-01"', T),
        ('"2026-03-01T12:00" < day', F),
        ('day < "2026-03-01T01:00+01:00"', F),
        ("(\n  a == 1\n  and b == 2\n)", T),
    ],
)
def test_without_nulls(text, answer):
    assert one(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a < 2", U),
        ("a != 1", U),
        ("not a < 2", U),
        ("a + 1 < 2", U),
        ("abs(a) >= 0", U),
        ("max(a, b) >= 2", U),
        ("0 < a < 3", U),
        ("3 < b < a", F),
        ("a in [1]", U),
        ("a not in [1]", U),
        ("city == 'bonn'", U),
        ("city not in ['bonn']", U),
        ("day < '2030-01-01'", U),
        ("a is None", T),
        ("a is not None", F),
        ("a + b is None", T),
        ("city is None and day is None", T),
        ("b == 2 or a == 1", T),
        ("b == 3 or a == 1", U),
        ("b == 2 and a == 1", U),
        ("b == 3 and a == 1", F),
        ("not (b == 3 and a == 1)", T),
        ("not (b == 3 or a == 1)", U),
        ("a is None or a > 0", T),
    ],
)
def test_with_nulls_in_all_columns_but_b(text, answer):
    assert one(text, a=NULL, city=NULL, day=NULL) == answer


@pytest.mark.parametrize("text", ["b / a > 0", "a / a == 1", "b / (a * 2) < 1", "1 / a > 0"])
def test_a_division_by_zero_has_no_answer(text):
    assert one(text, a=0.0) == U


def test_an_infinite_value_is_larger_than_any(recwarn):
    assert one("a > 1e15", a=np.inf) == T
    assert one("a - a == 0", a=np.inf) == U
    assert not recwarn.list


def test_long_tables_are_asked_in_slices(monkeypatch):
    rows = [(float(row), 5.0, "bonn", "2026-03-01") for row in range(10)]
    whole = answers("a < b", rows)
    monkeypatch.setattr(module, "ROWS", 3)
    assert answers("a < b", rows) == whole == [T] * 5 + [F] * 5


def test_no_rows_have_no_answer():
    assert answers("a < b", [(1.0, 2.0, "bonn", "2026-03-01")][:1]) == [T]
    frame = pd.DataFrame({"a": pd.Series(dtype="float64")})
    assert len(compiled("a < 1", KINDS).answer(frame).true) == 0
