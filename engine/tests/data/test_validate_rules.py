import pytest

from mainline.data import validate


@pytest.fixture
def broken(project):
    """Run `validate` with these rules for columns; the message of the MainlineError."""

    def run(columns, **rules):
        project.params["validation"] = {"min_rows": 10, "columns": columns} | rules
        project.ingest()
        return project.refused(validate).splitlines()

    return run


def test_smallest_value(broken):
    assert broken({"age": {"min": 22}}) == [
        "validation: 1 rule(s) broken; report: data/validation.md",
        "  age: min: observed 4 value(s), for example 20.0, 21.0; "
        "expected >= 22; first rows 1, 2, 51 of the table",
    ]


def test_greatest_value(broken):
    assert broken({"age": {"max": 68}})[1:] == [
        "  age: max: observed 1 value(s), for example 69.0; "
        "expected <= 68; first rows 50 of the table",
    ]


def test_allowed_values(broken):
    assert broken({"city": {"values": ["north", "east"]}})[1:] == [
        "  city: values: observed 20 value(s), for example south; "
        "expected one of north, east; first rows 1, 4, 7 of the table",
    ]


def test_share_of_nulls(broken, project, rows):
    project.csv(rows.assign(city=rows["city"].where(rows["city"] == "north")))

    assert broken({"city": {"nulls": 0.3}})[1:] == [
        "  city: nulls: observed a null share of 33.33%; "
        "expected a null share of at most 30.00%; first rows 1, 4, 7 of the table",
    ]


def test_no_null_is_allowed_where_nothing_is_said(broken, project, rows):
    project.csv(rows.assign(age=rows["age"].where(rows.index != 7)))

    assert "age: nulls: observed a null share of 1.67%" in broken({})[1]


def test_share_of_nulls_within_its_bound_passes(project, rows):
    project.csv(rows.assign(age=rows["age"].where(rows.index != 7)))
    project.params["validation"]["columns"] = {"age": {"nulls": 0.02, "min": 20}}
    project.ingest()

    project.run(validate)


@pytest.mark.parametrize(("least", "label", "count"), [(16, "positive", 15), (46, "negative", 45)])
def test_rows_of_each_class(broken, least, label, count):
    lines = broken({}, min_positives=least)

    assert f"  left: {label} rows: observed {count}; expected >= {least}" in lines


def test_everything_that_is_broken_is_said_at_once(broken, project, rows):
    project.csv(rows.assign(id="c1", age=float("inf")))

    lines = broken({"age": {"max": 50}, "city": {"values": ["east"]}}, min_rows=100)

    assert lines[0] == "validation: 5 rule(s) broken; report: data/validation.md"
    assert sorted(line.split(": observed")[0].strip() for line in lines[1:]) == [
        "age: finite",
        "age: max",
        "city: values",
        "id: unique",
        "table: rows",
    ]
