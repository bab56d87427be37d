"""The output's columns: row, key, model version, score, error."""

from typing import Any

import numpy as np
import pyarrow as pa

from mainline.core.errors import SettingsError
from mainline.packaging.saved_model import LABEL, OUTPUT
from mainline.scoring.scores import Scores

ROW, VERSION, ERROR = "row", "model_version", "error"
REPEATED = [VERSION, LABEL, ERROR]  # columns that a dictionary makes small
# Beside zstd at its usual level: a third less time to write and a fifth less space.
STORED: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "column_encoding": {ROW: "DELTA_BINARY_PACKED"},
}


def schema(keys: list[Any], *, labelled: bool, width: int) -> Any:
    """The schema. `keys` are the input's fields; a `width` above 0 gives a list of scores.

    Raises SettingsError when a key has the name of an own column.
    """
    score = pa.list_(pa.float32()) if width else pa.float32()
    own = [
        pa.field(VERSION, pa.int64(), nullable=False),
        *([pa.field(LABEL, pa.string())] if labelled else []),
        pa.field(OUTPUT, score),
        pa.field(ERROR, pa.string()),
    ]
    fields = [pa.field(ROW, pa.int64(), nullable=False), *keys, *own]
    names = [field.name for field in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(
            f"the key column '{twice[0]}' has the name of a column of the output.",
            where="params.yaml, table",
        )
    return pa.schema(fields)


def batch(made: Any, first: int, version: int, keys: list[Any], found: Scores) -> Any:
    """A record batch of the schema `made`; `first` is the first row's number in the input."""
    rows = len(found.scores)
    failed = np.zeros(rows, bool)
    failed[list(found.errors)] = True
    errors: Any = pa.nulls(rows, pa.string())
    if found.errors:
        errors = pa.array([found.errors.get(row) for row in range(rows)], pa.string())
    columns = [
        pa.array(np.arange(first, first + rows)),
        *keys,
        pa.array(np.full(rows, version)),
        *([] if found.labels is None else [_labels(found.labels, failed)]),
        _scores(found.scores, failed),
        errors,
    ]
    return pa.record_batch(columns, schema=made)


def _labels(values: np.ndarray, failed: np.ndarray) -> Any:
    return pa.array(values, pa.binary(), mask=failed).cast(pa.string())


def _scores(values: np.ndarray, failed: np.ndarray) -> Any:
    if values.ndim == 1:
        return pa.array(values, pa.float32(), mask=failed)
    width = values.shape[1]
    places = pa.array(np.arange(len(values) + 1, dtype=np.int32) * width)
    return pa.ListArray.from_arrays(places, pa.array(values.ravel()), mask=pa.array(failed))
