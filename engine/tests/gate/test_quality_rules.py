"""Each rule on arrays: the bad case closes it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from arrays import gate, measured
from arrays import model as of_arrays

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate import quality
from mainline.gate.verdict import FAIL, PASS
from mainline.params.gate import SliceSettings

TABLE = TableSettings(entity="id", target="y", positive="1", numbers=["x"], categories=["group"])
EVALUATION = EvaluationSettings(threshold=0.5, resamples=100, slices={"group": None})
SLICES = SliceSettings(largest_gap=0.2, min_rows=50)


def candidate(scores=None, trees=None, group=None, size=1_000_000):
    """Scores that rank 600 rows well, and whatever the test makes of them."""
    rng = np.random.default_rng(0)
    target = np.arange(600) % 2
    good = np.clip(0.5 + 0.25 * (target - 0.5) + rng.normal(0, 0.08, 600), 0.01, 0.99)
    frame = pd.DataFrame({"id": np.arange(600).astype(str), "y": target, "x": 0.0})
    frame["group"] = ["a", "b", "c"] * 200 if group is None else group
    scores = good if scores is None else scores
    trees = good if trees is None else trees
    return of_arrays(frame, TABLE, scores, trees, EVALUATION, size)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("roc_auc", {"min": 0.9}, {"min": 0.9999}),
        ("pr_auc", {"min": 0.9}, {"min": 0.9999}),
        ("log_loss", {"max": 0.6}, {"max": 0.01}),
        ("brier", {"max": 0.25}, {"max": 0.01}),
        ("calibration_error", {"max": 0.5}, {"max": 0.001}),
        ("mean_bias", {"max": 0.1}, {"max": 1e-9}),
        ("f1", {"min": 0.8}, {"min": 0.9999}),
    ],
)
def test_every_figure_has_a_bar_that_opens_and_closes(name, good, bad):
    model = candidate()
    assert [r.outcome for r in quality.absolute(model, gate(**{name: good}))] == [PASS]
    assert [r.outcome for r in quality.absolute(model, gate(**{name: bad}))] == [FAIL]


def test_scores_that_are_no_numbers_fail_every_rule():
    model = candidate(scores=np.full(600, np.nan))
    (bar,) = quality.absolute(model, gate(roc_auc={"min": 0.0}))
    assert (bar.outcome, bar.figure) == (FAIL, "none")
    trees = quality.baseline(model, measured(0.5, EVALUATION))
    assert trees.outcome == FAIL
    assert "has no interval" in trees.why
    assert quality.by_slice(model, EVALUATION, SLICES).outcome == FAIL


def test_one_score_that_is_no_number_is_enough():
    scores = candidate().scores.copy()
    scores[17] = np.nan
    (bar,) = quality.absolute(candidate(scores=scores), gate(roc_auc={"min": 0.0}))
    assert bar.outcome == FAIL


def test_a_network_that_the_trees_beat_by_more_than_the_margin_closes():
    noise = np.random.default_rng(1).random(600)
    rule = quality.baseline(candidate(scores=noise), measured(0.01, EVALUATION))
    assert rule.outcome == FAIL
    assert "worse than the trees" in rule.why
    assert "the plain trees are better by 0." in rule.said


def test_a_network_that_does_not_beat_the_trees_passes_and_says_so():
    rule = quality.baseline(candidate(), measured(0.01, EVALUATION))
    assert rule.outcome == PASS
    assert "does not beat them" in rule.why
    assert rule.said == ""


def test_trees_that_are_better_within_the_margin_pass_and_are_named():
    noise = np.random.default_rng(1).normal(0, 0.1, 600)
    rule = quality.baseline(candidate(scores=candidate().scores + noise), measured(0.5, EVALUATION))
    assert rule.outcome == PASS
    assert rule.why == "the trees are better, by no more than the margin"
    assert rule.said.endswith("allowed up to 0.5")


def test_a_slice_far_below_the_whole_closes_and_is_named():
    model = candidate()
    scores = model.scores.copy()
    scores[::3] = 1 - scores[::3]
    rule = quality.by_slice(candidate(scores=scores), EVALUATION, SLICES)
    assert rule.outcome == FAIL
    assert "group=a" in rule.why


def test_a_slice_with_too_few_rows_closes():
    group = ["a"] * 590 + ["b"] * 10
    rule = quality.by_slice(candidate(group=group), EVALUATION, SLICES)
    assert rule.outcome == FAIL
    assert "group=b has 10 test rows" in rule.why


def test_a_value_of_the_table_without_test_rows_is_an_empty_slice_and_closes():
    model = candidate(group=["a"] * 590 + ["b"] * 10)
    model.is_test = np.arange(600) < 590
    model.rows, model.scores = model.rows[model.is_test], model.scores[:590]
    rule = quality.by_slice(model, EVALUATION, SLICES)
    assert rule.outcome == FAIL
    assert "group=b has 0 test rows" in rule.why


def test_a_slice_of_one_class_closes():
    group = np.where(np.arange(600) % 4 == 0, "a", "b")  # every fourth row is a negative
    rule = quality.by_slice(candidate(group=group), EVALUATION, SLICES)
    assert rule.outcome == FAIL
    assert "no ROC AUC" in rule.why


def test_a_sliced_column_that_is_dropped_closes_with_the_way_out():
    model = candidate()
    model.frame = model.frame.drop(columns="group")
    with pytest.raises(MainlineError, match="main names 'group', which this table no longer has"):
        quality.by_slice(model, EVALUATION, SLICES)


def test_no_slices_pass():
    rule = quality.by_slice(candidate(), EvaluationSettings(threshold=0.5), SLICES)
    assert (rule.outcome, rule.why) == (PASS, "evaluation.slices is empty")


def test_stunted_trees_of_the_proposal_are_not_those_that_it_has_to_beat():
    noise = np.random.default_rng(1).random(600)
    model = candidate(scores=noise, trees=noise)
    assert quality.baseline(model, measured(0.01, EVALUATION)).outcome == PASS
    good = candidate().scores
    model.trees = {"main's": good}.__getitem__
    mains = SimpleNamespace(**vars(measured(0.01, EVALUATION)) | {"trees": "main's"})
    assert quality.baseline(model, mains).outcome == FAIL


@pytest.mark.parametrize(("size", "outcome"), [(1_000_000, PASS), (3_000_000, FAIL), (0, FAIL)])
def test_size(size, outcome):
    assert quality.size(candidate(size=size), gate(roc_auc={"min": 0.5})).outcome == outcome
