"""Rows later than main's newest are compared alone: in a long history a break is diluted."""

import numpy as np
import pandas as pd
import pytest
from people import TABLE, entry, people

from mainline.data.checks.settings import StatisticsSettings
from mainline.gate.beside_main import FEWEST, compare
from mainline.gate.snapshot import judge

MONTHLY = TABLE.model_copy(update={"time": "day"})
BEFORE, AFTER = 40_000, 1_000


def on(frame, day):
    return frame.assign(day=pd.Timestamp(day).as_unit("ms"))


@pytest.fixture(scope="module")
def history():
    return on(people(1, BEFORE), "2026-05-01")


@pytest.fixture(scope="module")
def main(history):
    return entry(history, MONTHLY)


@pytest.fixture
def closes(main, history):
    """What closes when `month` follows on the history."""

    def call(month, day="2026-06-01", **settings):
        frame = pd.concat([history, on(month, day)], ignore_index=True)
        frame["who"] = [f"p{n}" for n in range(len(frame))]
        frame = frame.astype({"who": "str", "city": "str"})
        return compare(main, frame, MONTHLY, StatisticsSettings.model_validate(settings))

    return call


def far(found):
    return {(move.column, move.what, move.rows) for move in found.too_far}


def test_another_month_of_the_same_people_passes(closes):
    for seed in range(2, 12):
        assert far(closes(people(seed, AFTER))) == set()


@pytest.mark.parametrize(
    ("column", "change", "what"),
    [
        ("pay", lambda v: v + 15, "median"),
        ("pay", lambda v: v.where(v.index % 2 == 0), "nulls"),
        ("pay", lambda v: v.where(v.index < 0), "median"),
        ("wealth", lambda v: v + 5, "median"),
        ("visits", lambda v: v * 0, "share of 0"),
        ("city", lambda v: v.replace({"ulm": "Ulm"}), "share of ulm"),
        ("left", lambda v: v.where(v.index % 4 != 0, 1), "share of 1"),
    ],
)
def test_a_break_that_the_whole_table_hides_closes(closes, column, change, what):
    month = people(2, AFTER)
    month[column] = change(month[column])
    found = closes(month)
    assert (column, what, "rows after 2026-05-01") in far(found)
    assert not [move for move in found.too_far if not move.rows]
    assert not closes(month, newest=None).too_far


def test_a_move_of_the_newest_rows_says_which_rows_they_are(closes):
    month = people(2, AFTER)
    month["pay"] += 15
    found = closes(month)
    rule, _ = judge(found, None)
    assert rule.figure.endswith(", rows after 2026-05-01")
    line = next(move for move in found.too_far if move.what == "median").line()
    assert "in the rows after 2026-05-01: moved" in line
    assert "median, rows after 2026-05-01" in [move[1] for move in found.to_json()["moves"]]


def test_a_season_may_differ_from_the_year_by_less_than_five_tolerances(closes):
    month = people(2, AFTER)
    month["pay"] += 3
    assert not closes(month).too_far
    assert closes(month, newest=1).too_far


def test_the_tolerances_of_a_column_are_those_of_its_newest_rows_too(closes):
    month = people(2, AFTER)
    month["pay"] += 15
    assert not closes(month, columns={"pay": {"mean": 1.0, "quantiles": 1.0}}).too_far


def test_few_new_rows_are_not_compared_alone_and_it_is_said(closes):
    month = people(2, FEWEST - 1)
    month["pay"] += 15
    found = closes(month)
    assert not found.too_far
    assert f"{FEWEST - 1} rows after 2026-05-01: too few to compare separately." in found.notes
    assert not [note for note in closes(month, newest=None).notes if "too few" in note]


@pytest.mark.parametrize("seed", range(2, 6))
def test_columns_that_are_rarely_known_do_not_close_by_chance(seed):
    rare = {"pay": 0.02, "wealth": 0.02, "visits": 0.05, "city": 0.02}

    def sparse(rows, seed):
        frame, rng = people(seed, rows), np.random.default_rng(seed)
        return frame.assign(
            **{name: frame[name].where(rng.random(rows) < share) for name, share in rare.items()}
        )

    old, new = on(sparse(BEFORE, 1), "2026-05-01"), on(sparse(AFTER, seed), "2026-06-01")
    frame = pd.concat([old, new], ignore_index=True).astype({"city": "str"})
    assert not compare(entry(old, MONTHLY), frame, MONTHLY, StatisticsSettings()).too_far


def test_a_column_that_follows_the_calendar_can_be_taken_out(closes):
    month = people(2, AFTER).assign(city="trier")
    assert ("city", "share of bonn", "rows after 2026-05-01") in far(closes(month))
    assert not closes(month, columns={"city": {"shares": 1}}).too_far


def test_a_category_that_is_lost_closes_where_nulls_may_be(closes):
    month = people(2, AFTER)
    month["city"] = month["city"].where(month.index < 0)
    found = closes(month, nulls=0.2)
    assert {move[:2] for move in far(found)} == {("city", "known values")}


def test_where_every_row_is_new_nothing_is_compared_twice(history):
    before = entry(on(people(1, AFTER), "2026-01-01"), MONTHLY)
    found = compare(before, history, MONTHLY, StatisticsSettings())
    assert not [move for move in found.moves if move.rows]
    assert not found.too_far


def test_rows_of_days_that_main_knows_are_not_the_newest(closes):
    month = people(2, AFTER)
    month["pay"] += 15
    found = closes(month, day="2026-05-01")
    assert not found.too_far
    assert not [note for note in found.notes if "rows after" in note]


def test_a_time_column_that_main_does_not_have_is_told(main, history):
    renamed = history.rename(columns={"day": "month"}).iloc[1:]
    table = MONTHLY.model_copy(update={"time": "month"})
    said = "month has no last day on main: new rows are not compared separately."
    assert said in compare(main, renamed, table, StatisticsSettings()).notes


def test_a_table_without_time_has_no_newest_rows(main, history):
    frame = history.drop(columns="day").iloc[: BEFORE - 1]
    found = compare(main, frame, TABLE, StatisticsSettings())
    assert not [move for move in found.moves if move.rows]
