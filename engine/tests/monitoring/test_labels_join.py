"""Predictions find the labels that came after them, in a log and a source of a few rows."""

import datetime

import pandas as pd
import pytest
from joined_labels import AS_OF, JUNE, KNOWN, ROWS, asked, found, joined
from labelled_log import predictions, released, source, store

from mainline.core.errors import DataError
from mainline.monitoring import label_join, log_table
from mainline.monitoring import labels as labels_module
from mainline.monitoring.labels import labelled
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_settings import HASH_KEY
from mainline.request_log.typed_columns import Privacy


def test_each_entity_and_label_counts_once_with_its_last_prediction(tmp_path):
    source(tmp_path, d2026_08_01=ROWS)
    labels = joined(tmp_path, asked(("a", "03"), ("a", "20"), ("b", "04")))
    assert found(labels) == [("b", 4, 0), ("a", 20, 1)]
    assert labels.inputs["age"].tolist() == [40.0, 40.0]
    assert labels.predictions == 2
    assert labels.asked == 3


def test_the_row_of_the_prediction_s_own_month_decides_also_while_it_has_no_label(tmp_path):
    source(tmp_path, d2026_08_01=ROWS)
    labels = joined(tmp_path, asked(("c", "01"), ("c", "05"), ("b", "05")))
    assert found(labels) == [("b", 5, 0)]
    assert labels.unlabelled == 1


def test_a_label_that_was_known_when_the_prediction_was_made_is_left_out(tmp_path):
    source(tmp_path, d2026_08_01=ROWS)
    labels = joined(tmp_path, asked(("d", "09"), ("b", "05")))
    assert ("d", 9, 0) in found(labels)
    labels = joined(tmp_path, asked(("d", "10"), ("b", "05")))
    assert found(labels) == [("b", 5, 0)]
    assert labels.known_before == 1
    labels = joined(tmp_path, asked(("d", "09"), ("d", "10"), ("b", "05")))
    assert found(labels) == [("b", 5, 0), ("d", 9, 0)]
    assert labels.known_before == 0


def test_labels_that_contradict_each_other_are_counted_and_left_out(tmp_path):
    source(tmp_path, d2026_08_01=ROWS)
    labels = joined(tmp_path, asked(("e", "05"), ("b", "05")))
    assert found(labels) == [("b", 5, 0)]
    assert labels.contradictory == 1


@pytest.mark.parametrize(
    ("direction", "days", "expected"),
    [
        ("backward", 31, {"a": 1, "b": None}),
        ("backward", 3, {"a": None, "b": None}),
        ("forward", 31, {"a": None, "b": 0}),
        ("nearest", 31, {"a": 1, "b": 0}),
    ],
)
def test_the_row_lies_where_the_settings_say(tmp_path, direction, days, expected):
    rows = [("a", "2026-06-01", "yes", "2026-07-05"), ("b", "2026-06-15", "no", "2026-07-05")]
    source(tmp_path, d2026_08_01=rows)
    labels = joined(
        tmp_path, asked(("a", "05"), ("b", "05")), direction=direction, within_days=days
    )
    by_entity = dict.fromkeys(("a", "b")) | {who: target for who, _, target in found(labels)}
    assert by_entity == expected


def test_a_table_without_time_is_joined_by_entity(tmp_path):
    rows = [
        ("a", "x", "yes", "2026-07-05"),
        ("b", "x", "no", "2026-06-02"),
        ("z", "x", "no", "2026-07-01"),
    ]
    source(tmp_path, d2026_08_01=rows)
    labels = joined(tmp_path, asked(("a", "05"), ("b", "05")), released(table={"time": None}))
    assert found(labels) == [("a", 5, 1)]
    assert labels.known_before == 1


def test_only_answers_of_the_release_to_callers_count(tmp_path):
    source(tmp_path, d2026_08_01=ROWS)
    others = [{"arm": "shadow"}, {"arm": "challenger"}, {"version": "999"}, {"score": None}]
    rows = predictions(asked(*[("b", "05")] * 5))
    for place, change in enumerate(others):
        for name, value in change.items():
            rows.loc[place, name] = value
    labels = joined(tmp_path, rows)
    assert (labels.asked, found(labels)) == (1, [("b", 5, 0)])


def test_entities_that_the_log_hashed_are_found_with_the_same_key(tmp_path, monkeypatch):
    source(tmp_path, d2026_08_01=ROWS)
    monkeypatch.setenv(HASH_KEY, "a key of the gateway")
    keys = Privacy(LogSettings(hash=["entity"]))
    rows = [{"entity": keys.entity(who), "time": "2026-06-05"} for who in ("a", "b")]
    assert len(joined(tmp_path, rows).rows) == 2
    monkeypatch.setenv(HASH_KEY, "another key, of a test")
    with pytest.raises(DataError, match=f"no entity of the log.*{HASH_KEY} is not the gateway's"):
        joined(tmp_path, rows)
    monkeypatch.delenv(HASH_KEY)
    with pytest.raises(DataError, match=f"has hashes of the entities.*set {HASH_KEY} here"):
        joined(tmp_path, rows)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (asked((None, "05")), "no prediction of 2026-06-01 to 2026-06-30 names its entity"),
        (asked(("nobody", "05")), "no entity of the log is one of the source's: callers name it"),
        (
            [{"entity": "a", "time": "2026-06-05", "version": "1"}],
            "the log has no prediction of version 111122223333",
        ),
    ],
    ids=["no-key", "other-keys", "other-version"],
)
def test_a_log_that_cannot_be_joined_is_one_line(tmp_path, rows, said):
    source(tmp_path, d2026_08_01=ROWS)
    with pytest.raises(DataError, match=said) as caught:
        joined(tmp_path, rows)
    assert "\n" not in str(caught.value)


def test_of_very_many_labels_the_rows_of_some_entities_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(label_join, "MOST", 100)
    names = [f"e{number}" for number in range(400)]
    rows = [(name, "2026-06-01", "yes", "2026-07-05") for name in names[:200]]
    source(tmp_path, d2026_08_01=[*rows, *((name, *ROWS[1][1:]) for name in names[200:])])
    labels = joined(tmp_path, asked(*((name, "05") for name in names)))
    assert labels.labelled == labels.predictions == 400
    assert 40 < len(labels.rows) < 200


@pytest.mark.parametrize(
    ("table", "labels", "score", "target", "scores"),
    [
        (
            {"task": "multiclass", "classes": ["x", "y", "z"], "positive": None},
            ["z", "x", "y"],
            {"scores": [[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]]},
            [2, 0],
            [[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]],
        ),
        (
            {"task": "regression", "positive": None},
            ["1.5", "-2", "0"],
            {"score": [1.0, 2.0]},
            [1.5, -2.0],
            [1.0, 2.0],
        ),
    ],
    ids=["multiclass", "regression"],
)
def test_other_tasks_have_targets_as_in_the_table(tmp_path, table, labels, score, target, scores):
    rows = zip("abc", ["2026-06-01"] * 3, labels, ["2026-07-05"] * 3, strict=True)
    source(tmp_path, d2026_08_01=list(rows))
    frame = predictions(asked(("a", "05"), ("b", "06"))).assign(**score)
    found = joined(tmp_path, frame, released(table=table, evaluation={"costs": None}))
    assert found.target.tolist() == target
    assert found.scores.tolist() == scores
    assert len(found.others) == 0


def test_labels_that_stopped_are_overdue_also_where_entities_ask_every_week(tmp_path):
    names = [f"e{number}" for number in range(50)]
    months = ["2026-01-01", "2026-02-01"]
    source(
        tmp_path, d2026_08_01=[(who, day, "no", "2026-03-05") for who in names for day in months]
    )
    weeks = [
        f"{day:%Y-%m-%d}T12:00" for day in pd.date_range("2026-04-06", "2026-07-27", freq="7D")
    ]
    rows = [{"entity": who, "time": week} for week in weeks for who in names]
    labels = joined(tmp_path, rows, window=Window.parse("2026-04-01", "2026-07-31"))
    assert (labels.due, labels.overdue) == (50, 50)
    young = joined(tmp_path, rows, window=Window.parse("2026-07-01", "2026-07-31"))
    assert (young.due, young.overdue) == (0, 0)


def test_labels_of_months_ago_do_not_hide_that_none_come_any_more(tmp_path):
    names = [f"e{number}" for number in range(20)]
    months = [f"2026-0{month}-01" for month in range(1, 5)]
    rows = [(who, day, "no", "2026-05-20") for who in names for day in months]
    source(tmp_path, d2026_08_01=rows, d2026_05_25=rows)
    weeks = pd.date_range("2026-01-05", "2026-07-27", freq="7D")
    asked = [{"entity": who, "time": f"{day:%Y-%m-%d}"} for day in weeks for who in names]
    labels = joined(tmp_path, asked, window=Window.parse("2026-01-01", "2026-07-31"))
    assert labels.labelled == 80
    assert (labels.due, labels.overdue) == (40, 20)
    before = {"window": Window.parse("2026-01-01", "2026-05-24"), "overdue_days": 30}
    labels = joined(tmp_path, asked, as_of=datetime.date(2026, 5, 25), **before)
    assert (labels.due, labels.overdue) == (40, 0)


def test_a_file_that_is_deleted_meanwhile_is_one_line(tmp_path):
    source(tmp_path, d2026_08_01=ROWS)
    address = store(tmp_path, predictions(asked(("a", "05"))))
    settings = MonitoringSettings.model_validate({"labels": KNOWN})
    with LogTable.opened(address, JUNE) as log:
        for path in (tmp_path / "log").rglob("*.parquet"):
            path.unlink()
        with pytest.raises(DataError, match="the log cannot be read") as caught:
            labelled(tmp_path, released(), log, settings, as_of=AS_OF, window=JUNE)
    assert "Traceback" not in str(caught.value)


def test_a_log_that_memory_cannot_hold_is_one_line(tmp_path, monkeypatch):
    address = store(tmp_path, predictions(asked(("a", "05"))))
    monkeypatch.setattr(log_table, "MEMORY", "1MB")
    with pytest.raises(DataError, match="Out of Memory"):
        LogTable.opened(address, JUNE)


def test_inputs_may_have_the_names_of_columns_of_the_log(tmp_path):
    source(tmp_path, d2026_08_01=ROWS)
    names = ["time", "score", "target", "entity"]
    rows = predictions(asked(("a", "05"), ("b", "06")))
    rows = rows.assign(**{f"input_{name}": [1.0, 2.0] for name in names})
    labels = joined(tmp_path, rows, released(table={"numbers": names, "categories": []}))
    assert found(labels) == [("a", 5, 1), ("b", 6, 0)]
    assert labels.scores.tolist() == [0.5, 0.5]
    assert labels.inputs.to_dict("list") == {name: [1.0, 2.0] for name in names}


def test_a_long_history_is_joined_for_some_entities(tmp_path, monkeypatch):
    monkeypatch.setattr(labels_module, "HISTORY", 100)
    monkeypatch.setattr(label_join, "MOST", 30)
    names = [f"e{number}" for number in range(400)]
    rows = [(name, "2026-06-01", "yes", "2026-07-05") for name in names]
    source(tmp_path, d2026_08_01=[*rows, ("z", "2026-06-01", "no", "2026-07-05")])
    every = asked(*((name, "05") for name in names))
    labels = joined(tmp_path, every, inputs=False)
    assert labels.asked == 400
    assert 50 < labels.labelled == labels.predictions < 200
    assert 5 < len(labels.rows) < 60
    assert joined(tmp_path, every).predictions == 400
