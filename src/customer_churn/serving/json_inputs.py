"""The inputs of a predict request in JSON: rows (`instances`) or columns (`inputs`)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from customer_churn.serving.json_body import short
from customer_churn.serving.json_values import Converter, converter, is_base64
from customer_churn.serving.refused import invalid

ROWS, COLUMNS = "instances", "inputs"


def inputs(document: Mapping[str, Any], infos: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Arrays by input name; `infos` are the signature's inputs. Refuses what does not fit them."""
    if ROWS in document and COLUMNS in document:
        raise invalid(
            f"JSON Value: {short(document)} Not formatted correctly expecting only one of "
            f"'{COLUMNS}' or '{ROWS}' keys to exist"
        )
    if ROWS in document:
        columns = _rows_as_columns(document[ROWS], infos)
    elif COLUMNS in document:
        columns = _columns(document[COLUMNS], infos)
    else:
        raise invalid(f"Missing '{COLUMNS}' or '{ROWS}' key")
    return {name: _array(name, columns[name], infos[name].dtype) for name in infos}


def _rows_as_columns(rows: Any, infos: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(rows, list):
        raise invalid(f"JSON Value: {short(rows)} Expecting '{ROWS}' to be a list/array")
    if not rows:
        raise invalid(f"No values in '{ROWS}' array")
    named = [isinstance(row, dict) and not is_base64(row) for row in rows]
    if not any(named) and len(infos) == 1:
        return {next(iter(infos)): rows}
    for place, row in enumerate(rows):
        if not named[place]:
            raise invalid(
                f"Expecting object at item {place} of '{ROWS}' list, as others are or "
                "as the model has several inputs"
            )
        if set(row) != set(infos):
            raise invalid(
                f"Failed to process element: {place} of '{ROWS}' list. JSON object: {short(row)} "
                f"keys must be equal to: {','.join(sorted(infos))}"
            )
    return {name: [row[name] for row in rows] for name in infos}


def _columns(columns: Any, infos: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(columns, dict) or is_base64(columns):
        if len(infos) == 1:
            return {next(iter(infos)): columns}
        raise invalid(
            f"{COLUMNS} is a plain value/list, but expecting an object as the model has several "
            "inputs"
        )
    if set(columns) != set(infos):
        raise invalid(
            f"the keys of '{COLUMNS}' must be equal to: {','.join(sorted(infos))}; "
            f"got: {short(sorted(columns))}"
        )
    return columns


def _array(name: str, values: Any, dtype: int) -> np.ndarray:
    shape = _shape(values)
    flat: list[Any] = []
    _flatten(name, values, shape, converter(dtype), flat)
    array = np.empty(len(flat), tf.as_dtype(dtype).as_numpy_dtype)
    array[:] = flat
    return array.reshape(shape)


def _shape(values: Any) -> tuple[int, ...]:
    """The shape that the first elements promise; `_flatten` holds the others to it."""
    sizes = []
    while isinstance(values, list):
        sizes.append(len(values))
        if not values:
            break
        values = values[0]
    return tuple(sizes)


def _flatten(
    name: str, values: Any, shape: tuple[int, ...], convert: Converter, into: list[Any]
) -> None:
    if not shape:
        if isinstance(values, list):
            raise invalid(f"input '{name}': Encountered list where a value is expected")
        into.append(convert(values))
        return
    if not isinstance(values, list):
        raise invalid(f"input '{name}': JSON Value: {short(values)} found where a list is expected")
    if len(values) != shape[0]:
        raise invalid(
            f"input '{name}': Encountered list of size {len(values)}, expected {shape[0]}"
        )
    for value in values:
        _flatten(name, value, shape[1:], convert, into)
