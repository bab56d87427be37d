"""Evidently's page on two tables, to look at. What decides is `drift`: see docs/decisions/0019."""

import os
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.files import staged
from mainline.drift import categories

MOST = 100_000  # rows of each table: the page is for the eye
SEED = 0
VALUES = 50  # of a category that are drawn


def write(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    as_text: Collection[str],
    path: Path,
) -> list[str]:
    """Write one self-contained HTML file and return the columns that it leaves out.

    Evidently gives up on the whole page when a column has no values on one side, or too few
    different ones. Raises MainlineError when there is nothing to draw, or it gives up all the same.
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
    """Infinities have no place on an axis."""
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
            warnings.simplefilter("ignore")  # of pandas and scipy, on constant columns
            found = evidently.Report([DataDriftPreset()]).run(
                evidently.Dataset.from_pandas(current, definition),
                evidently.Dataset.from_pandas(reference, definition),
            )
            found.save_html(str(path))
    except Exception as error:  # Evidently's metrics raise whatever they meet
        raise MainlineError(
            f"Evidently could not draw the page: {type(error).__name__}: {error}"
        ) from None
