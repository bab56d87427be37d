"""JSON values to the elements of a tensor: what is taken, and what is refused, by type."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from grpc import StatusCode

from customer_churn.serving.json_body import short
from customer_churn.serving.refused import RefusedError, invalid

Converter = Callable[[Any], Any]


def converter(number: int) -> Converter:
    """What turns one JSON value into an element of the dtype with that number in protobuf."""
    dtype = tf.as_dtype(number)
    if dtype == tf.string:
        return text
    if dtype == tf.bool:
        return _boolean
    if dtype in (tf.float32, tf.float64):
        return lambda value: _decimal(value, dtype)
    if dtype.is_integer and not dtype.is_quantized:
        return lambda value: _integer(value, dtype)
    raise RefusedError(StatusCode.UNIMPLEMENTED, f"Conversion of JSON values to {dtype.name}")


def is_base64(value: Any) -> bool:
    """Whether a value is `{"b64": "..."}`, JSON's way to say bytes."""
    return isinstance(value, dict) and list(value) == ["b64"] and isinstance(value["b64"], str)


def text(value: Any) -> bytes:
    """The bytes of a JSON string, or those that `{"b64": "..."}` spells."""
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell
            raise invalid(f"JSON Value: {short(value)} is no Unicode text") from None
    if not isinstance(value, dict):
        raise _wrong_type(value, tf.string)
    if not is_base64(value):
        raise invalid(f"JSON Value: {short(value)} not formatted correctly for base64 data")
    try:
        return base64.b64decode(value["b64"], validate=True)
    except (binascii.Error, ValueError):
        raise invalid("Unable to base64 decode") from None


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong_type(value, tf.bool)
    return value


def _decimal(value: Any, dtype: Any) -> float:
    """An int is taken for a float while every int of its size has a float of its own."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(value, dtype)
    limits = np.finfo(dtype.as_numpy_dtype)
    number = _double(value)
    if isinstance(value, int) and -(2**63) <= value < 2**64:
        fits = abs(value) < 2 ** (limits.nmant + 1)
    else:
        fits = not np.isfinite(number) or abs(number) <= float(limits.max)
    if not fits:
        raise invalid(
            f"Cannot convert JSON value: {short(value)} to {dtype.name} without loss of precision."
        )
    return number


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise invalid("JSON Parse error: Number too big to be stored in double") from None


def _integer(value: Any, dtype: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(value, dtype)
    if not dtype.min <= value <= dtype.max:
        raise _wrong_type(value, dtype)
    return value


def _wrong_type(value: Any, dtype: Any) -> RefusedError:
    kinds = {type(None): "Null", bool: "Boolean", str: "String", list: "Array", dict: "Object"}
    kind = kinds.get(type(value), "Number")
    return invalid(f"JSON Value: {short(value)} Type: {kind} is not of expected type: {dtype.name}")
