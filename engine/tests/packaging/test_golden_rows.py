import json

import pandas as pd
import pytest

from mainline.packaging import golden
from mainline.packaging.saved_model import Scorer


@pytest.fixture(scope="module")
def records(tiny_run):
    return json.loads((tiny_run / "dist/model/assets.extra/golden.json").read_text())


@pytest.fixture(scope="module")
def inputs(records):
    return pd.DataFrame([record["inputs"] for record in records])


def test_whoever_serves_the_model_gets_the_golden_scores(tiny_run, records, inputs):
    scores = Scorer(tiny_run / "dist/model").score(inputs)
    assert scores == pytest.approx([record["score"] for record in records], abs=1e-6)
    assert len(set(scores.round(4))) > 8


def test_they_hold_a_row_of_missing_and_a_row_of_unknown_values(inputs):
    assert inputs.iloc[1][["age", "income"]].isna().all()
    assert (inputs.iloc[1][["city", "plan"]] == "").all()
    assert (inputs.iloc[2][["city", "plan"]] == golden.UNKNOWN).all()


def test_none_of_them_is_a_row_of_the_data(inputs, tiny_rows):
    everybody = pd.concat(tiny_rows.values())[list(inputs)]
    people = set(everybody.fillna("").itertuples(index=False, name=None))
    assert not people & set(inputs.fillna("").itertuples(index=False, name=None))


def test_none_of_them_shows_the_largest_or_smallest_number_of_anybody(inputs, tiny_rows):
    for name in ("age", "income"):
        shown = inputs[name].drop(index=2)  # that row is beyond the usual on purpose
        train = tiny_rows["train"][name]
        assert train.min() < shown.min() <= shown.max() < train.max()


@pytest.mark.parametrize("count", [4, 5, 40])
def test_there_are_as_many_as_asked_for(tiny_model, count):
    assert len(golden.rows(tiny_model.preprocessing, count)) == count
