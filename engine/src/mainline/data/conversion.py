"""Converts raw rows to the table's types: text keys, float numbers, text categories, target."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from mainline.core.errors import DataError
from mainline.core.table import TableSettings

SHOWN = 6  # labels in a message


def typed(raw: pd.DataFrame, table: TableSettings, as_of: datetime.date) -> pd.DataFrame:
    """Keep the table's columns, convert them, drop rows later than `as_of`, sort by key.

    Returns entity (text), time (timestamp, if any), numbers (float64, NaN when missing), categories
    (text, null when missing), target (binary: int8, 0 or 1; multiclass: int16, the index in
    `table.classes`; regression: float64, finite). Raises DataError with the column, the observed
    values and the first rows.
    """
    missing = [name for name in table.columns if name not in raw.columns]
    if missing:
        raise DataError(
            f"the source has no column {', '.join(map(repr, missing))}; "
            f"it has: {', '.join(map(repr, raw.columns))}. "
            f"{_advice(raw)} in params.yaml."
        )
    raw = raw.reset_index(drop=True)  # errors count rows before any are dropped
    columns: dict[str, pd.Series] = {}
    if table.time is not None:
        times = _time(raw[table.time])
        # Drop later rows first: they may be invalid, for example without a label.
        kept = times.isna() | (times < pd.Timestamp(as_of) + pd.Timedelta(days=1))
        if not kept.any():
            raise DataError(f"every row is later than data.as_of ({as_of}).")
        if not kept.all():  # most tables lose no row and need no copy
            raw, times = raw[kept], times[kept]
        columns[table.time] = times
    columns[table.entity] = _text(raw[table.entity])
    for name in table.numbers:
        columns[name] = _number(raw[name])
    for name in table.categories:
        columns[name] = _text(raw[name])
    columns[table.target] = _target(raw[table.target], table)
    return _sorted(columns, table)


def _advice(raw: pd.DataFrame) -> str:
    alone = str(raw.columns[0]) if len(raw.columns) == 1 else ""
    between = next((each for each in (";", "\t", "|") if each in alone), None)
    if between:
        return f"That is one column: set data.source.delimiter to {between!r}"
    return "Fix `table` or `data.source.rename`"


def _sorted(columns: dict[str, pd.Series], table: TableSettings) -> pd.DataFrame:
    """Sort the table by its key, one column after the other.

    This avoids a second copy of the table in memory.
    """
    keys = pd.DataFrame({name: columns[name] for name in table.key}).reset_index(drop=True)
    order = keys.sort_values(table.key, kind="stable").index.to_numpy()
    for name, values in columns.items():
        columns[name] = values.take(order).reset_index(drop=True)
    return pd.DataFrame({name: columns[name] for name in table.columns}, copy=False)


def _text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(values.dtype) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")  # pandas turns whole numbers with a null into floats
    return values.astype("str").where(values.notna())


def _number(values: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(values.dtype):
        values = values.astype("Int8")
    if values.dtype.kind in "mM":  # pandas would convert a date to microseconds
        numbers = pd.Series(np.nan, index=values.index)
    else:
        numbers = _parsed(values)
    wrong = values.notna() & numbers.isna()
    if wrong.any():  # only then: text of every value takes memory
        wrong &= ~_spells_nan(values)
        _refuse(values, wrong, "a number")
    return numbers


def _parsed(values: pd.Series) -> pd.Series:
    """Float64, NaN for values that are not numbers. Text is rounded as in Python and Parquet.

    `to_numeric` finds the numbers, but it rounds many long decimals wrongly in the last place.
    """
    if isinstance(values.dtype, pd.StringDtype):
        try:
            read = pa.array(values).cast("float64").to_pandas()
        except pa.ArrowInvalid:
            pass  # a format that Arrow does not read, or not a number
        else:
            return pd.Series(read.to_numpy(), index=values.index, name=values.name)
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if not pd.api.types.is_numeric_dtype(values.dtype):
        known = numbers.notna()
        numbers[known] = values[known].astype("float64")
    return numbers


def _spells_nan(values: pd.Series) -> pd.Series:
    return values.astype("str").str.lower().eq("nan")


def _time(values: pd.Series) -> pd.Series:
    times = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
    _refuse(values, values.notna() & times.isna(), "an ISO 8601 date or time")
    return times.dt.tz_localize(None).astype("datetime64[ms]")


def _target(values: pd.Series, table: TableSettings) -> pd.Series:
    absent = values.isna()
    if absent.any():
        raise DataError(
            f"column '{values.name}' (the target) has no value in {int(absent.sum())} rows, "
            f"first in {_rows(absent)}. Rows without a label cannot be used for training."
        )
    if table.task == "regression":
        return _amount(values)
    return _place(values, table.labels) if table.task == "multiclass" else _is(values, table)


def _is(values: pd.Series, table: TableSettings) -> pd.Series:
    text = _text(values)
    found = sorted(text.unique())
    wanted = str(table.positive)
    if wanted not in found or len(found) != 2:
        raise DataError(
            f"column '{values.name}' (the target) has {len(found)} different value(s): "
            f"{_shown(found)}; expected two, one of them table.positive ({wanted!r})."
        )
    return text.eq(wanted).astype("int8")


def _place(values: pd.Series, labels: list[str]) -> pd.Series:
    text = _text(values)
    places = text.map({label: place for place, label in enumerate(labels)})
    strange = places.isna()
    if strange.any():
        raise DataError(
            f"column '{values.name}' (the target) has labels that table.classes lacks: "
            f"{_shown(sorted(text[strange].unique()))} in {int(strange.sum())} row(s), first in "
            f"{_rows(strange)}; table.classes has {_shown(labels)}."
        )
    unseen = sorted(set(labels) - set(text))
    if unseen:
        raise DataError(
            f"column '{values.name}' (the target) has no row of {_shown(unseen)}, which "
            "table.classes names: the model cannot learn it."
        )
    return places.astype("int16")


def _amount(values: pd.Series) -> pd.Series:
    numbers = _number(values)
    _refuse(values, ~np.isfinite(numbers), "finite, as the target of a regression must be")
    return numbers


def _shown(labels: list[str]) -> str:
    return ", ".join(map(repr, labels[:SHOWN])) + (" …" if len(labels) > SHOWN else "")


def _refuse(values: pd.Series, wrong: pd.Series, expected: str) -> None:
    if wrong.any():
        sample = ", ".join(repr(value) for value in values[wrong].head(3))
        raise DataError(
            f"column '{values.name}': {int(wrong.sum())} value(s) are not {expected}, "
            f"for example {sample} in {_rows(wrong)}."
        )


def _rows(mask: pd.Series) -> str:
    """The first rows of a mask, counted from 1, without the header."""
    return "data row " + ", ".join(str(row + 1) for row in mask.index[mask][:3])
