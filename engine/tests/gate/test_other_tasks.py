"""The gate's rules for classes and amounts: each bad case closes."""

import numpy as np
import pandas as pd
import pytest
import yaml
from arrays import GATE, gate, measured
from arrays import model as of_arrays

from mainline.core.table import TableSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate import quality
from mainline.gate.bars import in_force
from mainline.gate.integrity import _same_curve
from mainline.gate.opponent import NotComparableError, same_question
from mainline.params.gate import SliceSettings
from repository import commit, repository

COMMON = {"entity": "id", "target": "y", "numbers": ["x"], "categories": ["group"]}
CLASSES = TableSettings(**COMMON, task="multiclass", classes=["a", "b", "c"])
AMOUNT = TableSettings(**COMMON, task="regression")
EVALUATION = EvaluationSettings(resamples=100, slices={"group": None})
SLICES = SliceSettings(largest_gap=0.3, min_rows=50)


def candidate(table, spoil=None, target=None):
    """600 rows in two groups, scored well; `spoil` may change the scores."""
    rng = np.random.default_rng(0)
    known = rng.normal(size=600)
    if table is CLASSES:
        good = np.digitize(known, [-0.3, 0.8]).astype(np.int16)
        scores = np.exp(3 * np.eye(3)[good] + rng.normal(0, 1, (600, 3)))
        scores /= scores.sum(axis=1, keepdims=True)
    else:
        good, scores = known * 100, known * 100 + rng.normal(0, 30, 600)
    trees = scores.copy()
    scores = scores if spoil is None else spoil(scores)
    frame = pd.DataFrame({"id": np.arange(600).astype(str), "x": 0.0, "group": ["u", "v"] * 300})
    frame["y"] = good if target is None else target(good)
    return of_arrays(frame, table, scores, trees, EVALUATION)


def first(scores, value):
    changed = scores.copy()
    changed[(0,) * scores.ndim] = value
    return changed


BAD = {
    "NaN": lambda scores: first(scores, np.nan),
    "infinite": lambda scores: first(scores, np.inf),
    "another shape": lambda scores: scores[..., np.newaxis],
}
BOTH = pytest.mark.parametrize("table", [CLASSES, AMOUNT], ids=["classes", "amount"])


@BOTH
def test_a_good_model_passes(table):
    model = candidate(table)
    bars = measured(0.01, EVALUATION)
    (bar,) = quality.absolute(model, gate(**{model.task.leading.name: {"min": 0.7}}))
    rules = [bar, quality.baseline(model, bars), quality.by_slice(model, EVALUATION, SLICES)]
    assert [rule.outcome for rule in rules] == ["pass"] * 3


@BOTH
@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_scores_that_are_none_close_every_rule(table, spoil):
    model = candidate(table, spoil)
    bars = measured(0.9, EVALUATION)
    found = list(quality.absolute(model, gate(**{name: {"min": -9} for name in model.task.names})))
    found += [quality.baseline(model, bars), quality.by_slice(model, EVALUATION, SLICES)]
    assert {rule.outcome for rule in found} == {"fail"}


def test_probabilities_that_do_not_sum_to_one_give_no_figure():
    model = candidate(CLASSES, lambda scores: scores * 0.9)
    (bar,) = quality.absolute(model, gate(log_loss={"max": 100}))
    assert bar.outcome == "fail"
    assert "log_loss cannot be computed" in bar.why


@pytest.mark.parametrize(
    ("table", "target", "why"),
    [
        (CLASSES, lambda y: np.where(np.arange(600) % 2, np.minimum(y, 1), y), "a class without"),
        (AMOUNT, lambda y: np.where(np.arange(600) % 2, 7.0, y), "all targets the same"),
    ],
    ids=["a class is absent", "a constant target"],
)
def test_a_slice_without_its_figure_closes(table, target, why):
    rule = quality.by_slice(candidate(table, target=target), EVALUATION, SLICES)
    assert (rule.outcome, rule.figure) == ("fail", "group=v")
    assert why in rule.why


def test_a_bar_of_another_task_closes():
    (rule,) = quality.absolute(candidate(AMOUNT), gate(roc_auc={"min": 0.1}))
    assert rule.outcome == "fail"
    assert "neither a regression task nor" in rule.why


@pytest.mark.parametrize("change", [{"classes": ["b", "a", "c"]}, {"classes": [1, 2, 3, 4]}])
def test_other_classes_are_another_question(change):
    with pytest.raises(NotComparableError, match=r"table\.classes was"):
        same_question(CLASSES, CLASSES.model_copy(update=change))
    with pytest.raises(NotComparableError, match=r"table\.task was"):
        same_question(CLASSES, AMOUNT)


def test_a_change_of_the_task_brings_its_own_bars_and_keeps_the_margins(tmp_path):
    git = repository(tmp_path)
    binary = {
        "table": {"positive": "yes"},
        "gate": GATE | {"bars": {"roc_auc": {"min": 0.7}}, "fairness": {"demographic_parity": 0.1}},
        "evaluation": {"costs": {"false_positive": 1, "false_negative": 8}},
    }
    other = {
        "table": {"task": "regression"},
        "gate": GATE | {"bars": {"r2": {"min": 0.1}}, "champion": {"margin": 0.9}},
        "evaluation": {},
    }
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(binary))
    base = commit(git)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(other))
    bars = in_force(git, base)
    assert set(bars.gate.bars) == {"r2"}
    assert bars.gate.fairness == {}
    assert bars.evaluation.costs is None
    assert bars.gate.champion.margin == 0.01
    assert "the task changes from binary to regression" in bars.notes[0]


def test_a_curve_in_a_unit_is_compared_in_that_unit(tmp_path):
    path, size = tmp_path / "calibration.csv", 1e-6
    curve = pd.DataFrame({"mean_score": [1e-6, 2e-6], "observed": [1e-6, 2e-6]})
    curve.to_csv(path, index=False)
    assert _same_curve(path, curve, size)
    assert not _same_curve(path, curve * 1.5, size)
    curve.head(0).to_csv(path, index=False)
    assert _same_curve(path, curve.head(0), size)
    assert not _same_curve(path, curve, size)
