"""How far a table has moved from main's catalogue: breaks are seen, outliers and chance are not."""

import numpy as np
import pytest
from people import ROWS, TABLE, entry, people

from mainline.data.checks.settings import StatisticsSettings
from mainline.gate.beside_main import compare


@pytest.fixture(scope="module")
def mains():
    return people(1)


def closes(main, frame, **settings):
    found = compare(entry(main), frame, TABLE, StatisticsSettings.model_validate(settings))
    return {(move.column, move.what) for move in found.too_far}


def test_another_draw_of_the_same_people_passes(mains):
    for seed in range(2, 12):
        assert closes(mains, people(seed)) == set()


@pytest.mark.parametrize(
    ("column", "change", "found"),
    [
        ("pay", lambda v: v * 1000, "median"),
        ("pay", lambda v: v + 3, "mean"),
        ("pay", lambda v: 50 + (v - 50) * 1.5, "5 % quantile"),
        ("pay", lambda v: v.where(v.index % 10 != 0), "nulls"),
        ("pay", lambda v: v.where(v.index < 0), "median"),
        ("pay", lambda v: v * np.inf, "median"),
        ("wealth", lambda v: v * 3, "95 % quantile"),
        ("wealth", lambda v: v + 1, "median"),
        ("visits", lambda v: v + (v == 0) * (v.index % 8 == 0), "share of 0"),
        ("visits", lambda v: v + (v == 0) * (v.index % 4 == 0), "mean"),
        ("fixed", lambda v: v + 1e-6, "share of 3"),
        ("fixed", lambda v: v.where(v.index % 10 != 0, 4.0), "share of 3"),
        ("rare", lambda v: v.where(v.index % 4 != 0, 900.0), "share of 0"),
        ("city", lambda v: v.replace({"jena": "Jena"}), "share of jena"),
        ("city", lambda v: v.where(v.index % 5 != 0, "ulm"), "share of ulm"),
        ("city", lambda v: v.where(v.index % 12 != 0, "trier"), "share of any other value"),
        ("left", lambda v: v.where(v.index % 30 != 0, 1), "share of 1"),
    ],
)
def test_a_break_is_seen(mains, column, change, found):
    frame = people(2)
    frame[column] = change(frame[column])
    assert (column, found) in closes(mains, frame)


def test_one_enormous_value_fakes_no_shift(mains):
    frame = people(2)
    for column, value in (("pay", 1e9), ("wealth", -1e9), ("fixed", 1e9), ("visits", np.inf)):
        frame.loc[17, column] = value
    assert closes(mains, frame) == set()


def test_one_enormous_value_on_main_hides_none(mains):
    main, frame = mains.copy(), people(2)
    main.loc[17, "pay"] = 1e9
    assert closes(main, frame) == set()
    assert ("pay", "mean") in closes(main, frame.assign(pay=frame["pay"] + 3))
    assert ("pay", "median") in closes(main, frame.assign(pay=frame["pay"] + 3))


def test_a_target_that_is_rare_is_measured_by_its_own_deviation(mains):
    frame = people(2)
    doubled = frame["left"].where(frame.index % 20 != 0, 1).astype("int8")
    assert doubled.mean() - mains["left"].mean() < 0.055
    assert ("left", "share of 1") in closes(mains, frame.assign(left=doubled))


def test_half_of_the_rows_may_be_lost_and_no_more(mains):
    assert closes(mains, people(2, ROWS // 2 + 10)) == set()
    assert closes(mains, people(2, ROWS // 2 - 10)) == {("table", "rows lost")}
    assert closes(mains, people(2, ROWS // 2 - 10), rows=0.6) == set()


def test_a_column_may_have_tolerances_of_its_own(mains):
    frame = people(2)
    frame["pay"] += 3
    wide = {"mean": 1.0, "quantiles": 1.0}
    assert closes(mains, frame, columns={"pay": wide}) == set()
    assert closes(mains, frame, columns={"wealth": wide}) >= {("pay", "mean")}
    assert closes(mains, frame, **wide) == set()


def test_the_furthest_comes_first_and_says_how_far(mains):
    frame = people(2)
    frame["pay"] *= 1000
    line = compare(entry(mains), frame, TABLE, StatisticsSettings()).moves[0].line()
    assert line.startswith("pay: ")
    assert line.endswith("interquartile ranges, at most 0.2")


@pytest.mark.parametrize(
    ("main", "here", "note"),
    [
        (lambda f: f.drop(columns="pay"), lambda f: f, "pay is new: main has no statistics"),
        (lambda f: f.assign(old=1.0), lambda f: f, "old is gone: main's table had it."),
        (lambda f: f.assign(pay=f["city"]), lambda f: f, "pay was a category on main and is a num"),
        (
            lambda f: f,
            lambda f: f.assign(city=f["city"].where(f.index % 99 != 0, "trier")),
            "city: new since main's snapshot: trier (41 rows).",
        ),
    ],
)
def test_what_has_no_pair_is_named(mains, main, here, note):
    frame = people(2)
    found = compare(entry(main(mains)), here(frame), TABLE, StatisticsSettings())
    assert [said for said in found.notes if said.startswith(note)]
    assert not found.too_far


def test_a_catalogue_of_an_older_version_closes_nothing_but_is_named(mains):
    old = entry(mains)
    for about in old["columns"].values():
        for key in ("deviation", "quantiles", "clipped", "folded"):
            about.pop(key, None)
        if about["kind"] != "str":
            about.pop("counts", None)
    frame = people(2)
    found = compare(old, frame.assign(pay=frame["pay"] * 9), TABLE, StatisticsSettings())
    assert not found.too_far
    assert "pay: main's catalogue is of an older version, only nulls are compared." in found.notes
    renamed = frame.assign(city=frame["city"].replace({"bonn": "Bonn"}), pay=np.nan)
    found = compare(old, renamed, TABLE, StatisticsSettings())
    assert {move.column for move in found.too_far} == {"city", "pay"}


def test_the_same_table_is_not_compared(mains):
    found = compare(entry(mains), mains, TABLE, StatisticsSettings())
    assert found.same
    assert found.moves == []
