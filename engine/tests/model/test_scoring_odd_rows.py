"""Missing and never-seen values are scored, and not as if nothing were odd."""

import numpy as np
import pandas as pd
import pytest

TYPICAL = {"age": 45.0, "income": 20.0, "city": "ulm", "plan": "plus"}
ODD = {
    "missing number": {"income": np.nan},
    "missing category": {"plan": None},
    "empty category": {"plan": ""},
    "unknown category": {"city": "never seen"},
    "all missing": {"age": np.nan, "income": np.nan, "city": None, "plan": None},
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_an_odd_value_moves_the_score_and_keeps_it_a_probability(tiny_model, change):
    typical, odd = tiny_model.score(pd.DataFrame([TYPICAL, TYPICAL | change]))
    assert 0 < odd < 1
    assert odd != typical


def test_a_missing_category_differs_from_an_unknown_one(tiny_model):
    scores = tiny_model.score(pd.DataFrame([TYPICAL | {"city": city} for city in (None, "rome")]))
    assert scores[0] != scores[1]


def test_a_column_of_nothing_but_missing_values_is_scored(tiny_model):
    frame = pd.DataFrame([TYPICAL] * 3).assign(income=None, plan=np.nan)
    assert np.isfinite(tiny_model.score(frame)).all()


def test_no_rows_give_no_scores(tiny_model):
    assert tiny_model.score(pd.DataFrame(columns=list(TYPICAL))).shape == (0,)


def test_a_score_depends_on_its_own_row_alone(tiny_model, tiny_rows):
    test = tiny_rows["test"]
    together = tiny_model.score(test)
    assert together.shape == (300,)
    assert together[7:8] == pytest.approx(tiny_model.score(test.iloc[7:8]), abs=1e-6)
