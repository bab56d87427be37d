"""Columns as every source hands them over: our names, text without blanks around it."""

import pandas as pd
import pyarrow as pa

from mainline.core.errors import DataError


def to_frame(table: pa.Table) -> pd.DataFrame:
    """The table as pandas. The caller gives it up: each column is released once it is converted.

    What pandas noted about an index is ignored, or a column would hide in it; whole numbers with
    nulls stay whole, or long ids would lose digits.
    """
    frame: pd.DataFrame = table.to_pandas(
        ignore_metadata=True, integer_object_nulls=True, split_blocks=True, self_destruct=True
    )
    return frame


def cleaned(frame: pd.DataFrame, missing: list[str]) -> pd.DataFrame:
    """Text without blanks around it, null where it spells "no value"; other types as they are."""
    for position in range(frame.shape[1]):
        values = frame.iloc[:, position]
        clean = _clean(values, missing)
        if clean is not values:
            frame.isetitem(
                position, clean.array
            )  # one column at a time, so that none is held twice
    return frame


def renamed(frame: pd.DataFrame, names: dict[str, str], source: str) -> pd.DataFrame:
    """The columns under our names. Raises DataError when that cannot be."""
    unknown = [column for column in names if column not in frame.columns]
    if unknown:
        raise DataError(
            f"{source} has no column {', '.join(map(repr, unknown))} to rename "
            f"(data.source.rename); it has: {', '.join(map(repr, frame.columns))}."
        )
    frame = frame.rename(columns=names)
    twice = sorted(set(frame.columns[frame.columns.duplicated()]))
    if twice:
        raise DataError(
            f"{source}: data.source.rename gives two columns the name "
            f"{', '.join(map(repr, twice))}."
        )
    return frame


def _clean(values: pd.Series, missing: list[str]) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype):
        inner = values.cat.categories.dtype
        values = values.astype("str") if pd.api.types.is_string_dtype(inner) else values
    if not isinstance(values.dtype, pd.StringDtype):
        return values
    values = values.str.strip()
    return values.mask(values.isin(missing))
