"""Worse inputs, asked of the same rows: what changes, by how much, and how sure that is."""

import numpy as np
import pandas as pd
import pytest

from mainline.core.config import parse
from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.evaluation import auc, tasks
from mainline.evaluation.robustness import (
    EVERY,
    STRANGE,
    deviations,
    section,
    variants,
)
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings

RNG = np.random.default_rng(7)
ROWS = 2000
FRAME = pd.DataFrame(
    {
        "used": RNG.normal(50, 10, ROWS),
        "idle": np.where(RNG.uniform(size=ROWS) < 0.2, np.nan, RNG.normal(size=ROWS)),
        "constant": 3.0,
        "city": pd.Series(RNG.choice(["ulm", "bonn"], ROWS), dtype="str"),
    }
)
TARGET = (RNG.normal(FRAME["used"] + 5 * (FRAME["city"] == "ulm"), 5) > 52).astype(np.int8)
NUMBERS, CATEGORIES = ["used", "idle", "constant"], ["city"]
TASK = tasks.of(TableSettings(entity="id", target="y", positive="1", numbers=["used"]))
JUDGED = Rows.of(TARGET, np.arange(ROWS))


def score(frame):
    known = frame["used"].fillna(50) + 5 * (frame["city"] == "ulm")
    return (1 / (1 + np.exp((52 - known) / 5))).to_numpy()


def fall(scores, worse):
    return TASK.difference(JUDGED, scores, worse, 0.95)


def asked(levels=(0.1, 0.5), spread=None, seed=0, categories=CATEGORIES):
    spread = deviations(FRAME, NUMBERS) if spread is None else spread
    return variants(FRAME, spread, categories, levels, seed)


def worse(**changed):
    """Kind, name and all columns of each variant."""
    return [(kind, name, FRAME.assign(**columns)) for kind, name, columns in asked(**changed)]


def found(scorer=score, **changed):
    return section(
        lambda columns: scorer(FRAME.assign(**columns)), scorer(FRAME), fall, asked(**changed)
    )


def test_each_question_changes_what_it_says_and_nothing_else():
    for kind, name, changed in worse():
        expected = {"noise": ["used", "idle"], "missing": [name], "unknown": ["city"]}[kind]
        assert [column for column in FRAME if not changed[column].equals(FRAME[column])] == expected
        assert (changed.dtypes == FRAME.dtypes).all()
        if kind == "missing":
            assert changed[name].isna().all()
        if kind == "unknown":
            assert name == EVERY
            assert set(changed["city"]) == {STRANGE}


def test_noise_has_the_deviation_that_it_is_named_by_and_leaves_gaps():
    spread = deviations(FRAME, NUMBERS)
    assert spread == pytest.approx({"used": 10, "idle": 1, "constant": 0}, rel=0.05)
    levels = {name: changed for kind, name, changed in worse() if kind == "noise"}
    assert list(levels) == ["0.1", "0.5"]
    for name, changed in levels.items():
        added = changed["used"] - FRAME["used"]
        assert added.std() == pytest.approx(float(name) * spread["used"], rel=0.05)
        assert added.mean() == pytest.approx(0, abs=0.2)
        assert (changed["idle"].isna() == FRAME["idle"].isna()).all()
    ratio = (levels["0.5"]["used"] - FRAME["used"]) / (levels["0.1"]["used"] - FRAME["used"])
    assert ratio.to_numpy() == pytest.approx(5)


def test_falls_are_differences_of_the_leading_figure():
    falls = found()
    whole = auc.influences(TARGET, score(FRAME))[0]
    for kind, name, changed in worse():
        expected = whole - auc.influences(TARGET, score(changed))[0]
        assert falls[kind][name]["value"] == pytest.approx(expected, abs=1e-6)
    assert falls["rows"] == ROWS
    assert falls["noise"]["0.5"]["value"] > falls["noise"]["0.1"]["value"]
    assert falls["missing"]["used"]["low"] > 0.2
    assert falls["unknown"][EVERY]["low"] > 0


def test_a_column_that_the_model_does_not_use_costs_exactly_nothing():
    nothing = {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found()["missing"]["idle"] == found()["missing"]["constant"] == nothing


def test_the_interval_of_a_fall_covers_what_other_noise_does():
    falls = [found(seed=seed)["noise"]["0.5"] for seed in range(20)]
    inside = [falls[0]["low"] <= each["value"] <= falls[0]["high"] for each in falls]
    assert sum(inside) >= 15
    assert found() == found()
    assert falls[0] != falls[1]


def test_a_model_that_breaks_on_a_gap_has_no_fall_there():
    def breaks(frame):
        return np.where(frame["used"].isna(), np.nan, score(frame))

    falls = found(breaks)
    assert falls["missing"]["used"] == {"value": None, "low": None, "high": None}
    assert falls["missing"]["city"]["value"] is not None


def test_scores_that_are_no_numbers_or_all_equal():
    falls = found(lambda frame: np.full(len(frame), np.nan))
    assert falls["noise"]["0.1"]["value"] is None
    assert found(lambda frame: np.full(len(frame), 0.5))["noise"]["0.5"]["value"] == 0


def test_a_table_of_numbers_or_of_categories_alone_is_asked_what_it_can_be():
    numbers = [kind for kind, _, _ in asked(categories=[])]
    assert numbers == ["noise", "noise", "missing", "missing", "missing"]
    assert [kind for kind, _, _ in asked(spread={})] == ["missing", "unknown"]


def test_a_number_that_nobody_knows_gets_no_noise():
    rows = pd.DataFrame({"gone": [np.nan, np.nan], "far": [1.0, np.inf]})
    assert deviations(rows, ["gone", "far"]) == {"gone": 0.0, "far": 0.0}


@pytest.mark.parametrize("levels", [[0.0], [-0.1], [0.1, 0.1]])
def test_levels_that_ask_nothing_new_are_refused(levels):
    with pytest.raises(MainlineError, match="noise levels must be positive and distinct"):
        parse(EvaluationSettings, {"robustness": {"noise": levels}}, name="params.yaml")
