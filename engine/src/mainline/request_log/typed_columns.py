"""Raw values of a request as columns of the log: typed, hashed, or left out."""

import hmac
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from mainline.request_log.input_types import Types
from mainline.request_log.request_rows import text_of
from mainline.request_log.ship_settings import ENTITY, Columns, hash_key

PREFIX = "input_"
_NUMBERS = {int, float, type(None)}


class Privacy:
    """Which inputs are kept as they are, as a keyed hash, or not at all."""

    def __init__(self, settings: Columns) -> None:
        """Raises SettingsError when a hash is asked for without a key."""
        self._key, self._hashed = hash_key(settings), set(settings.hash)
        self._left_out = set(settings.leave_out)

    def kept(self, types: Types) -> Types:
        """The inputs that are read at all."""
        return {name: kind for name, kind in types.items() if name not in self._left_out}

    def schema_type(self, name: str, kind: pa.DataType) -> pa.DataType:
        """The type of a column in the log."""
        return pa.string() if name in self._hashed else kind

    def column(self, name: str, values: pa.Array) -> pa.Array:
        """A typed column as it is kept."""
        if name not in self._hashed:
            return values
        return pa.array([self._hash(value) for value in values.to_pylist()], pa.string())

    def entity(self, key: str | None) -> str | None:
        """The key of a row as it is kept."""
        if ENTITY in self._left_out:
            return None
        return self._hash(key) if ENTITY in self._hashed else key

    def _hash(self, value: Any) -> str | None:
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value)
        return hmac.digest(self._key, text.encode(), "sha256").hex()


def typed(values: list[Any], kind: pa.DataType) -> tuple[pa.Array, list[int]]:
    """The values as a column, and the places of those that do not fit, which are null in it."""
    found = set(map(type, values))
    try:
        if pa.types.is_string(kind) and found <= {str, type(None)}:
            return pa.array(values, kind), []
        if pa.types.is_floating(kind) and found <= _NUMBERS:
            return pa.array(values, pa.float64()).cast(kind, safe=False), []
        if pa.types.is_integer(kind) and found <= {int, type(None)}:
            return pa.array(values, kind), []
    except (pa.ArrowException, ValueError, OverflowError):  # each value by itself, below
        pass
    fit = _fitting(kind)
    fitted = [None if value is None else fit(value) for value in values]
    pairs = enumerate(zip(values, fitted, strict=True))
    wrong = [place for place, (value, found) in pairs if found is None and value is not None]
    return pa.array(fitted, kind), wrong


def _fitting(kind: pa.DataType) -> Callable[[Any], Any]:
    """A function: the value as one of the type, or None."""
    if pa.types.is_list(kind):
        inner = _fitting(kind.value_type)
        return lambda value: _list(value, inner)
    if pa.types.is_string(kind):
        return text_of
    if pa.types.is_boolean(kind):
        return lambda value: value if isinstance(value, bool) else None
    if pa.types.is_floating(kind):
        return lambda value: _float(value, kind)
    least, most = _range(kind)
    return lambda value: value if type(value) is int and least <= value <= most else None


def _float(value: Any, kind: pa.DataType) -> float | None:
    if type(value) not in (int, float):
        return None
    try:
        wide = pa.array([float(value)], pa.float64())
    except OverflowError:
        wide = pa.array([float("inf") if value > 0 else float("-inf")], pa.float64())
    fitted: float = wide.cast(kind, safe=False)[0].as_py()  # beyond it: infinity, as in the server
    return fitted


def _range(kind: pa.DataType) -> tuple[int, int]:
    bits = kind.bit_width
    if pa.types.is_signed_integer(kind):
        return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return 0, 2**bits - 1


def _list(value: Any, fit: Callable[[Any], Any]) -> list[Any] | None:
    try:
        fitted = [fit(each) for each in _flat(value)]
    except RecursionError:  # lists in lists, deeper than any tensor
        return None
    return None if any(each is None for each in fitted) else fitted


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return [value]
    return [inner for each in value for inner in _flat(each)]
