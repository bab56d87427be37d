"""Costs of calls and predictions, in the unit of `evaluation.costs`."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from labelled_log import released, scored

from mainline.monitoring import business
from mainline.monitoring.labels import Labelled
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings

FIGURES = {"threshold": 0.2, "costs": {"cost": {"value": 0.5}}}
NONE = dict.fromkeys(("unlabelled", "contradictory", "known_before", "due", "overdue"), 0)


def window(rows=2000):
    target, scores = scored(np.random.default_rng(1), rows, 1.5)
    frame = pd.DataFrame({"target": target, "score": scores})
    frame["entity"] = [f"e{n}" for n in range(rows)]
    days = Window.parse("2026-06-01", "2026-06-10")
    return Labelled(days, frame, rows, **NONE, asked=3 * rows, nameless=0, others=np.zeros(0))


def figures(found, watched=None, *, price=0.0, known=FIGURES):
    settings = MonitoringSettings.model_validate({"costs": {"prediction": price}})
    reference = SimpleNamespace(figures=known)
    return {
        each.name: each
        for each in business.findings(watched or released(), reference, found, settings)
    }


def test_the_cost_of_calls_is_that_of_the_mistakes_at_the_released_threshold():
    found = window()
    called, positive = found.scores >= 0.2, found.target == 1
    expected = (1 * (called & ~positive) + 8 * (~called & positive)).mean()
    made = figures(found)
    calls = made["business.calls"]
    assert calls.value == pytest.approx(expected, abs=1e-6)
    assert calls.low < calls.value < calls.high
    assert "0.5 at release" in calls.sentence
    month = made["business.month"]
    assert month.value == pytest.approx(calls.value * 2000 * 3)  # 10 days of 30
    assert month.low == pytest.approx(calls.low * 6000)


def test_the_month_counts_predictions_without_a_label_too():
    found = replace(window(), unlabelled=2000)
    made = figures(found)
    assert made["business.month"].value == pytest.approx(made["business.calls"].value * 4000 * 3)


def test_each_prediction_has_its_own_price():
    made = figures(window(), price=0.01)
    assert made["business.predictions"].value == pytest.approx(0.01 * 6000 * 3)
    assert "business.predictions" not in figures(window())


def test_nothing_of_it_alarms():
    assert {each.status for each in figures(window(), price=1.0).values()} == {"quiet"}


@pytest.mark.parametrize(
    "watched",
    [
        released(evaluation={"costs": None, "threshold": 0.3}),
        released(
            table={"task": "regression", "positive": None},
            evaluation={"costs": None},
        ),
    ],
    ids=["without-prices", "regression"],
)
def test_without_a_price_of_calls_only_predictions_have_a_cost(watched):
    known = {} if watched.table.task == "regression" else {"threshold": 0.3}
    assert list(figures(window(), watched, price=0.01, known=known)) == ["business.predictions"]
    assert figures(window(), watched, known=known) == {}


def test_few_labels_are_not_counted_up_to_a_month():
    assert list(figures(window(100))) == ["business.calls"]


def test_scores_that_are_not_numbers_have_no_cost():
    found = window()
    found.rows["score"] = np.nan
    assert figures(found)["business.calls"].status == "unknown"
