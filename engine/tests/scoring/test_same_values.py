"""A column of Arrow becomes what a training row becomes: ingest, then the model's own tensors."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf

from mainline.core.table import TableSettings
from mainline.data.conversion import typed
from mainline.model.preprocessing import tensors
from mainline.scoring.columns import arrays

NUMBERS = {
    "double": pa.array([1.1, None, float("nan"), -0.0, 1e-40, 3.3]),
    "float": pa.array([1.1, None, 2.5, 3.0, 4.0, 5.0], pa.float32()),
    "half": pa.array(np.array([1.5, 2, 3, 4, 5, 6], np.float16)),
    "beyond float32": pa.array([1e300, -1e300, 3.5e38, 1.0, 2.0, 3.0]),
    "int64": pa.array([2**53 + 1, -(2**63), 2**63 - 1, 16_777_217, 0, 5]),
    "int with null": pa.array([1, None, 3, 4, 5, 6], pa.int16()),
    "uint64": pa.array([2**64 - 1, 1, 2, 3, 4, 5], pa.uint64()),
    "bool": pa.array([True, False, None, True, True, False]),
    "decimal": pa.array([Decimal("1.10"), None, *map(Decimal, ("3", "4", "5", "6"))]),
    "dictionary": pa.array([1, 2, None, 1, 2, 1]).dictionary_encode(),
    "null": pa.nulls(6),
}
TEXTS = {
    "string": pa.array(["a", None, "", "ü", "nan", "a\0b"]),
    "large": pa.array(["a", None, "", "b", "c", "d"], pa.large_string()),
    "view": pa.array(["a", None, "", "b", "c", "d"], pa.string_view()),
    "dictionary": pa.array(["a", None, "b", "a", "b", "a"]).dictionary_encode(),
    "int": pa.array([3, -2, 0, 2**60, 1, 5]),
    "int with null": pa.array([3, None, 0, 7, 1, 5]),
    "bool": pa.array([True, False, None, True, True, False]),
    "null": pa.nulls(6),
}


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize(
    ("kind", "column"),
    [(tf.float32, name) for name in NUMBERS] + [(tf.string, name) for name in TEXTS],
)
def test_it_is_the_same(kind, column):
    values = (NUMBERS if kind == tf.float32 else TEXTS)[column]
    raw = pd.DataFrame({"who": list("abcdef"), "x": values.to_pandas(), "y": list("010101")})
    role = "numbers" if kind == tf.float32 else "categories"
    table = TableSettings(entity="who", target="y", positive="1", **{role: ["x"]})
    row = typed(raw, table, datetime.date(2026, 1, 1))
    expected = tensors(row, {"x": kind})["x"].numpy()
    found = arrays(pa.record_batch({"x": values}), {"x": kind})["x"]
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_a_slice_and_no_rows_at_all():
    batch = pa.record_batch({"x": TEXTS["dictionary"]})
    assert arrays(batch.slice(1, 3), {"x": tf.string})["x"].tolist() == [b"", b"b", b"a"]
    assert arrays(batch.slice(0, 0), {"x": tf.string})["x"].tolist() == []
