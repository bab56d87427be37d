"""Answers in JSON: rows to whoever sent rows, columns to whoever sent columns."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from customer_churn.serving.refused import invalid

BYTES_SUFFIX = "_bytes"


def predictions(outputs: Mapping[str, np.ndarray]) -> bytes:
    """One element a row: the value itself when there is one output, else an object."""
    sizes = {array.shape[:1] for array in outputs.values()}
    if len(sizes) != 1 or sizes == {()}:
        raise invalid("The model's outputs have no common first dimension; ask for columns")
    columns = {name: _plain(name, array) for name, array in outputs.items()}
    if len(columns) == 1:
        (rows,) = columns.values()
    else:
        names = sorted(columns)
        rows = [
            dict(zip(names, values, strict=True))
            for values in zip(*(columns[name] for name in names), strict=True)
        ]
    return text({"predictions": rows})


def columns(outputs: Mapping[str, np.ndarray]) -> bytes:
    """The value itself when there is one output, else an object of them."""
    named = {name: _plain(name, outputs[name]) for name in sorted(outputs)}
    return text({"outputs": next(iter(named.values())) if len(named) == 1 else named})


def text(value: Any) -> bytes:
    """JSON as TensorFlow Serving writes it: spaced, and with bare NaN and Infinity."""
    return (json.dumps(value, indent=4) + "\n").encode()


def _plain(name: str, array: np.ndarray) -> Any:
    convert: Callable[[Any], Any]
    if array.dtype == object:
        convert = _bytes if name.endswith(BYTES_SUFFIX) else _text
    elif array.dtype == np.float32:
        convert = decimal
    else:
        return array.tolist()
    return np.vectorize(convert, otypes=[object])(array).tolist() if array.size else array.tolist()


def decimal(value: np.float32) -> float:
    """The number that a float32 is written as: six digits when they suffice, else nine."""
    brief = float(f"{value:.6g}")
    return brief if np.float32(brief) == value else float(f"{value:.9g}")


def _text(value: bytes) -> str:
    return value.decode(errors="replace")


def _bytes(value: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(value).decode()}
