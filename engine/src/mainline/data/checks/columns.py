"""Checks of single columns with pandera: range, values, nulls, finite numbers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from mainline.core.table import TableSettings
from mainline.data.checks.outcome import COLUMNS, SHOWN_ROWS, Outcome, located
from mainline.data.settings import ColumnChecks, ValidationSettings

SHARES = ("some value", "nulls", "key")  # checks that look at nulls


def outcomes(
    frame: pd.DataFrame, table: TableSettings, rules: ValidationSettings
) -> Iterator[Outcome]:
    """One outcome for each check of each column, in the order of the table."""
    checks = {name: [_no_null()] for name in table.key}
    for name in table.features:
        checks[name] = _feature(name in table.numbers, rules.columns.get(name, ColumnChecks()))
    schema = pa.DataFrameSchema(
        {name: pa.Column(checks=column, nullable=True) for name, column in checks.items()}
    )
    broken: dict[tuple[str, str], Any] = {}
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        for failure in error.schema_errors:
            broken[str(failure.schema.name), str(getattr(failure.check, "name", ""))] = failure
    for column, tried in checks.items():
        for check in tried:
            failure = broken.pop((column, str(check.name)), None)
            yield _outcome(frame, table.key, column, check, failure)
    for (column, _), failure in broken.items():  # from pandera itself: a missing column
        yield Outcome(COLUMNS, column, "schema", False, str(failure), "a column that can be read")


def _no_null() -> pa.Check:
    return pa.Check(
        lambda values: bool(values.notna().all()), name="key", error="no null", ignore_na=False
    )


def _feature(number: bool, allowed: ColumnChecks) -> list[pa.Check]:
    checks = [
        pa.Check(
            lambda values: bool(values.notna().any()),
            name="some value",
            error="at least one value",
            ignore_na=False,
        ),
        pa.Check(
            lambda values: bool(values.isna().mean() <= allowed.nulls),
            name="nulls",
            error=f"a null share of at most {allowed.nulls:.2%}",
            ignore_na=False,
        ),
    ]
    if number:
        checks.append(pa.Check(np.isfinite, name="finite", error="finite numbers"))
    if allowed.min is not None:
        checks.append(pa.Check.ge(allowed.min, name="min", error=f">= {allowed.min:g}"))
    if allowed.max is not None:
        checks.append(pa.Check.le(allowed.max, name="max", error=f"<= {allowed.max:g}"))
    if allowed.values is not None:
        known = ", ".join(allowed.values)
        checks.append(pa.Check.isin(allowed.values, name="values", error=f"one of {known}"))
    return checks


def _outcome(
    frame: pd.DataFrame, key: list[str], column: str, check: pa.Check, failure: Any
) -> Outcome:
    name, expected, values = str(check.name), str(check.error), frame[column]
    if failure is None:
        return Outcome(COLUMNS, column, name, True, _held(values, name), expected)
    if name in SHARES:
        wrong = values.isna().to_numpy()
        observed = f"a null share of {wrong.mean():.2%}"
        if name == "key":
            observed = f"{int(wrong.sum()):,} nulls"
    else:
        wrong = frame.index.isin(failure.failure_cases["index"])
        sample = ", ".join(str(value) for value in values[wrong].unique()[:SHOWN_ROWS])
        observed = f"{int(wrong.sum()):,} value(s), for example {sample}"
    shown = located(wrong, frame, key)
    return Outcome(COLUMNS, column, name, False, observed, expected, **shown)


def _held(values: pd.Series, check: str) -> str:
    """The observed value of a check that passed."""
    if check == "nulls":
        return f"a null share of {values.isna().mean():.2%}"
    if check == "values":
        return f"{values.nunique()} of them"
    if check in ("min", "max"):
        return f"{values.min() if check == 'min' else values.max():g}"
    return {"key": "no null", "finite": "finite numbers"}.get(check, "values")
