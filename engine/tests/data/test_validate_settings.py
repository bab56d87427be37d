import json

import pytest

from mainline.core.layout import Layout
from mainline.data import validate


@pytest.fixture
def wrong(project):
    def run(columns):
        project.params["validation"]["columns"] = columns
        project.ingest()
        return project.refused(validate)

    return run


def test_rule_for_a_column_that_is_no_feature(wrong):
    assert wrong({"agee": {"min": 1}}) == (
        "params.yaml: 'validation.columns.agee' is not a number or category of the table; "
        "did you mean 'age'?"
    )


def test_rule_for_a_column_like_no_other(wrong):
    assert wrong({"zzz": {"min": 1}}).endswith("of the table; known here: age, city.")


def test_values_of_a_number(wrong):
    assert wrong({"age": {"values": ["20"]}}) == (
        "params.yaml: 'validation.columns.age.values' is for a category; "
        "'age' is a number (min, max)."
    )


@pytest.mark.parametrize("rule", [{"min": 1}, {"max": 1}, {"min": 1, "max": 2}])
def test_range_of_a_category(wrong, rule):
    assert wrong({"city": rule}) == (
        "params.yaml: 'validation.columns.city' has min or max; 'city' is a category (values)."
    )


def test_range_that_holds_nothing(wrong):
    assert "'validation.columns.age': min (3) is greater than max (2)." in wrong(
        {"age": {"min": 3, "max": 2}}
    )


def test_without_a_table_there_is_nothing_to_check(project):
    assert "`dvc repro ingest` writes it" in project.refused(validate)


def test_good_table_passes(project):
    project.params["validation"]["columns"] = {"age": {"min": 20, "max": 69}}
    project.ingest()
    project.run(validate)

    text = Layout(project.root).validation.read_text()
    about = json.loads(text)
    assert (about["rows"], about["broken"]) == (60, [])
    assert about["columns"]["age"]["max"] == {"observed": "69", "expected": "<= 69", "passed": True}
    assert about["table"]["left"]["positive rows"]["observed"] == "15"
