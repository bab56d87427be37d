"""Checks of the whole table: enough rows, enough of each class, each key once."""

from collections.abc import Iterator

import pandas as pd

from mainline.core.table import TableSettings
from mainline.data.checks.outcome import TABLE, Outcome, located
from mainline.data.settings import ValidationSettings
from mainline.data.target_rules import enough


def outcomes(
    frame: pd.DataFrame, table: TableSettings, rules: ValidationSettings
) -> Iterator[Outcome]:
    """One outcome for each check."""
    rows, least = len(frame), f"at least {rules.min_rows:,}"
    yield Outcome(TABLE, "table", "rows", rows >= rules.min_rows, f"{rows:,}", least)
    for name, passed, observed, expected in enough(frame[table.target].to_numpy(), table, rules):
        yield Outcome(TABLE, table.target, name, passed, observed, expected)
    yield _unique(frame, table.key)


def _unique(frame: pd.DataFrame, key: list[str]) -> Outcome:
    wrong = frame.duplicated(key, keep=False).to_numpy()
    many = int(wrong.sum())
    observed = f"{many:,} rows share a key" if many else "no key twice"
    return Outcome(
        TABLE,
        " + ".join(key),
        "unique",
        many == 0,
        observed,
        "each key once",
        **located(wrong, frame, key),
    )
