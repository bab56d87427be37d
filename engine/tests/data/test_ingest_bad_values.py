import pandas as pd
import pytest

from mainline.data import validate


def test_missing_column(project, rows):
    project.csv(rows.drop(columns="age"))

    message = project.refused()

    assert "the source has no column 'age'; it has: 'id', 'city', 'left'." in message
    assert "data.source.rename" in message


@pytest.mark.parametrize(("delimiter", "shown"), [(";", "';'"), ("\t", r"'\t'"), ("|", "'|'")])
def test_a_file_of_another_delimiter_says_which(project, rows, delimiter, shown):
    project.csv(rows.to_csv(index=False, sep=delimiter))
    message = project.refused()
    assert f"That is one column: set data.source.delimiter to {shown} in params.yaml." in message
    assert "rename" not in message


def test_text_in_a_number_column(project, rows):
    project.csv(rows.astype({"age": "str"}).replace({"age": {"21": "old", "22": "1,5"}}))

    message = project.refused()

    assert "column 'age': 4 value(s) are not a number" in message
    assert "for example 'old', '1,5', 'old' in data row 2, 3, 52." in message


def test_dates_in_a_number_column(project, rows):
    project.parquet(rows.assign(age=pd.Timestamp("2026-01-01")))

    assert "column 'age': 60 value(s) are not a number" in project.refused()


def test_numbers_in_a_time_column(project, rows):
    project.params["table"]["time"] = "day"
    project.csv(rows.assign(day=202601))

    assert "column 'day': 60 value(s) are not an ISO 8601 date or time" in project.refused()


def test_all_null_column(project, rows):
    project.csv(rows.assign(age=None))
    project.ingest()

    message = project.refused(validate)

    assert "age: some value: observed a null share of 100.00%; expected at least one" in message


@pytest.mark.parametrize("spelling", ["inf", "-Infinity", "1e999"])
def test_infinite_values(project, rows, spelling):
    ages = rows["age"].astype("str").where(rows["age"] != 21, spelling)
    project.csv(rows.assign(age=ages))
    project.ingest()

    message = project.refused(validate)

    assert "age: finite: observed 2 value(s), for example" in message
    assert "expected finite numbers; first rows 2, 52 of the table" in message


def test_duplicate_keys(project, rows):
    project.csv(pd.concat([rows, rows.head(1)]))
    project.ingest()

    message = project.refused(validate)

    assert "id: unique: observed 2 rows share a key" in message
    assert "expected each key once; first rows 1, 2 of the table" in message


def test_key_without_a_value(project, rows):
    project.csv(rows.assign(id=rows["id"].where(rows["id"] != "c003")))
    project.ingest()

    assert "id: key: observed 1 nulls; expected no null" in project.refused(validate)


def test_too_few_rows(project, rows):
    project.params["validation"]["min_rows"] = 1000
    project.ingest()

    assert "table: rows: observed 60; expected at least 1,000" in project.refused(validate)


def test_rename_of_a_column_that_is_not_there(project):
    project.source["rename"] = {"Age": "age"}

    message = project.refused()

    assert "rows.csv has no column 'Age' to rename (data.source.rename)" in message
    assert "it has: 'id', 'age', 'city', 'left'." in message


def test_rename_onto_another_column(project):
    project.source["rename"] = {"city": "age"}

    assert "data.source.rename gives two columns the name 'age'" in project.refused()
