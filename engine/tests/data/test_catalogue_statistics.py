"""What the catalogue keeps of a column, for the next snapshot to be compared with."""

import json

import numpy as np
import pandas as pd
import pytest

from mainline.core.files import json_text
from mainline.data import summary

RNG = np.random.default_rng(4)


def number(values, entities=None):
    column = pd.Series(values, dtype="float64")
    people = pd.Series(range(len(column)) if entities is None else entities).astype("str")
    return summary.number(column, summary.People(people))


def text(values, entities=None):
    column = pd.Series(values, dtype="str")
    people = pd.Series(entities or list(range(len(column)))).astype("str")
    return summary.text(column, summary.People(people))


def test_quantiles_are_values_of_the_column():
    about = number(range(1, 101))
    assert about["quantiles"] == {
        "1": 1, "5": 5, "25": 25, "50": 50, "75": 75, "95": 95, "99": 99,
    }  # fmt: skip
    assert about["deviation"] == pytest.approx(np.std(range(1, 101)))


@pytest.mark.parametrize("rows", [1, 2, 3, 10, 999])
def test_quantiles_are_numpys(rows):
    values = RNG.normal(size=rows)
    found = summary.quantiles(values, summary.POINTS)
    assert found == np.percentile(values, summary.POINTS, method="inverted_cdf").tolist()


def test_one_enormous_value_has_no_part_in_what_is_compared():
    values = RNG.normal(50, 5, 1000)
    before, after = number(values), number(np.r_[values[:-1], 1e9])
    assert after["mean"] > 1e5
    for key in ("mean", "deviation"):
        assert after["clipped"][key] == pytest.approx(before["clipped"][key], rel=0.02)


def test_nothing_finite_gives_nothing():
    assert number([np.nan, np.inf, -np.inf]) == {}


def test_what_float_cannot_hold_is_null_and_still_json():
    about = number([1.7e308, 1.7e308, -1.7e308] * 9)
    assert about["deviation"] is None
    assert json.loads(json_text(about))["max"] == 1.7e308


def test_few_values_are_counted_and_many_are_not():
    about = number([0.0] * 70 + [1.0] * 30 + [np.nan, np.inf])
    assert (about["counts"], about["folded"]) == ({"0": 70, "1": 30}, 0)
    assert "counts" not in number(range(100))


def test_frequent_values_are_counted_and_the_rest_folded():
    values = [f"c{n:02d}" for n in range(30) for _ in range(n + 1)]
    about = text(values)
    assert about["distinct"] == 30
    assert list(about["counts"]) == [f"c{n:02d}" for n in range(10, 30)]
    assert about["folded"] == sum(range(1, 11))


def test_what_few_entities_share_is_not_told():
    values = ["north"] * 400 + ["12 Elm Street"] * 100
    entities = [f"e{n}" for n in range(400)] + ["someone"] * 100
    about = text(values, entities)
    assert (about["counts"], about["folded"]) == ({"north": 400}, 100)


def test_the_key_is_never_counted(project, rows):
    project.csv(pd.concat([rows.assign(id=f"p{n}", day=f"2026-01-0{n}") for n in (1, 2)]))
    project.params["table"]["time"] = "day"
    project.ingest()
    catalogue = (project.root / "data/catalogue.json").read_text()
    assert '"p1"' not in catalogue
    assert json.loads(catalogue)["columns"]["id"]["distinct"] == 2
