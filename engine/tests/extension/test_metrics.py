"""The project's own figures: shown with their interval, judged when a bar names them."""

import json
import sys

import numpy as np
import pytest

from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.evaluation.project_metrics import Metrics
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate import quality
from mainline.gate.bars import in_force
from mainline.gate.candidate import Candidate
from mainline.gate.verdict import FAIL, PASS
from mainline.git import Git
from mainline.params import params
from mainline.params.gate import Bar

TARGET = np.tile([0, 1], 50)
SCORES = np.linspace(0, 1, 100)
ROWS = Rows.of(TARGET, np.arange(100) // 2)


@pytest.fixture
def figures(code):
    def run(body, scores=SCORES, **settings):
        code.write("metrics", f"import numpy as np\n{body}\n")
        asked = EvaluationSettings(resamples=100, threshold=0.5, **settings)
        return Metrics.of(code.root, "binary").figures(ROWS, scores, asked)

    return run


def test_a_figure_has_an_interval_by_entity(figures):
    found = figures("def mean(target, scores): return scores.mean()")["mean"]
    assert found["value"] == pytest.approx(0.5)
    assert 0.4 < found["low"] < 0.5 < found["high"] < 0.6


def test_many_rows_have_the_figure_alone(figures):
    many = Rows.of(np.tile(TARGET, 2), np.arange(200))
    found = figures("def mean(target, scores): return np.float32(len(scores))")
    assert found["mean"] == {"value": 100.0, "low": 100.0, "high": 100.0}
    assert len(many) == 200
    alone = figures("def mean(target, scores): return len(scores)", sample=100)
    assert alone["mean"]["low"] == 100.0


def test_more_rows_than_the_sample_have_no_interval(code):
    code.write("metrics", "def count(target, scores): return len(scores)")
    rows = Rows.of(np.tile(TARGET, 2), np.arange(200))
    asked = EvaluationSettings(resamples=100, threshold=0.5, sample=150)
    found = Metrics.of(code.root, "binary").figures(rows, np.tile(SCORES, 2), asked)
    assert found == {"count": {"value": 200.0, "low": None, "high": None}}


@pytest.mark.parametrize("value", ["float('nan')", "np.inf"])
def test_what_is_no_number_is_null(figures, value):
    assert figures(f"def odd(target, scores): return {value}")["odd"]["value"] is None


def test_scores_that_are_no_numbers_have_none(figures):
    found = figures("def mean(target, scores): return 1.0", scores=np.full(100, np.nan))
    assert found["mean"]["value"] is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [("None", "nothing"), ("'0.5'", "a str"), ("True", "a bool"), ("scores", "a ndarray")],
)
def test_what_is_returned_instead_of_a_number_is_named(figures, value, shown):
    with pytest.raises(SettingsError, match=r"src/small/metrics\.py, function odd: ") as caught:
        figures(f"def odd(target, scores): return {value}")
    assert f"Found {shown}, expected a float" in str(caught.value)


def test_a_taken_name_and_a_figure_that_raises(figures):
    with pytest.raises(SettingsError, match="has the name of a figure of the engine"):
        figures("def roc_auc(target, scores): return 1.0")
    with pytest.raises(ZeroDivisionError) as caught:
        figures("def odd(target, scores): return 1 / 0")
    assert "src/small/metrics.py, function odd" in "".join(caught.value.__notes__)


def test_the_stage_shows_it_beside_the_others(trained):
    found = json.loads((Layout(trained.root).figures).read_text())
    assert found["model"]["lift_at_tenth"]["value"] > 1
    assert found["baseline"]["lift_at_tenth"]["value"] > 1
    assert found["metrics"]["lift_at_tenth"].startswith("How many times")
    assert "| `lift_at_tenth` | " in (Layout(trained.root).model_card).read_text()


@pytest.fixture
def judged(project):
    def rules(**bars):
        candidate, git = Candidate(project.root), Git(project.root)
        gate = in_force(git, None).gate.model_copy(update={"bars": bars})
        return {rule.name: rule for rule in quality.absolute(candidate, gate)}

    rules.project = project
    return rules


def test_a_bar_judges_it(judged):
    found = judged(lift_at_tenth=Bar(min=1.0))
    assert found["lift_at_tenth"].outcome == PASS
    assert judged(lift_at_tenth=Bar(max=1.0))["lift_at_tenth"].outcome == FAIL


def test_a_bar_of_main_for_a_figure_that_is_gone_or_none_closes(judged):
    metrics = judged.project.root / "src/small/metrics.py"
    gone = judged(lift=Bar(min=1.0))["lift"]
    assert gone.outcome == FAIL
    assert "neither a binary task nor metrics.py of this proposal has" in gone.why
    metrics.write_text("def lift(target, scores): return float('nan')\n")
    for name in [name for name in sys.modules if name.partition(".")[0] == "small"]:
        del sys.modules[name]
    none = judged(lift=Bar(min=1.0))["lift"]
    assert none.outcome == FAIL
    assert "lift cannot be computed" in none.why


def test_a_bar_names_a_figure_or_a_function(project):
    project.set(**{"gate.bars": {"lift_at_tenth": {"min": 1.0}}})
    params.check(project.root)
    project.set(**{"gate.bars": {"lift_at_tent": {"min": 1.0}}})
    with pytest.raises(SettingsError, match=r"no function of metrics\.py; did you"):
        params.check(project.root)
