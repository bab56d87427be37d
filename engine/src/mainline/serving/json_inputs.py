"""Reads the inputs of a predict request in JSON: rows (`instances`) or columns (`inputs`)."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from grpc import StatusCode

from mainline.serving.json_body import short
from mainline.serving.refused import RefusedError, invalid

ROWS, COLUMNS = "instances", "inputs"
KINDS = {bool: "Boolean", str: "String", list: "Array", dict: "Object", type(None): "Null"}


def inputs(document: Mapping[str, Any], infos: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Arrays by input name; `infos` are the signature's inputs. Refuses values that do not fit."""
    if (ROWS in document) is (COLUMNS in document):
        raise invalid(f"expecting one of the keys '{ROWS}' and '{COLUMNS}'")
    columns = (
        _rows_as_columns(document[ROWS], infos)
        if ROWS in document
        else _columns(document[COLUMNS], infos)
    )
    return {name: _array(name, columns[name], infos[name].dtype) for name in infos}


def _rows_as_columns(rows: Any, infos: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(rows, list) or not rows:
        raise invalid(f"JSON Value: {short(rows)} Expecting '{ROWS}' to be a list with values")
    if len(infos) == 1 and not any(isinstance(row, dict) and not _is_base64(row) for row in rows):
        return {next(iter(infos)): rows}
    names = set(infos)
    for place, row in enumerate(rows):
        if not isinstance(row, dict):
            raise invalid(f"Expecting object at item {place} of '{ROWS}' list, got {short(row)}")
        if row.keys() != names:
            raise invalid(
                f"Failed to process element: {place} of '{ROWS}' list. JSON object: {short(row)} "
                f"keys must be equal to: {','.join(sorted(infos))}"
            )
    return {name: [row[name] for row in rows] for name in infos}


def _columns(columns: Any, infos: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(columns, dict) or _is_base64(columns):
        if len(infos) == 1:
            return {next(iter(infos)): columns}
        raise invalid(f"'{COLUMNS}' must be an object: the model has several inputs")
    for name in sorted(infos):
        if name not in columns:
            raise invalid(
                f"Missing named input: {name} in '{COLUMNS}' object. "
                f"The model reads {','.join(sorted(infos))}"
            )
    return columns


def _array(name: str, values: Any, number: int) -> np.ndarray:
    """Nested lists as an array. `number` is protobuf's number of the dtype."""
    shape: list[int] = []
    flat = [values]
    while flat and isinstance(flat[0], list):
        shape.append(len(flat[0]))
        if any(not isinstance(each, list) or len(each) != shape[-1] for each in flat):
            raise invalid(f"input '{name}': lists of unlike sizes or depths")
        flat = [value for each in flat for value in each]
    try:
        return _elements(flat, tf.as_dtype(number)).reshape(shape)
    except RefusedError as refused:
        raise RefusedError(refused.code, f"input '{name}': {refused}") from None
    except ValueError as error:  # more dimensions than an array has
        raise invalid(f"input '{name}': {error}") from None


def _elements(values: list[Any], dtype: Any) -> np.ndarray:
    if dtype == tf.string:
        return np.array([_text(value) for value in values], object)
    if dtype == tf.bool:
        taken: set[type] = {bool}
    elif dtype in (tf.float32, tf.float64):
        taken = {int, float}
    elif dtype.is_integer and not dtype.is_quantized:
        taken = {int}
    else:
        raise RefusedError(StatusCode.UNIMPLEMENTED, f"Conversion of JSON values to {dtype.name}")
    if not taken.issuperset(map(type, values)):
        wrong = next(value for value in values if type(value) not in taken)
        raise _wrong_type(wrong, dtype)
    try:
        with np.errstate(over="ignore"):  # a double beyond float32 becomes infinity
            read = np.array(values, np.float64 if float in taken else dtype.as_numpy_dtype)
            return read.astype(dtype.as_numpy_dtype)
    except OverflowError:
        raise invalid(f"JSON Value: a number is out of the range of {dtype.name}") from None


def _is_base64(value: Any) -> bool:
    """Whether a value is `{"b64": "..."}`, the notation for bytes."""
    return isinstance(value, dict) and list(value) == ["b64"] and isinstance(value["b64"], str)


def _text(value: Any) -> bytes:
    """The bytes of a JSON string or of `{"b64": "..."}`."""
    try:
        if isinstance(value, str):
            return value.encode()
        if _is_base64(value):
            return base64.b64decode(value["b64"], validate=True)
    except ValueError as error:  # half of a surrogate pair, or not base64
        raise invalid(f"JSON Value: {short(value)} cannot be decoded: {error}") from None
    raise _wrong_type(value, tf.string)


def _wrong_type(value: Any, dtype: Any) -> RefusedError:
    kind = KINDS.get(type(value), "Number")
    return invalid(f"JSON Value: {short(value)} Type: {kind} is not of expected type: {dtype.name}")
