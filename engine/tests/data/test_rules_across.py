import json

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.data import validate
from mainline.params import params as whole
from project import SMALL


@pytest.fixture
def broken(project):
    def run(**rules):
        project.params["validation"]["rules"] = rules
        project.ingest()
        return project.refused(validate)

    return run


def test_a_row_that_breaks_a_rule(broken, project):
    assert broken(grown_up_in_the_south="age >= 22 or city != 'south'").splitlines() == [
        "validation: 1 rule(s) broken; report: data/validation.md",
        "  rules: grown_up_in_the_south: observed 2 rows (3.33%) that break it; "
        "expected age >= 22 or city != 'south', in every row; first rows 1, 52 of the table",
    ]


def test_a_share_of_rows_may_break_it(broken, project):
    rule = {"holds": "age >= 22", "violations": 0.05}
    assert "4 rows (6.67%) that break it; expected age >= 22, in all rows but 5.00%" in broken(
        old=rule
    )
    project.params["validation"]["rules"] = {"old": rule | {"violations": 0.07}}
    project.run(validate)


def test_what_a_null_leaves_unknown_breaks_nothing(project, rows):
    project.csv(rows.assign(age=rows["age"].where(rows.index % 2 == 0)))
    project.params["validation"] |= {"columns": {"age": {"nulls": 0.6}}, "rules": {"r": "age > 0"}}
    project.ingest()
    project.run(validate)
    about = json.loads(Layout(project.root).validation.read_text())
    assert about["rules"]["r"] == {
        "observed": "0 rows (0.00%) that break it, 30 where a null leaves it unknown",
        "expected": "age > 0, in every row",
        "passed": True,
    }


def test_a_rule_that_is_unknown_everywhere_has_checked_nothing(broken):
    assert "0 rows (0.00%) that break it, 60 where a null" in broken(r="age / 0 > 1")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            {"r": "agee > 1"},
            "'validation.rules.r': position 1: 'agee' is not a column of `table` (a text",
        ),
        ({"r": "age.real > 1"}, "'validation.rules.r': position 1: 'age.real' is not allowed"),
        ({"r": {"holds": "age > 1", "violations": 2}}, "'validation.rules.r.violations' is 2"),
        ({"r": {"hold": "age > 1"}}, "did you mean 'validation.rules.r.holds'?"),
        ({"r": 3}, "'validation.rules.r' is 3 (int); it should be a group"),
        ("age > 1", "'validation.rules' is 'age > 1' (str)"),
        ({f"r{n}": "age > 1" for n in range(101)}, "'validation.rules': 101 rules; at most 100"),
    ],
)
def test_a_wrong_rule_is_named_with_its_key(project, rules, message):
    project.params["validation"]["rules"] = rules
    project.ingest()
    assert message in project.refused(validate)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("rules", {"r": "agee > 18"}, "'validation.rules.r': position 1: 'agee' is not a column"),
        (
            "columns",
            {"age": {"values": ["a"]}},
            "'validation.columns.age.values' is for a category",
        ),
        (
            "statistics",
            {"columns": {"agee": {"mean": 1.0}}},
            "'validation.statistics.columns.agee' is not a number, a category or "
            "the target of the table; did you mean 'age'?",
        ),
        ("statistics", {"mean": 0}, "'validation.statistics.mean' is 0"),
        ("statistics", {"maen": 1.0}, "'validation.statistics.maen' is not a setting; "),
    ],
)
def test_everything_is_told_before_anything_runs(key, value, message):
    text = (SMALL / "params.yaml").read_text()
    values = read_yaml(text, name="mine.yaml")
    values["validation"][key] = value
    with pytest.raises(MainlineError) as caught:
        whole.parse(SMALL, values, name="mine.yaml")
    assert str(caught.value).startswith(f"mine.yaml: {message}")
