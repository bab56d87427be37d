"""Columns of Arrow as arrays that the model takes: float32 with NaN, text as bytes with b"".

The same values as `data/conversion.py` and `model/preprocessing.py` make of a training row; those
go through pandas and through a tensor, which costs more than the model itself.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from mainline.core.errors import DataError


def check(schema: Any, inputs: Mapping[str, tf.DType], keys: list[str], where: str) -> None:
    """Refuse a file without a column, or with one of another kind.

    `inputs` are the model's, by name. Raises DataError.
    """
    missing = [name for name in [*keys, *inputs] if name not in schema.names]
    if missing:
        raise DataError(
            f"no column {', '.join(map(repr, missing))}; it has: "
            f"{', '.join(map(repr, schema.names))}.",
            where=where,
        )
    for name in [*keys, *inputs]:
        if (count := schema.names.count(name)) > 1:
            raise DataError(f"column '{name}' is there {count} times.", where=where)
    for name, wanted in inputs.items():
        found = _value_type(schema.field(name).type)
        if not (_is_textual(found) if wanted == tf.string else _is_number(found)):
            raise DataError(
                f"column '{name}' has the wrong type.",
                where=where,
                found=found,
                expected="text or whole numbers" if wanted == tf.string else "numbers",
            )


def arrays(batch: Any, inputs: Mapping[str, tf.DType]) -> dict[str, np.ndarray]:
    """Arrays (rows,) by the name of the input; a null is a missing value."""
    return {
        name: (_texts if kind == tf.string else _numbers)(batch.column(name))
        for name, kind in inputs.items()
    }


def texts(inputs: Mapping[str, tf.DType]) -> list[str]:
    """The inputs that are text."""
    return [name for name, kind in inputs.items() if kind == tf.string]


def _value_type(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_number(kind: Any) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    return pa.types.is_null(kind) or any(test(kind) for test in tests)


def _is_textual(kind: Any) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    others = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_null)
    return any(test(kind) for test in (*tests, *others))


def _numbers(values: Any) -> np.ndarray:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not pa.types.is_floating(values.type):
        values = values.cast(pa.float64(), safe=False)  # as ingest does; then one more rounding
    # A double beyond float32 becomes infinity, as in JSON.
    numbers: np.ndarray = values.cast(pa.float32(), safe=False).to_numpy(zero_copy_only=False)
    return numbers


def _texts(values: Any) -> np.ndarray:
    """Each distinct value becomes one Python object, which all its rows share."""
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    known = values.dictionary.cast(pa.string())
    if pa.types.is_boolean(values.type.value_type):
        known = pc.utf8_capitalize(known)  # True, as pandas writes it
    objects = np.append(known.cast(pa.binary()).fill_null(b"").to_numpy(zero_copy_only=False), b"")
    places = values.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    texts: np.ndarray = objects[places]
    return texts
