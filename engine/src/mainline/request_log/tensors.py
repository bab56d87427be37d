"""The values of a TensorProto, without TensorFlow and without NumPy."""

import math
import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_FILLED = 1 << 20  # a few bytes can request a huge shape filled with one value
MOST_DIMENSIONS = 32
# By number: the name in NumPy, the code in `array` and `struct`, and the field of listed values.
_TYPES = {
    1: ("float32", "f", "float_val"),
    2: ("float64", "d", "double_val"),
    3: ("int32", "i", "int_val"),
    4: ("uint8", "B", "int_val"),
    5: ("int16", "h", "int_val"),
    6: ("int8", "b", "int_val"),
    7: ("string", "", "string_val"),
    9: ("int64", "q", "int64_val"),
    10: ("bool", "?", "bool_val"),
    14: ("bfloat16", "H", "half_val"),
    17: ("uint16", "H", "int_val"),
    19: ("float16", "e", "half_val"),
    22: ("uint32", "I", "uint32_val"),
    23: ("uint64", "Q", "uint64_val"),
}
_NO_ARRAY = {"e", "?"}  # `array` has no such type


class TensorError(ValueError):
    """A tensor that has no values by TensorFlow's rules, or too many. The text has no value."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Values in C order: an `array` of numbers, or a list of bool, float or bytes.

    `dtype` is NumPy's name, `string`, or `bfloat16`, whose values are float32.
    """

    dtype: str
    shape: tuple[int, ...]
    values: Sequence[Any]
    filled: int = 0  # how many of them the message does not list


def read(proto: Any, most: int = MOST_FILLED) -> Tensor:
    """The tensor in a TensorProto, as TensorFlow's runtime reads it.

    A shorter list of values is filled up with its last value, an empty one with zeros or empty
    text; values beyond the shape are ignored. Raises TensorError, also when more than `most` values
    are filled up.
    """
    if proto.dtype not in _TYPES:
        raise TensorError(f"a tensor has type {proto.dtype}, which is not supported")
    name, code, field = _TYPES[proto.dtype]
    shape = _shape(proto.tensor_shape)
    size = math.prod(shape)
    if proto.tensor_content:
        return Tensor(name, shape, _unpacked(name, code, proto.tensor_content, size))
    listed = getattr(proto, field)
    missing = max(size - len(listed), 0)
    if missing > most:
        raise TensorError(f"a shape of {size} values is filled up from {len(listed)}")
    return Tensor(name, shape, _listed(name, code, _filled(listed[:size], size, name)), missing)


def _shape(shape: Any) -> tuple[int, ...]:
    sizes = tuple(each.size for each in shape.dim[: MOST_DIMENSIONS + 1])
    if shape.unknown_rank or len(sizes) > MOST_DIMENSIONS or any(size < 0 for size in sizes):
        raise TensorError("a tensor has no definite shape")
    return sizes


def _filled(values: list[Any], size: int, name: str) -> list[Any]:
    last = values[-1] if values else b"" if name == "string" else 0
    return values + [last] * (size - len(values))


def _unpacked(name: str, code: str, content: bytes, size: int) -> Sequence[Any]:
    """Values from their bytes, which are in little-endian order, as are all machines of ours."""
    if not code:
        raise TensorError("a tensor of text has tensor_content, which is not supported")
    needed = size * struct.calcsize(code)
    if len(content) != needed:
        raise TensorError(f"a tensor of {size} {name} has {len(content)} bytes, not {needed}")
    if code in _NO_ARRAY:
        return list(struct.unpack(f"<{size}{code}", content))
    values = array(code, content)
    if name == "bfloat16":  # the upper half of a float32
        return array("f", array("I", [bits << 16 for bits in values]).tobytes())
    return values


def _listed(name: str, code: str, values: list[Any]) -> Sequence[Any]:
    """Values of a `*_val` field. Numbers of 8 and 16 bits are in wider ones and wrap, as in C++."""
    if name == "string":
        return values
    bits = 8 * struct.calcsize(code)
    if name == "bool" or bits > 16:
        return [bool(value) for value in values] if name == "bool" else array(code, values)
    mask = (1 << bits) - 1
    narrow = array("B" if bits == 8 else "H", [value & mask for value in values])
    return _unpacked(name, code, narrow.tobytes(), len(values))
