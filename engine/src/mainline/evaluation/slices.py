"""Slices: parts of the test rows whose figures are computed separately."""

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError


def masks(
    frame: pd.DataFrame, slices: dict[str, list[float] | None]
) -> Iterator[tuple[str, np.ndarray]]:
    """Each slice's name (`column=value` or a range) and its rows, a boolean array (rows,).

    Missing values are a separate slice. Raises MainlineError when a column is missing, a number has
    no bounds or another column has bounds.
    """
    for column, bounds in slices.items():
        if column not in frame.columns:
            raise MainlineError(f"evaluation.slices: the table has no column '{column}'.")
        values = frame[column]
        number = pd.api.types.is_numeric_dtype(values.dtype)
        if number and not bounds:
            raise MainlineError(
                f"evaluation.slices.{column}: a number needs bounds, for example [10, 20]."
            )
        if bounds and not number:
            raise MainlineError(
                f"evaluation.slices.{column}: bounds are for numbers; this column is not a number."
            )
        yield from _ranges(column, values, bounds or []) if number else _values(column, values)
        missing = values.isna().to_numpy()
        if missing.any():
            yield f"{column} missing", missing


def _values(column: str, values: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    for value in sorted(values.dropna().unique()):
        yield f"{column}={value}", values.eq(value).fillna(False).to_numpy(dtype=bool)


def _ranges(
    column: str, values: pd.Series, bounds: list[float]
) -> Iterator[tuple[str, np.ndarray]]:
    edges = [-np.inf, *sorted(bounds), np.inf]
    for low, high in itertools.pairwise(edges):
        name = f"{column}<{high:g}" if low == -np.inf else f"{column}>={low:g}"
        if -np.inf < low and high < np.inf:
            name = f"{low:g}<={column}<{high:g}"
        inside = values.ge(low) & (values.lt(high) | (high == np.inf))
        yield name, inside.fillna(False).to_numpy(dtype=bool)
