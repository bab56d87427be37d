"""A window of the log for tests, in files as the shipper and `log compact` write them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DAY = "2026-07-06"
TYPES = {
    "time": pa.timestamp("us", "UTC"),
    "row": pa.int32(),
    "rows": pa.int32(),
    "status": pa.int32(),
    "seconds": pa.float64(),
    "score": pa.float64(),
    "scores": pa.list_(pa.float64()),
}


def rows(inputs: pd.DataFrame, scores: np.ndarray | None = None, *, day: str = DAY, **others):
    """A frame with the log's columns, one request a row; `others` replace columns."""
    count = len(inputs)
    start = datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC)
    plain = {
        "time": [start + timedelta(microseconds=place) for place in range(count)],
        "request_id": [f"{day}-{place}" for place in range(count)],
        "rows": 1,
        "caller": "shop",
        "protocol": "rest",
        "signature": "serving_default",
        "arm": "main",
        "status": 200,
        "problem": "",
        "seconds": 0.004,
        "version": "7",
        "digest": "sha256:7",
        "row": 0,
        "entity": None,
    }
    many = scores is not None and np.ndim(scores) == 2
    answer = {
        "score": scores if scores is not None and not many else None,
        "scores": list(scores) if many else None,
        "label": None,
    }
    frame = pd.DataFrame({"place": range(count)})
    for name, value in (plain | answer | others).items():
        frame[name] = value
    named = inputs.reset_index(drop=True).add_prefix("input_")
    return pd.concat([frame.drop(columns="place"), named], axis=1)


def table(frame: pd.DataFrame, **types: pa.DataType) -> pa.Table:
    """With the types of the log; numbers are float32, as in the model's signature."""
    fields = []
    for name in frame.columns:
        number = pd.api.types.is_numeric_dtype(frame[name].dtype)
        plain = pa.float32() if number else pa.string()
        fields.append(pa.field(name, types.get(name, TYPES.get(name, plain))))
    schema = pa.schema(fields)
    arrays = [_array(frame[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_floating(kind) and pd.api.types.is_float_dtype(column.dtype):
        return pa.array(column.to_numpy(np.float64)).cast(kind, safe=False)  # NaN stays NaN
    values = [None if each is None or each is pd.NA or each is pd.NaT else each for each in column]
    plain = [None if isinstance(each, float) and np.isnan(each) else each for each in values]
    return pa.array(plain, kind)


def write(store: Path, found: pd.DataFrame | pa.Table, name: str = "compact-1", **types) -> Path:
    """Put a file into the folder of the hour in which its first row stands."""
    content = found if isinstance(found, pa.Table) else table(found, **types)
    first = content["time"][0].as_py()
    path = store / f"{first:day=%Y-%m-%d/hour=%H}" / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(content, path)
    return path
