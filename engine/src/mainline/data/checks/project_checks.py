"""The project's own checks: every public function of its checks.py."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from mainline import project
from mainline.core.table import TableSettings
from mainline.data.checks.outcome import OWN, Outcome, located
from mainline.project import Function

MODULE = "checks"


def outcomes(frame: pd.DataFrame, table: TableSettings, root: Path) -> Iterator[Outcome]:
    """One outcome a function, in the order of the file.

    A function returns a boolean column, True where a row is good, or one bool for the whole table.
    Raises SettingsError that names it when it returns something else.
    """
    for function in project.functions(root, MODULE, ("frame",)):
        yield _outcome(frame, table.key, function)


def _outcome(frame: pd.DataFrame, key: list[str], function: Function) -> Outcome:
    expected = function.about or f"what {function} says"
    found = function(frame=frame.copy())  # a check that changes its rows changes its own
    if isinstance(found, bool | np.bool_):
        observed = "it holds" if found else "it does not hold"
        return Outcome(OWN, MODULE, function.name, bool(found), observed, expected)
    wrong = ~_good(found, frame, function)
    many = int(wrong.sum())
    observed = f"{many:,} rows ({many / max(len(frame), 1):.2%}) that break it"
    shown = located(wrong, frame, key)
    return Outcome(OWN, MODULE, function.name, not many, observed, expected, **shown)


def _good(found: object, frame: pd.DataFrame, function: Function) -> np.ndarray:
    """The answer for each row, boolean (rows,)."""
    shown = f"a {type(found).__name__}"
    if isinstance(found, pd.Series):
        if found.isna().any():
            shown = f"{int(found.isna().sum()):,} nulls among its answers"
        elif not found.index.equals(frame.index):
            shown = f"answers for {len(found):,} rows of {len(frame):,}, or in another order"
        elif pd.api.types.is_bool_dtype(found.dtype):
            return found.to_numpy(dtype=bool)
        else:
            shown = f"a column of type {found.dtype}"
    raise function.wrong(
        "gives no answer for each row.",
        found=shown,
        expected="a boolean column with the index of `frame`, or one bool",
    )
