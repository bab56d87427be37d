"""Requests without an answer: an arm that leaves more of them decides nothing."""

import numpy as np
import pandas as pd
import pytest
from experiment_trial import (
    ROUTES,
    labels_of,
    people,
    split,
)


def failing(rows: pd.DataFrame, lost: pd.Series) -> pd.DataFrame:
    """The rows, with HTTP 500 where `lost`: the log has no version and no score of these."""
    rows = rows.copy()
    rows.loc[lost, "status"] = 500
    rows["status"] = rows["status"].fillna(200).astype(int)
    rows.loc[lost, "version"] = ""
    rows.loc[lost, "score"] = np.nan
    return rows


@pytest.mark.parametrize("count", [400, 8], ids=["many", "few"])
def test_a_challenger_that_fails_on_its_hardest_rows_is_not_better(trial, count):
    trial.routes(ROUTES)
    found = people(4_000).assign(better=lambda rows: rows["plain"])
    trial.labels(labels_of(found))
    rows = split(found).assign(status=200)
    left = found.set_index("entity")["left"].reindex(rows["entity"]).to_numpy()
    wrong = np.abs(rows["score"] - left).where(rows["arm"].eq("challenger"), 0)
    trial.log(failing(rows, wrong.rank(ascending=False) <= count))
    result = trial.run()
    assert result.decision == "none"
    assert "of the challenger's requests have no answer and 0.00% of main's" in result.sentence


def test_failures_of_both_arms_stop_no_decision(trial):
    trial.routes(ROUTES)
    found = people(8_000)
    trial.labels(labels_of(found))
    rows = split(found).assign(status=200)
    nth = rows.groupby("arm").cumcount()
    trial.log(failing(rows, nth % 400 == 0))
    assert trial.run().decision == "better"
