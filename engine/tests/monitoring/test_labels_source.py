"""Labels as the source had them on a day, and what it cannot say."""

import datetime

import pandas as pd
import pytest
from joined_labels import ROWS, asked, found, joined
from labelled_log import FILE, asks, predictions, released, source

from mainline.core.errors import DataError


def test_without_such_a_column_the_source_says_what_it_knew_on_the_first_day(tmp_path):
    known = [("d", "2026-06-01", "no", None), ("a", "2026-06-01", None, None)]
    source(tmp_path, d2026_08_01=ROWS, d2026_06_01=known)
    labels = joined(tmp_path, asked(("d", "09"), ("a", "09")), known=None)
    assert found(labels) == [("a", 9, 1)]
    assert labels.known_before == 1


def test_a_label_that_was_corrected_later_is_no_contradiction(tmp_path):
    corrected = [("e", "2026-06-01", "yes", "2026-07-05"), ("e", "2026-06-01", "no", "2026-07-20")]
    source(tmp_path, d2026_08_01=[*ROWS[:2], *corrected], d2026_07_10=[*ROWS[:2], *corrected])
    assert found(joined(tmp_path, asked(("e", "05")))) == [("e", 5, 0)]
    before = joined(tmp_path, asked(("e", "05")), as_of=datetime.date(2026, 7, 10))
    assert found(before) == [("e", 5, 1)]


def test_a_label_of_later_than_the_day_asked_about_has_not_come(tmp_path):
    source(tmp_path, d2026_07_04=[*ROWS, ("f", "2026-06-01", "yes", "2026-07-04")])
    when = datetime.date(2026, 7, 4)
    labels = joined(tmp_path, asked(("a", "05"), ("d", "05"), ("f", "05")), as_of=when)
    assert found(labels) == [("d", 5, 0), ("f", 5, 1)]
    assert labels.unlabelled == 1


def test_files_of_some_days_only_give_the_labels_of_the_day_that_params_yaml_names(tmp_path):
    source(tmp_path, d2026_06_30=[*ROWS, ("f", "2026-06-01", "yes", "2026-06-29")])
    labels = joined(tmp_path, asked(("a", "05"), ("d", "05"), ("f", "05")))
    assert found(labels) == [("d", 5, 0), ("f", 5, 1)]
    assert labels.unlabelled == 1


SQL = {"kind": "sql", "url": "sqlite:///gone.db", "query": "SELECT 1 WHERE 1 <= :as_of"}


@pytest.mark.parametrize(
    ("settings", "known", "said"),
    [
        ({"kind": "file", "path": "gone.parquet"}, "known", "gone.parquet .* does not exist"),
        (SQL, "known", "there is no SQLite file 'gone.db'"),
        ({"kind": "file", "path": FILE}, "day_of_label", "has no column 'day_of_label'"),
        ({"kind": "file", "path": FILE}, None, "labels as of 2026-06-01 cannot be read.*not exist"),
        (
            {"kind": "file", "path": FILE.replace("{as_of}", "2026-08-01")},
            None,
            "is the same file for every day",
        ),
    ],
    ids=["no-file", "no-database", "no-column", "no-first-day", "one-file"],
)
def test_a_source_that_cannot_say_is_one_line(tmp_path, settings, known, said):
    source(tmp_path, d2026_08_01=ROWS)
    asks(tmp_path, settings)
    with pytest.raises(DataError, match=said) as caught:
        joined(tmp_path, asked(("a", "05")), known=known)
    assert "\n" not in str(caught.value)


def test_a_live_source_is_asked_and_nothing_of_it_is_kept(tmp_path):
    import sqlalchemy  # noqa: PLC0415  takes its time

    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'labels.db'}")
    frame = pd.DataFrame(ROWS[:2], columns=["who", "day", "left", "known"])
    frame.to_sql("labels", engine, index=False)
    engine.dispose()
    query = "SELECT * FROM labels WHERE known > :since AND known <= :as_of"
    asks(tmp_path, {"kind": "sql", "url": "sqlite:///labels.db", "query": query})
    before = sorted(path.name for path in tmp_path.iterdir())
    assert found(joined(tmp_path, asked(("a", "05")), known=None)) == [("a", 5, 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "log"])


def test_without_such_a_column_the_source_is_asked_every_28_days(tmp_path):
    rows = [("a", "2026-06-01", "yes", None), ("b", "2026-06-01", "no", None)]
    none = [(who, day, None, None) for who, day, *_ in rows]
    source(tmp_path, d2026_08_01=rows, d2026_06_01=none, d2026_06_29=rows)
    asked_twice = asked(("a", "28"), ("a", "30"), ("b", "29"))
    labels = joined(tmp_path, asked_twice, known=None)
    assert found(labels) == [("a", 28, 1)]
    assert labels.known_before == 1


@pytest.mark.parametrize(
    ("table", "label", "target"),
    [
        ({}, "no", 0),
        ({}, "yes", 1),
        ({"task": "multiclass", "classes": ["x", "y", "z"], "positive": None}, "y", 1),
        ({"task": "multiclass", "classes": [1, 2, 3], "positive": None}, 3.0, 2),
    ],
    ids=["negative", "positive", "class", "number"],
)
def test_first_labels_may_be_of_one_class(tmp_path, table, label, target):
    source(tmp_path, d2026_08_01=[("a", "2026-06-01", label, "2026-07-05"), ROWS[3]])
    watched = released(table=table, evaluation={"costs": None})
    rows = predictions(asked(("a", "05"))).assign(scores=[[0.2, 0.3, 0.5]])
    assert joined(tmp_path, rows, watched).target.tolist() == [target]


def test_a_label_that_no_class_has_is_one_line(tmp_path):
    source(tmp_path, d2026_08_01=[("a", "2026-06-01", "w", "2026-07-05")])
    table = {"task": "multiclass", "classes": ["x", "y", "z"], "positive": None}
    watched = released(table=table, evaluation={"costs": None})
    rows = predictions(asked(("a", "05"))).assign(scores=[[0.2, 0.3, 0.5]])
    with pytest.raises(DataError, match=r"labels that table\.classes lacks: 'w'"):
        joined(tmp_path, rows, watched)
