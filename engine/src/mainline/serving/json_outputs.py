"""Writes answers in JSON: rows for a request with rows, columns for one with columns."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from mainline.serving.refused import invalid

BYTES_SUFFIX = "_bytes"


def predictions(outputs: Mapping[str, np.ndarray]) -> bytes:
    """One element for each row: the value if there is one output, else an object."""
    sizes = {array.shape[:1] for array in outputs.values()}
    if len(sizes) != 1 or sizes == {()}:
        raise invalid("The model's outputs have no common first dimension; ask for columns")
    names = sorted(outputs)
    columns = [_plain(name, outputs[name]) for name in names]
    if len(columns) == 1:
        return text({"predictions": columns[0]})
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return text({"predictions": rows})


def columns(outputs: Mapping[str, np.ndarray]) -> bytes:
    """The value if there is one output, else an object with all outputs."""
    named = {name: _plain(name, outputs[name]) for name in sorted(outputs)}
    return text({"outputs": next(iter(named.values())) if len(named) == 1 else named})


def text(value: Any, *, indent: int | None = None) -> bytes:
    """JSON with bare NaN and Infinity, as TensorFlow Serving writes it."""
    return (json.dumps(value, indent=indent) + "\n").encode()


def _plain(name: str, array: np.ndarray) -> Any:
    if array.dtype == np.float32:
        found = [_decimal(value) for value in array.ravel()]
    elif array.dtype == object:
        found = [_bytes(value, encoded=name.endswith(BYTES_SUFFIX)) for value in array.ravel()]
    else:
        return array.tolist()
    return found if array.ndim == 1 else _nested(found, array.shape)


def _nested(flat: list[Any], shape: tuple[int, ...]) -> Any:
    into = np.empty(len(flat), object)
    into[:] = flat
    return into.reshape(shape).tolist()


def _decimal(value: np.float32) -> float:
    """The decimal number for a float32: six digits if they are exact, else nine."""
    brief = float(f"{value:.6g}")
    return brief if np.float32(brief) == value else float(f"{value:.9g}")


def _bytes(value: bytes, *, encoded: bool) -> Any:
    return {"b64": base64.b64encode(value).decode()} if encoded else value.decode(errors="replace")
