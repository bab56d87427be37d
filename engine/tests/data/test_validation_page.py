import pytest

from mainline.core.layout import Layout
from mainline.data import validate


@pytest.fixture
def page(project):
    def read():
        return Layout(project.root).validation_page.read_text()

    return read


def test_every_check_is_shown_with_what_was_seen(project, page):
    project.params["validation"] |= {
        "columns": {"age": {"min": 18}, "city": {"values": ["north", "south"]}},
        "rules": {"grown_up": "age >= 18"},
    }
    project.ingest()
    project.run(validate)
    text = page()
    assert "✅ Every check holds: 60 rows, 4 columns." in text
    assert "| age | nulls | a null share of 0.00% | a null share of at most 0.00% | ✅ |  |" in text
    assert "| age | min | 20 | >= 18 | ✅ |  |" in text
    assert "| city | values | 2 of them | one of north, south | ✅ |  |" in text
    assert "`age >= 18, in every row` | ✅ |" in text
    assert "## Broken" not in text


def test_a_table_that_is_refused_has_its_page_and_no_report(project, page):
    project.ingest()
    project.run(validate)
    project.params["validation"]["rules"] = {"grown_up": "age >= 22"}
    assert "; report: data/validation.md\n" in project.refused(validate)
    text = page()
    assert "❌ 1 of 11 checks are broken" in text
    assert "| ❌ | 1: id c000; 2: id c001; 51: id c050 |" in text
    assert not Layout(project.root).validation.exists()


def test_rows_are_named_on_the_page_and_nowhere_else(project, page, rows):
    project.csv(rows.assign(id=rows["id"].replace({"c001": "c000"})))
    project.ingest()
    assert "c000" not in project.refused(validate)
    assert "| 1: id c000; 2: id c000 |" in page()


def test_nothing_in_the_data_becomes_markup(project, page, rows):
    mean = "|<img src=x>`@all`[x](y)\n# y"
    project.csv(rows.assign(city=mean, id=rows["id"] + mean))
    project.params["validation"]["columns"] = {"city": {"values": [mean[:9]]}}
    project.ingest()
    project.refused(validate)
    text = page()
    assert "<img" not in text
    assert "@all" not in text
    assert "](y)" not in text.replace("\\]", "")
    assert {line.count(" | ") for line in text.splitlines() if line.startswith("| city")} == {5}


def test_a_second_run_writes_the_same_bytes(project, page):
    project.ingest()
    project.run(validate)
    first = page()
    project.run(validate)
    assert page() == first
