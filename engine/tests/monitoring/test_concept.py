"""The sequential test: looked at every week, it stays quiet, and finds a fall at any time."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from labelled_log import released, scored

from mainline.evaluation import tasks
from mainline.evaluation.rows import Rows
from mainline.monitoring.concept import Grid, Judge, by_week, grid
from mainline.monitoring.fall import Part
from mainline.monitoring.window import Window

TASK = tasks.of(released().table)
START = pd.Timestamp("2026-06-01", tz="UTC")  # a Monday
WEEK = 1500


def weeks(seed, aparts):
    """Rows of a week each, as good as `apart` says. Returns times and rows."""
    rng = np.random.default_rng(seed)
    found = [scored(rng, WEEK, apart) for apart in aparts]
    target, scores = (np.concatenate(each) for each in zip(*found, strict=True))
    number = np.repeat(np.arange(len(aparts)), WEEK)
    times = pd.Series(START + pd.to_timedelta(number * 7, unit="D"))
    return times, Part(Rows(target, np.arange(len(target))), scores, {})


def at_release(seed=0, rows=8000):
    target, scores = scored(np.random.default_rng(seed), rows, 1.5)
    return Part(Rows(target, np.arange(rows)), scores, {})


def looks(times, now, *, margin=0.01, alpha=0.005, least=500):
    """The finding after each week."""
    judge, then = Judge(TASK, margin, alpha, least), at_release()
    for last in sorted(times.unique()):
        mask = (times <= last).to_numpy()
        part = Part(now.rows[mask], now.scores[mask], {})
        yield judge.finding(times[mask].reset_index(drop=True), part, then)


def test_a_model_as_good_as_at_release_stays_quiet_at_every_look():
    found = list(looks(*weeks(1, [1.5] * 8)))
    assert {each.status for each in found} == {"quiet"}
    last = found[-1]
    assert last.name == "concept.roc_auc"
    assert last.low < 0 < last.high
    assert [each["week"] for each in last.details["weeks"]][:2] == ["2026-06-01", "2026-06-08"]


def test_a_fall_from_the_first_day_alarms():
    found = list(looks(*weeks(1, [0.9] * 3)))
    assert found[-1].status == "alarm"
    assert found[-1].value > found[-1].low > 0
    assert "more than the margin 0.01 and more than chance" in found[-1].sentence


def test_a_late_fall_alarms_in_a_sequence_that_began_later():
    found = list(looks(*weeks(1, [1.5] * 8 + [0.7] * 3)))
    assert {each.status for each in found[:8]} == {"quiet"}
    assert found[-1].status == "alarm"
    assert found[-1].details["since"] == "2026-07-27"


def test_labels_of_one_class_are_unknown_and_not_too_few():
    times, now = weeks(1, [1.5] * 2)
    one = Part(Rows(np.zeros(len(now.rows), int), now.rows.clusters), now.scores, {})
    found = list(looks(times, one))[-1]
    assert found.status == "unknown"
    assert "cannot be computed" in found.sentence


def test_few_entities_are_quiet_and_counted_as_entities():
    times, now = weeks(1, [1.5])
    few = Part(Rows(now.rows.target, np.arange(WEEK) // 5), now.scores, {})
    found = list(looks(times, few))[-1]
    assert found.status == "quiet"
    assert found.sentence == "300 entities have a label; from 500 on they are judged."


def test_entities_before_the_first_whole_sequence_do_not_count():
    times, now = weeks(1, [1.5])
    times = times.where(np.arange(WEEK) < 300, START - pd.Timedelta(days=1))
    first, logged = START - pd.Timedelta(days=28), START - pd.Timedelta(days=1)
    kept = Grid(first - pd.Timedelta(days=28), logged)  # two sequences have lost days
    found = Judge(TASK, 0.01, 0.005, 500).finding(times, now, at_release(), kept)
    assert found.sentence == "300 entities have a label; from 500 on they are judged."


def test_a_fall_within_the_margin_is_no_alarm():
    assert list(looks(*weeks(1, [0.9] * 3), margin=0.3))[-1].status == "quiet"


def test_an_interval_for_all_looks_is_wider_than_one_for_a_single_look():
    times, now = weeks(1, [1.5] * 4)
    found = list(looks(times, now))[-1]
    _, own = now.error(TASK)
    _, then = at_release().error(TASK)
    assert found.high - found.low > 2 * 2.8 * np.hypot(own, then)  # 2.8: alpha of 0.005


def test_rows_of_one_entity_count_as_one():
    times, now = weeks(1, [1.5] * 2)
    again = Part(
        Rows(np.tile(now.rows.target, 4), np.tile(now.rows.clusters, 4)), np.tile(now.scores, 4), {}
    )
    judge, then = Judge(TASK, 0.01, 0.005, 500), at_release()
    one = judge.finding(times, now, then)
    four = judge.finding(pd.concat([times] * 4, ignore_index=True), again, then)
    assert four.high - four.low == pytest.approx(one.high - one.low, rel=1e-3)


@pytest.mark.parametrize("rows", [0, 400], ids=["none", "few"])
def test_too_few_entities_are_not_judged(rows):
    times, now = weeks(1, [1.5])
    part = Part(now.rows[np.arange(WEEK) < rows], now.scores[:rows], {})
    found = Judge(TASK, 0.01, 0.005, 500).finding(times[:rows], part, at_release())
    assert found.status == "quiet"
    assert "from 500 on they are judged" in found.sentence


def test_a_week_of_one_class_has_no_figure():
    times = pd.Series([START, START])
    part = Part(Rows(np.array([0, 0]), np.arange(2)), np.array([0.1, 0.2]), {})
    assert by_week(TASK, times, part) == [{"week": "2026-06-01", "rows": 2, "figure": None}]


def test_a_real_fall_is_not_hidden_by_a_surer_one_within_the_margin(monkeypatch):
    ends = iter([(0.012, 0.0055, 0.018), (0.034, 0.002, 0.066)])
    monkeypatch.setattr(Judge, "_fall", lambda *_: next(ends))
    times, now = weeks(1, [1.5] * 5)
    found = Judge(TASK, 0.02, 0.005, 500).finding(times, now, at_release())
    assert (found.status, found.value, found.low) == ("alarm", 0.034, 0.002)
    ends = iter([(0.012, 0.0055, 0.018), (0.034, -0.002, 0.066)])
    found = Judge(TASK, 0.02, 0.005, 500).finding(times, now, at_release())
    assert (found.status, found.value) == ("quiet", 0.012)


def starts(begin, logged, last):
    days = (pd.Timestamp(day, tz="UTC") for day in (begin, logged, last))
    begin, logged, last = days
    return [(number, f"{day:%m-%d}") for number, day in Grid(begin, logged).starts(last)]


def test_sequences_keep_their_begin_and_number_when_days_of_the_log_are_deleted():
    whole = starts("2026-01-01", "2026-01-01", "2026-04-01")
    assert whole == [(1, "01-01"), (2, "01-29"), (3, "02-26"), (4, "03-26")]
    for deleted in range(1, 80):
        logged = pd.Timestamp("2026-01-29") + pd.Timedelta(days=deleted - 1)
        left = starts("2026-01-01", logged, "2026-04-01")
        assert left == [each for each in whole if each[1] >= f"{logged:%m-%d}"]


def test_a_log_that_begins_after_the_release_has_its_first_sequence():
    assert starts("2026-01-01", "2026-01-05", "2026-02-01") == [(1, "01-05"), (2, "01-29")]
    assert starts("2026-01-01", "2025-11-05", "2026-01-10") == [(1, "01-01")]


def test_the_grid_begins_on_the_day_of_the_release_s_commit():
    git = SimpleNamespace(run=lambda *_: "2026-06-01T23:30:00-02:00\n")
    watched = SimpleNamespace(champion=SimpleNamespace(commit="c0ffee", git=git))
    found = SimpleNamespace(window=Window.parse("2026-06-10", "2026-06-20"))
    times = pd.Series(pd.to_datetime(["2026-06-10T10:00"], utc=True))
    begin, logged = (pd.Timestamp(day, tz="UTC") for day in ("2026-06-02", "2026-06-10"))
    assert grid(watched, found, times) == Grid(begin, logged)
    assert grid(watched, found, times - pd.Timedelta(days=30)) is None
    assert grid(watched, found, times.head(0)) is None
