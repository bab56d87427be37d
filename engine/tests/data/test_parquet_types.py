import datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest


@pytest.fixture
def read(project):
    """The table that three rows with these columns become."""

    def run(**columns):
        base = {
            "id": ["a", "b", "c"],
            "age": [1, 2, 3],
            "city": list("xyz"),
            "left": ["yes", "no", "no"],
        }
        pa.parquet.write_table(pa.table(base | columns), project.root / "rows.parquet")
        project.source["path"] = "rows.parquet"
        return project.ingest()

    return run


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.uint32(), pa.float32(), pa.float64()])
def test_numbers_with_nulls(read, kind):
    age = read(age=pa.array([1, None, 3], kind))["age"]

    assert age.dtype == "float64"
    assert age.fillna(-1).tolist() == [1, -1, 3]


def test_decimals(read):
    age = read(age=pa.array([Decimal("1.50"), None, Decimal("-3.25")]))["age"]

    assert age.fillna(-1).tolist() == [1.5, -1, -3.25]


def test_truth_as_a_number(read):
    assert read(age=pa.array([True, None, False]))["age"].fillna(-1).tolist() == [1, -1, 0]


def test_truth_as_a_number_without_nulls(read):
    assert read(age=[True, True, False])["age"].tolist() == [1, 1, 0]


def test_truth_as_the_target(read, project):
    project.params["table"]["positive"] = True

    assert read(left=[True, False, True])["left"].tolist() == [1, 0, 1]


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.float64()])
def test_numbers_as_the_target(read, project, kind):
    project.params["table"]["positive"] = 1

    assert read(left=pa.array([0, 1, 0], kind))["left"].tolist() == [0, 1, 0]


def test_whole_numbers_as_categories(read):
    city = read(city=pa.array([0, None, 12], pa.int64()))["city"]

    assert city.isna().tolist() == [False, True, False]
    assert city.dropna().tolist() == ["0", "12"]


def test_whole_numbers_that_are_stored_as_fractions(read):
    assert read(city=pa.array([0.0, None, 12.0]))["city"].dropna().tolist() == ["0", "12"]


@pytest.mark.parametrize("values", [["x", None, " x "], ["NA", "x", "x"], ["", "x", "x"]])
def test_text_and_dictionaries_are_cleaned_as_in_csv(read, values):
    plain = read(city=values)["city"]
    coded = read(city=pa.array(values).dictionary_encode())["city"]

    assert plain.dropna().tolist() == ["x", "x"]
    pd.testing.assert_series_equal(plain, coded)


def test_long_keys_keep_every_digit(read):
    keys = [2**60 + 1, 2**60 + 2, None]

    assert read(id=pa.array(keys))["id"].dropna().tolist() == [str(key) for key in keys[:2]]


@pytest.mark.parametrize(
    "kind", [pa.timestamp("s"), pa.timestamp("ns", "Europe/Berlin"), pa.date32()]
)
def test_times(read, project, kind):
    project.params["table"]["time"] = "day"
    day = read(day=pa.array([datetime.datetime(2026, 5, 1)] * 3, pa.timestamp("s")).cast(kind))[
        "day"
    ]

    assert day.dtype == "datetime64[ms]"
    assert day.unique().tolist() == [pd.Timestamp("2026-05-01")]


def test_key_that_pandas_stored_as_an_index(project, rows):
    project.parquet(rows.set_index("id"))

    assert project.ingest()["id"].tolist() == rows["id"].tolist()
