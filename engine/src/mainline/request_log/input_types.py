"""The types of the log's input columns, from the signatures that a server reports."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from mainline.request_log.signatures import inputs, within

SERVED = "serving_default"
_FLOAT, _DOUBLE, _TEXT, _WHOLE = pa.float32(), pa.float64(), pa.string(), pa.int64()
_TYPES = {
    "DT_FLOAT": _FLOAT,
    "DT_HALF": _FLOAT,
    "DT_BFLOAT16": _FLOAT,
    "DT_DOUBLE": _DOUBLE,
    "DT_INT8": pa.int8(),
    "DT_INT16": pa.int16(),
    "DT_INT32": pa.int32(),
    "DT_INT64": _WHOLE,
    "DT_UINT8": pa.uint8(),
    "DT_UINT16": pa.uint16(),
    "DT_UINT32": pa.uint32(),
    "DT_UINT64": pa.uint64(),
    "DT_BOOL": pa.bool_(),
    "DT_STRING": _TEXT,
}
Types = dict[str, pa.DataType]


def of_versions(metadata: Mapping[str, Any], versions: Iterable[str]) -> Types:
    """Types by input for rows of these versions. Empty when nothing is known."""
    found: Types = {}
    for said in of_these(metadata, versions).values():
        for name, kind in _of(said).items():
            found[name] = common(found.get(name, kind), kind)
    return dict(sorted(found.items()))  # a server lists them in no order


def of_these(metadata: Mapping[str, Any], versions: Iterable[str]) -> dict[str, Any]:
    """What is known of these versions; if nothing is, what is known of the last one.

    `metadata` is what servers said by version, oldest first.
    """
    known = [version for version in metadata if version in set(versions)]
    return {version: metadata[version] for version in known or list(metadata)[-1:]}


def common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """A type that holds the values of both: of two files, or of two versions."""
    if one.equals(other) or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if pa.types.is_list(one) or pa.types.is_list(other):
        inner = [each.value_type if pa.types.is_list(each) else each for each in (one, other)]
        return pa.list_(common(*inner))
    if pa.types.is_integer(one) and pa.types.is_integer(other):
        return _WHOLE
    numbers = [pa.types.is_integer(each) or pa.types.is_floating(each) for each in (one, other)]
    return _DOUBLE if all(numbers) else _TEXT


def _of(metadata: Any) -> Types:
    """Types by input of all signatures; those of `serving_default` count where they differ."""
    signatures = inputs(metadata)
    found: Types = {}
    for name in sorted(signatures, key=lambda name: name == SERVED):
        for column, about in signatures[name].items():
            kind = _TYPES.get(str(within(about).get("dtype")))
            if kind is not None:
                shape = within(about, "tensor_shape")
                deep = len(shape.get("dim") or []) > 1  # more than one value for each row
                found[str(column)] = pa.list_(kind) if deep else kind
    return found
