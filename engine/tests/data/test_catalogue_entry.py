import json

import pytest

from mainline.core.layout import Layout


@pytest.fixture
def entry(project):
    def run():
        project.ingest()
        return json.loads(Layout(project.root).catalogue.read_text())

    return run


def test_what_the_table_is(entry):
    about = entry()

    assert about["source"] == "csv file rows.csv"
    assert about["as_of"] == "2026-06-30"
    assert (about["rows"], about["entities"], about["positives"]) == (60, 60, 15)
    assert list(about["columns"]) == ["id", "age", "city", "left"]


def test_range_of_a_number(entry):
    age = entry()["columns"]["age"]

    assert {"kind": "float64", "min": 20.0, "mean": 41.166667, "max": 69}.items() <= age.items()


def test_counts_of_a_category(entry):
    city = entry()["columns"]["city"]

    assert (city["distinct"], city["counts"]) == (2, {"north": 40, "south": 20})


def test_many_values_are_counted_and_not_listed(entry):
    key = entry()["columns"]["id"]

    assert (key["distinct"], "counts" in key) == (60, False)


def test_range_of_a_time(entry, project, rows):
    project.params["table"]["time"] = "day"
    project.csv(rows.assign(day=["2026-01-01", "2026-02-03"] * 30))
    day = entry()["columns"]["day"]

    assert (day["min"], day["max"]) == ("2026-01-01 00:00:00", "2026-02-03 00:00:00")


def test_share_of_nulls(entry, project, rows):
    project.csv(rows.assign(age=rows["age"].where(rows.index >= 15)))

    assert entry()["columns"]["age"]["null_share"] == 0.25


def test_column_of_nulls_has_no_range(entry, project, rows):
    project.csv(rows.assign(age=None))

    assert entry()["columns"]["age"] == {"kind": "float64", "null_share": 1.0}


def test_infinite_values_leave_the_range_finite(entry, project, rows):
    project.csv(rows.assign(age=rows["age"].astype("float").where(rows.index != 0, float("inf"))))

    assert entry()["columns"]["age"]["max"] == 69


def test_second_run_writes_the_same_bytes(entry, project):
    def written():
        return [(project.root / path).read_bytes() for path in (Layout.catalogue, Layout.table)]

    entry()
    first = written()
    entry()

    assert written() == first
