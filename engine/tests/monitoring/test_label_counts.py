"""What is said of labels that came, of those that did not, and of the selection that this makes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mainline.monitoring import label_counts
from mainline.monitoring.finding import Finding, Verdict
from mainline.monitoring.labels import Labelled
from mainline.monitoring.window import Window

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame({"target": [0, 1] * 200, "score": RNG.random(400), "entity": "e"})
COUNTS = {
    "labelled": 400,
    "unlabelled": 300,
    "contradictory": 2,
    "known_before": 5,
    "due": 0,
    "overdue": 0,
}
FOUND = Labelled(
    Window.parse("2026-06-01", "2026-06-07"),
    ROWS,
    **COUNTS,
    asked=1000,
    nameless=10,
    others=RNG.random(300),
)


def test_every_count_is_in_the_sentence():
    found = label_counts.arrived(FOUND)
    assert found.status == "quiet"
    for said in ("400 of 707", "300 wait", "2 have labels that contradict", "5 had one before"):
        assert said in found.sentence
    assert found.value == pytest.approx(400 / 707)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"contradictory": 10}, "So many contradictions"),
        ({"nameless": 600}, "Most callers name no entity"),
        (
            {"rows": ROWS.head(0), "labelled": 0, "contradictory": 0},
            "The source had all labels before",
        ),
    ],
    ids=["contradictions", "nameless", "all-known"],
)
def test_labels_that_cannot_be_relied_on_are_unknown(changes, said):
    found = label_counts.arrived(replace(FOUND, **changes))
    assert found.status == "unknown"
    assert said in found.sentence


@pytest.mark.parametrize(("overdue", "status"), [(400, "quiet"), (600, "unknown")])
def test_labels_that_never_come_are_unknown_once_most_are_overdue(overdue, status):
    [found] = label_counts.overdue(replace(FOUND, due=1000, overdue=overdue), 62)
    assert found.status == status
    assert "more than 62 days ago" in found.sentence


def test_nothing_is_overdue_in_a_young_log():
    assert label_counts.overdue(FOUND, 62) == []


def test_scores_with_and_without_a_label_are_compared():
    [alike] = label_counts.selection(FOUND)
    assert "quality is that of a part" not in alike.sentence
    [apart] = label_counts.selection(replace(FOUND, others=RNG.random(300) ** 3))
    assert "quality is that of a part" in apart.sentence
    assert apart.status == "quiet"
    assert apart.value > 0.1


def test_a_few_scores_are_not_compared():
    assert label_counts.selection(replace(FOUND, others=RNG.random(50))) == []


def test_of_several_classes_the_most_probable_one_is_compared():
    scores = pd.DataFrame({"scores": list(RNG.dirichlet([1, 1, 1], 400)), "target": 0})
    found = replace(FOUND, rows=scores, others=RNG.dirichlet([9, 1, 1], 300))
    assert label_counts.selection(found)[0].details["without"] > 0.6


@pytest.mark.parametrize("wrong", [np.nan, np.inf], ids=["nan", "inf"])
def test_a_score_that_is_no_number_is_counted_and_left_out(wrong):
    rows = ROWS.assign(score=[wrong, *ROWS["score"][1:]])
    [found] = label_counts.selection(replace(FOUND, rows=rows))
    assert np.isfinite([found.value, *found.details.values()]).all()
    assert "1 scores that are not finite" in found.sentence


def test_a_verdict_has_null_for_a_number_that_is_not_finite(tmp_path):
    details = {"weeks": [{"low": float("nan")}], "pair": (1.0, float("-inf"))}
    wrong = Finding("quality", "quality.x", "quiet", ".", float("nan"), details=details)
    Verdict(FOUND.window, {}, {}, [wrong]).write(tmp_path / "verdict.json")
    [read] = Verdict.read(tmp_path / "verdict.json").findings
    assert read.value is None
    assert read.details == {"weeks": [{"low": None}], "pair": [1.0, None]}
