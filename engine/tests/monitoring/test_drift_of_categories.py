"""PSI of categories: values that come and go, rare ones, missing ones."""

import math

import numpy as np
import pandas as pd
import pytest

from mainline.drift.tables import ColumnDrift, drift


def of(reference, current, **options) -> ColumnDrift:
    [found] = drift(pd.DataFrame({"x": reference}), pd.DataFrame({"x": current}), ["x"], **options)
    assert found.kind == "category"
    return found


def test_psi_is_that_of_the_shares():
    found = of(["a"] * 60 + ["b"] * 40, ["a"] * 30 + ["b"] * 70)
    expected = (0.3 - 0.6) * math.log(0.3 / 0.6) + (0.7 - 0.4) * math.log(0.7 / 0.4)
    assert found.psi == pytest.approx(expected)
    assert found.moved == "b: 40.0% → 70.0%"
    assert found.ks is None


def test_a_value_never_seen_before_weighs_as_much_as_its_rows():
    few, many = (of(["a"] * 1000, ["a"] * (1000 - new) + ["z"] * new) for new in (1, 300))
    assert few.unseen == many.unseen == 1
    assert few.psi < 0.01
    assert many.psi > 1
    assert of(["a"] * 1000, ["a"] * 700 + [f"z{row}" for row in range(300)]).psi > 1


def test_a_value_that_vanished_is_counted():
    found = of(["a", "b", "c"] * 100, ["a", "b"] * 150)
    assert (found.unseen, found.vanished) == (0, 1)
    assert found.psi > 1


def test_hundreds_of_rare_values_are_no_drift_by_chance():
    def draw(seed):
        return pd.Series(np.random.default_rng(seed).integers(0, 2000, 4000)).astype("str")

    found = of(draw(1), draw(2))
    assert found.unseen > 100
    assert found.psi == 0
    for same in (draw(1)[0], "never before"):
        assert of(draw(1), [same] * 4000).psi > 1


def test_null_and_empty_text_are_missing():
    found = of(["a", None, "", "b"], ["a", "b", "a", "b"])
    assert found.nulls == (0.5, 0)
    assert (found.unseen, found.vanished) == (0, 0)


@pytest.mark.parametrize("other", [[1, 0, 1], [1.0, 0.0, 1.0], ["1", "0", "1"]])
def test_codes_are_the_same_value_in_whichever_type_a_table_keeps_them(other):
    assert of([1, 0, 1], other, as_categories=["x"]).psi == 0


def test_values_of_any_kind_are_compared_as_text():
    found = of([["a"], {"b": 1}, ("c",)] * 5, ["['a']", 1, None] * 5)
    assert (found.unseen, found.vanished) == (1, 2)
    assert found.psi > 1
