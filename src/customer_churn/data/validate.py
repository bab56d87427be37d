"""Stage `validate`: nothing learns from a table that breaks the rules in `params.yaml`."""

import difflib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from customer_churn.core import config, paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import write_json
from customer_churn.core.progress import say
from customer_churn.core.table import TableSettings
from customer_churn.data.ingest import load
from customer_churn.data.settings import ColumnChecks, ValidationSettings
from customer_churn.data.target_rules import few

SHOWN_ROWS = 3


def run(root: Path) -> None:
    """Check the table and write `paths.VALIDATION`. Raises UserError listing every failure."""
    rules = config.section(root, "validation", ValidationSettings)
    table = config.section(root, "table", TableSettings)
    frame = load(root)
    problems = check(frame, table, rules)
    if problems:
        raise UserError(
            f"validation: {len(problems)} rule(s) broken\n" + "\n".join(f"  {p}" for p in problems)
        )
    about = passed(frame, table)
    write_json(root / paths.VALIDATION, about)
    say("validate", f"{about['rows']:,} rows, {about['columns']} columns: every rule holds")


def passed(frame: pd.DataFrame, table: TableSettings) -> dict[str, Any]:
    """The report of a table that keeps every rule."""
    return {"rows": len(frame), "columns": len(table.columns), "broken": []}


def check(frame: pd.DataFrame, table: TableSettings, rules: ValidationSettings) -> list[str]:
    """Every broken rule as `column, rule, observed, expected, first rows`; empty when all hold."""
    _fitting(table, rules)
    return [*_whole_table(frame, table, rules), *_columns(frame, table, rules)]


def _fitting(table: TableSettings, rules: ValidationSettings) -> None:
    for name, allowed in rules.columns.items():
        key = f"{paths.PARAMS}: 'validation.columns.{name}"
        if name not in table.features:
            close = difflib.get_close_matches(name, table.features, n=1, cutoff=0.5)
            hint = (
                f"did you mean '{close[0]}'?" if close else f"known: {', '.join(table.features)}."
            )
            raise UserError(f"{key}' is none of the table's numbers and categories; {hint}")
        if name in table.numbers and allowed.values is not None:
            raise UserError(f"{key}.values' is for a category; '{name}' is a number (min, max).")
        if name in table.categories and not allowed.min is allowed.max is None:
            raise UserError(f"{key}' has min or max; '{name}' is a category (values).")


def _whole_table(frame: pd.DataFrame, table: TableSettings, rules: ValidationSettings) -> list[str]:
    problems = []
    if len(frame) < rules.min_rows:
        problems.append(_line("table", "rows", f"{len(frame):,}", f"at least {rules.min_rows:,}"))
    problems += [
        _line(table.target, *rule) for rule in few(frame[table.target].to_numpy(), table, rules)
    ]
    return problems


def _columns(frame: pd.DataFrame, table: TableSettings, rules: ValidationSettings) -> list[str]:
    checks: dict[str, pa.Column] = {name: _key_column() for name in table.key}
    for name in table.features:
        checks[name] = _feature(name in table.numbers, rules.columns.get(name, ColumnChecks()))
    schema = pa.DataFrameSchema(checks, unique=table.key)
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return [_failure(failure, frame, table) for failure in error.schema_errors]
    return []


def _key_column() -> pa.Column:
    return pa.Column(nullable=False)


def _feature(number: bool, allowed: ColumnChecks) -> pa.Column:
    column = [
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
        column.append(pa.Check(np.isfinite, name="finite", error="finite numbers"))
    if allowed.min is not None:
        low = pa.Check.ge(allowed.min, name="min", error=f">= {allowed.min:g}")
        column.append(low)
    if allowed.max is not None:
        high = pa.Check.le(allowed.max, name="max", error=f"<= {allowed.max:g}")
        column.append(high)
    if allowed.values is not None:
        known = ", ".join(allowed.values)
        column.append(pa.Check.isin(allowed.values, name="values", error=f"one of {known}"))
    return pa.Column(checks=column, nullable=True)


def _failure(failure: Any, frame: pd.DataFrame, table: TableSettings) -> str:
    """One of pandera's failures in the reader's terms."""
    if str(failure.reason_code).endswith("DUPLICATES"):
        return _duplicates(frame, table)
    column = str(failure.schema.name)
    check = failure.check
    if not isinstance(check, pa.Check):  # nullability of the key
        wrong = frame[column].isna()
        return _line(column, "key", f"{int(wrong.sum())} nulls", "no null", wrong)
    if check.name in ("some value", "nulls"):
        wrong = frame[column].isna()
        observed = f"a null share of {wrong.mean():.2%}"
    else:
        cases = frame.index.isin(failure.failure_cases["index"])
        wrong = pd.Series(cases, index=frame.index)
        sample = ", ".join(str(value) for value in frame[column][wrong].unique()[:SHOWN_ROWS])
        observed = f"{int(wrong.sum()):,} value(s), for example {sample}"
    return _line(column, str(check.name), observed, str(check.error), wrong)


def _duplicates(frame: pd.DataFrame, table: TableSettings) -> str:
    wrong = frame.duplicated(table.key, keep=False)
    first = frame.loc[wrong, table.key].iloc[0]
    named = ", ".join(f"{name}={first[name]}" for name in table.key)
    return _line(
        " + ".join(table.key),
        "unique",
        f"{int(wrong.sum()):,} rows share a key, for example {named}",
        "each key once",
        wrong,
    )


def _line(
    column: str, rule: str, observed: str, expected: str, wrong: pd.Series | None = None
) -> str:
    line = f"{column}: {rule}: observed {observed}; expected {expected}"
    if wrong is not None and wrong.any():
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(wrong.to_numpy())[:SHOWN_ROWS])
        line += f"; first rows {rows} of the table"
    return line
