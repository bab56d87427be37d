"""Importances on labelled rows beside those that were committed with the release."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from labelled_log import released as release

from mainline.core.errors import DataError
from mainline.evaluation import tasks
from mainline.evaluation.importance import Importance
from mainline.monitoring.finding import Verdict
from mainline.monitoring.importance_shift import counted, inputs, judged, measured, released
from mainline.monitoring.labels import Labelled
from mainline.monitoring.window import Window
from mainline.params.monitoring import ImportanceTrigger, Triggers
from mainline.retraining.triggers import fired

COLUMNS = ["a", "b", "c", "d"]
WEIGHTS = {"a": 2.0, "b": 1.0, "c": 0.5, "d": 0.0}
TASK = tasks.of(release().table)


class Linear:
    """A model of a weighted sum, as `importance.Model`; it derives `twice` from `a`."""

    derived = ("twice",)

    def prepared(self, frame):
        return lambda other: self._score({**frame, **{k: v.to_numpy() for k, v in other.items()}})

    def added(self, frame):
        return frame.assign(twice=2 * frame["a"])

    def prepared_added(self, frame):
        def score(other):
            columns = {**frame, **{k: v.to_numpy() for k, v in other.items()}}
            return self._score(columns | {"a": np.asarray(columns["twice"]) / 2})

        return score

    def _score(self, columns):
        odds = sum(weight * np.asarray(columns[name]) for name, weight in WEIGHTS.items())
        return 1 / (1 + np.exp(-odds))


def window(seed, rows, weights):
    """Labelled rows in which the columns mean what `weights` say."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, 4)), columns=COLUMNS)
    odds = sum(weight * frame[name] for name, weight in weights.items())
    frame["target"] = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    return labels(frame.assign(entity=[f"e{n}" for n in range(rows)], score=0.5))


def labels(rows):
    nothing = dict.fromkeys(("unlabelled", "due", "overdue", "contradictory", "known_before"), 0)
    days = Window.parse("2026-06-01", "2026-06-07")
    return Labelled(
        days, rows, len(rows), **nothing, asked=len(rows), nameless=0, others=np.zeros(0)
    )


def importances(seed, rows, weights=WEIGHTS):
    found = window(seed, rows, weights)
    return measured(Linear(), TASK, found.rows[COLUMNS], found, COLUMNS)


def test_importances_are_those_of_the_columns_with_deviations_of_rows_and_shuffles():
    found, rows = importances(1, 3000)
    assert rows == 3000
    assert list(found) == [*COLUMNS, "twice"]
    assert found["a"].value > found["b"].value > found["c"].value > found["d"].value == 0
    others = [importances(seed, 3000)[0]["a"].value for seed in range(2, 12)]
    assert found["a"].deviation == pytest.approx(np.std(others), rel=0.7)


def test_the_same_world_is_quiet_and_another_one_alarms():
    then, rows = importances(1, 4000)
    for seed in range(2, 6):
        now, _ = importances(seed, 1500)
        assert judged(now, then, (1500, rows), 0.5, 0.005).status == "quiet"
    turned = {"a": 0.0, "b": 0.3, "c": 2.0, "d": 2.0}
    found = judged(importances(7, 4000, turned)[0], then, (4000, rows), 0.5, 0.005)
    assert found.status == "alarm"
    assert {"a", "c"} & set(found.details["changed"])
    assert found.value < 0.5


def test_ranks_that_differ_by_chance_alone_are_quiet():
    deviation = 0.02
    then = {name: Importance(0.05 + 0.001 * n, deviation) for n, name in enumerate(COLUMNS)}
    now = {name: Importance(0.05 - 0.001 * n, deviation) for n, name in enumerate(COLUMNS)}
    found = judged(now, then, (1000, 1000), 0.5, 0.005)
    assert found.value == -1
    assert found.status == "quiet"


def test_without_three_clear_columns_there_is_no_correlation():
    flat = {name: Importance(0.0, 0.01) for name in COLUMNS}
    found = judged(flat, flat, (1000, 1000), 0.5, 0.005)
    assert (found.status, found.value) == ("quiet", None)
    needed = judged(flat, flat, (1000, 1000), 0.5, 0.005, needed=True)  # a trigger waits for it
    assert needed.status == "unknown"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (pd.DataFrame({"city": ["ulm"]}), "leaves out the input 'age'"),
        (pd.DataFrame({"age": ["ab" * 32], "city": ["ulm"]}), "has hashes of the input 'age'"),
    ],
    ids=["left-out", "hashed"],
)
def test_inputs_that_the_log_does_not_have_are_one_line(rows, said):
    with pytest.raises(DataError, match=said):
        inputs(rows, release().table)


@pytest.mark.parametrize("figures", [{}, {"importance": {"columns": {"a": {"value": None}}}}])
def test_a_release_without_importances_is_one_line(figures):
    with pytest.raises(DataError, match="of the release has no importances"):
        released(figures)


def test_a_wide_table_s_small_sample_does_not_keep_the_trigger_from_its_rows():
    flat = {name: Importance(0.1 * n, 0.01) for n, name in enumerate(COLUMNS, 1)}
    turned = {name: Importance(0.5 - 0.1 * n, 0.01) for n, name in enumerate(COLUMNS, 1)}
    alarm = judged(turned, flat, (500, 500), 0.5, 0.005)
    day = Window.parse("2026-06-01", "2026-06-07")
    settings = Triggers(importance=ImportanceTrigger(min_rows=1000))

    def triggers(finding):
        verdict = Verdict(day, {}, {}, [finding])
        return [each.trigger for each in fired(verdict, settings, date(2026, 6, 1))]

    assert alarm.status == "alarm"
    assert triggers(alarm) == []
    of_all = counted(alarm, 1200)
    assert (of_all.rows, of_all.details["sampled"]) == (1200, 500)
    assert triggers(of_all) == ["importance"]
    assert triggers(counted(alarm, 999)) == []


def test_below_min_rows_nothing_is_judged():
    from mainline.monitoring.importance_shift import findings  # noqa: PLC0415
    from mainline.params.monitoring import MonitoringSettings  # noqa: PLC0415

    found = window(1, 900, WEIGHTS)
    nothing = SimpleNamespace(figures={})
    [few] = findings(release(), nothing, found, MonitoringSettings())
    assert few.status == "quiet"
    assert "from 1,000 on" in few.sentence
    assert replace(found).predictions == 900
