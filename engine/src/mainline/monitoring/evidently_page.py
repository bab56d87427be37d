"""Evidently's HTML page on two tables. The gate uses `drift` instead (docs/decisions/0019)."""

import os
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.files import staged
from mainline.drift import categories

MOST = 100_000  # rows of each table on the page
SEED = 0
VALUES = 50  # values of a category on the page


def write(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    as_text: Collection[str],
    path: Path,
) -> list[str]:
    """Write one self-contained HTML file. Returns the columns that it leaves out.

    Evidently fails when a column has no values on one side, so such columns are left out. Raises
    MainlineError when no column is left, or Evidently fails.
    """
    theirs, ours = _sampled(reference), _sampled(current)
    drawn = [name for name in columns if _drawable(name, theirs, ours)]
    if not drawn:
        raise MainlineError("no column has values in both tables: there is nothing to draw.")
    texts = [name for name in drawn if name in as_text]
    tables = [pd.DataFrame(), pd.DataFrame()]
    for name in drawn:
        both = (theirs[name], ours[name])
        plain = categories.shortened(*both, VALUES) if name in texts else map(_finite, both)
        for table, values in zip(tables, plain, strict=True):
            table[name] = values.to_numpy()
    with staged(path) as temporary:
        _save(tables[0], tables[1], [name for name in drawn if name not in texts], texts, temporary)
    return [name for name in columns if name not in drawn]


def _sampled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(MOST, random_state=SEED) if len(frame) > MOST else frame


def _drawable(name: str, *tables: pd.DataFrame) -> bool:
    return all(name in table.columns and _finite(table[name]).notna().any() for table in tables)


def _finite(column: pd.Series) -> pd.Series:
    """Replace infinities by NaN: they cannot be drawn."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return column
    return column.astype("float64").replace([np.inf, -np.inf], np.nan)


def _save(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    numbers: list[str],
    texts: list[str],
    path: Path,
) -> None:
    os.environ["DO_NOT_TRACK"] = "true"
    try:
        import evidently  # type: ignore[import-untyped]  # noqa: PLC0415  takes five seconds
        from evidently.presets import DataDriftPreset  # type: ignore  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MainlineError(
            f"the page needs the package {error.name}, which is not installed. `make drift` adds "
            "Evidently and writes the page."
        ) from None
    definition = evidently.DataDefinition(numerical_columns=numbers, categorical_columns=texts)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # pandas and scipy warn about constant columns
            found = evidently.Report([DataDriftPreset()]).run(
                evidently.Dataset.from_pandas(current, definition),
                evidently.Dataset.from_pandas(reference, definition),
            )
            found.save_html(str(path))
    except Exception as error:  # Evidently's metrics have no common error class
        raise MainlineError(
            f"Evidently could not draw the page: {type(error).__name__}: {error}"
        ) from None
