"""Both answers of a request side by side: the pairs decide, not the two means."""

import numpy as np
import pytest
from experiment_trial import CHALLENGER, labels_of, people, shadow

ROUTES = {"experiment": "spring", "figure": "log_loss", "shadow": 1.0}


@pytest.fixture
def shadowed(trial):
    def begin(count=1_500, routes=ROUTES):
        trial.routes(routes)
        found = people(count)
        trial.labels(labels_of(found))
        rows = shadow(found)
        trial.log(rows)
        return found, rows

    return begin


def test_a_better_shadow_is_found_from_few_pairs(trial, shadowed):
    shadowed()
    result = trial.run()
    assert (result.kind, result.share, result.decision) == ("shadow", 1.0, "better")
    assert result.challenger_version == CHALLENGER
    assert result.figure.counts == (1_500, 1_500)


def test_the_interval_is_that_of_the_pairs(trial, shadowed):
    """Of answers that are nearly alike the difference is known far better than each mean."""
    trial.routes(ROUTES)
    found = people(1_500)
    rng = np.random.default_rng(5)
    found["better"] = (found["plain"] + rng.normal(0, 0.003, len(found))).clip(0.001, 0.999)
    trial.labels(labels_of(found))
    trial.log(shadow(found))
    line = trial.run().figure
    assert line.high - line.low < 0.02


def test_requests_without_a_copy_are_left_out(trial, shadowed):
    _, rows = shadowed(routes={**ROUTES, "shadow": 0.5})
    trial.log(
        rows[rows["arm"].ne("shadow")].assign(request_id=lambda each: each["request_id"] + "x")
    )
    result = trial.run()
    assert result.figure.counts == (1_500, 1_500)
    assert result.ratio["challenger"] * 2 == result.ratio["units"] == 3_000


def test_copies_that_are_missing_decide_no_latency_and_do_not_stop_a_quality(trial, shadowed):
    shadowed(routes={**ROUTES, "shadow": 0.5})
    assert trial.run().decision == "better"
    trial.routes({**ROUTES, "figure": "latency", "shadow": 0.5})
    result = trial.run()
    assert result.decision == "none"
    assert "do not have their shares" in result.sentence


def test_a_shadow_that_fails_on_its_hardest_rows_is_not_better(trial):
    """Here every challenger's answer is that of main: it differs by what it does not answer."""
    trial.routes(ROUTES)
    found = people(1_500).assign(better=lambda rows: rows["plain"])
    trial.labels(labels_of(found))
    rows = shadow(found).assign(status=200)
    left = found.set_index("entity")["left"].reindex(rows["entity"]).to_numpy()
    wrong = np.abs(rows["score"] - left).where(rows["arm"].eq("shadow"), 0)
    lost = wrong.rank(ascending=False) <= 30
    rows.loc[lost, "status"] = 504
    rows.loc[lost, "version"] = ""
    rows.loc[lost, "score"] = np.nan
    trial.log(rows)
    result = trial.run()
    assert result.decision == "none"
    assert "2.00% of the challenger's requests have no answer" in result.sentence


def test_a_failed_batch_is_one_request_of_many(trial):
    """It has one row in the log, and a batch that is answered has one for each of its rows."""
    trial.routes(ROUTES)
    found = people(1_500)
    trial.labels(labels_of(found))
    rows = shadow(found).assign(status=200)
    place = rows.groupby("arm").cumcount()
    rows["request_id"] = [f"b{number // 100}" for number in place]
    rows["row"] = place % 100
    lost = rows["arm"].eq("shadow") & rows["request_id"].eq("b3")
    rows.loc[lost, "status"] = 500
    rows.loc[lost, "version"] = ""
    rows.loc[lost, "score"] = np.nan
    trial.log(rows[~lost | rows["row"].eq(0)])
    result = trial.run()
    assert result.decision == "none"
    assert "6.67% of the challenger's requests have no answer" in result.sentence


def test_a_row_that_is_in_the_log_twice_counts_once(trial, shadowed):
    _, rows = shadowed()
    trial.log(rows)
    assert trial.run().figure.counts == (1_500, 1_500)
