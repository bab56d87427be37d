import json

import pytest

from mainline.core.layout import Layout


@pytest.fixture
def content(project):
    def run():
        project.ingest()
        return json.loads(Layout(project.root).catalogue.read_text())["content"]

    return run


def test_order_of_the_source_does_not_count(content, project, rows):
    before = content()
    project.csv(rows.sample(frac=1, random_state=3))

    assert content() == before


def test_columns_outside_the_table_do_not_count(content, project, rows):
    before = content()
    project.csv(rows[["left", "city", "age", "id"]].assign(extra=1))

    assert content() == before


def test_file_format_does_not_count(content, project, rows):
    rows = rows.assign(
        age=rows["age"].where(rows.index != 9), city=rows["city"].mask(rows.index == 4)
    )
    project.csv(rows)
    before = content()
    project.parquet(rows.astype({"city": "category"}))

    assert content() == before


@pytest.mark.parametrize(
    ("column", "value"), [("id", "other"), ("age", 20.5), ("city", "east"), ("left", "no")]
)
def test_one_changed_value_counts(content, project, rows, column, value):
    before = content()
    project.csv(
        rows.astype({"age": "float"}).assign(**{column: rows[column].mask(rows.index == 0, value)})
    )

    assert content() != before


@pytest.mark.parametrize("column", ["age", "city"])
def test_one_value_that_is_gone_counts(content, project, rows, column):
    before = content()
    project.csv(rows.assign(**{column: rows[column].mask(rows.index == 0)}))

    assert content() != before


def test_name_of_a_column_counts(content, project, rows):
    before = content()
    project.params["table"]["categories"] = ["town"]
    project.csv(rows.rename(columns={"city": "town"}))

    assert content() != before
