"""The project's own checks stand beside the rules of params.yaml."""

import json

import pandas as pd
import pytest

from mainline.core.errors import MainlineError, SettingsError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data import validate
from mainline.data.checks import project_checks
from mainline.data.settings import ValidationSettings

TABLE = TableSettings(entity="id", target="y", positive="1", numbers=["age"])
FRAME = pd.DataFrame({"id": ["a", "b", "c"], "age": [20.0, 30.0, 400.0], "y": [0, 1, 0]})


@pytest.fixture
def outcomes(code):
    def run(body):
        code.write("checks", f"import numpy as np\nimport pandas as pd\n{body}\n")
        return list(project_checks.outcomes(FRAME, TABLE, code.root))

    return run


def test_a_column_of_answers_names_the_rows_that_break_it(outcomes):
    (found,) = outcomes('def young(frame):\n    "Nobody is 400."\n    return frame["age"] < 120')
    assert not found.passed
    assert found.line() == (
        "checks: young: observed 1 rows (33.33%) that break it; expected Nobody is 400.; "
        "first rows 3 of the table"
    )
    assert found.keys == ("id c",)


@pytest.mark.parametrize(("value", "passed"), [("True", True), ("np.False_", False)])
def test_one_answer_is_about_the_whole_table(outcomes, value, passed):
    (found,) = outcomes(f"def few(frame): return {value}")
    assert found.passed is passed
    assert found.expected == "what src/small/checks.py, function few says"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("None", "a NoneType"),
        ("float('nan')", "a float"),
        ("'wrong'", "a str"),
        ("[True, True, True]", "a list"),
        ("frame['age']", "a column of type float64"),
        ("pd.Series([True, None, True], dtype=object)", "1 nulls among its answers"),
        ("pd.Series([True])", "answers for 1 rows of 3"),
        ("(frame['age'] > 0)[::-1]", "or in another order"),
    ],
)
def test_an_answer_that_is_none_stops_the_stage(outcomes, answer, shown):
    with pytest.raises(SettingsError, match=r"src/small/checks\.py, function odd: ") as caught:
        outcomes(f"def odd(frame): return {answer}")
    assert shown in str(caught.value)


def test_a_check_that_raises_is_named(outcomes):
    with pytest.raises(KeyError) as caught:
        outcomes("def gone(frame): return frame['gone'] > 1")
    assert "src/small/checks.py, function gone" in "".join(caught.value.__notes__)


def test_a_check_cannot_change_the_table(outcomes):
    outcomes("def rude(frame):\n    frame['age'] = 0\n    return True")
    assert FRAME["age"].tolist() == [20.0, 30.0, 400.0]


def test_the_stage_writes_them_into_report_and_page(trained, tmp_path):
    project = trained.copy(tmp_path / "project")
    report = json.loads((Layout(project.root).validation).read_text())
    assert report["checks"]["tenure_is_whole"]["passed"] is True
    page = (Layout(project.root).validation_page).read_text()
    assert "## The project's own checks" in page
    own = project.root / "src/small/checks.py"
    own.write_text(own.read_text().replace("% 1 == 0", "> 5"))
    with pytest.raises(MainlineError, match="checks: tenure_is_whole: observed"):
        validate.run(project.root)
    assert "❌" in (Layout(project.root).validation_page).read_text()
    assert not (Layout(project.root).validation).exists()


def test_rules_of_main_are_tried_without_the_project_s_code(code):
    code.write("checks", "1 / 0\n")
    rules = ValidationSettings(min_rows=1)
    assert validate.check(FRAME, TABLE, rules) == []
