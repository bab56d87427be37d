"""Shuffling a column costs what the model owes to it, as scikit-learn measures it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from mainline.core.errors import MainlineError
from mainline.evaluation import auc
from mainline.evaluation.importance import importances

ROWS = 3000
RNG = np.random.default_rng(8)
FRAME = pd.DataFrame(
    {
        "strong": RNG.normal(size=ROWS),
        "weak": RNG.normal(size=ROWS),
        "noise": RNG.normal(size=ROWS),
        "constant": 1.0,
    }
)
TARGET = (RNG.normal(2 * FRAME["strong"] + 0.7 * FRAME["weak"]) > 0).astype(int)
MODEL = LogisticRegression().fit(FRAME, TARGET)


def score(frame):
    return MODEL.predict_proba(frame)[:, 1]


def lead(target, scores):
    return auc.influences(target, scores)[0]


def instead(scorer, frame):
    return lambda changed: scorer(frame.assign(**changed))


def found(frame=FRAME, scorer=score, columns=tuple(FRAME), seed=0, repeats=5):
    return importances(
        instead(scorer, frame),
        frame,
        TARGET[: len(frame)],
        lead,
        columns=columns,
        seed=seed,
        repeats=repeats,
    )


def test_agrees_with_scikit_learn_on_other_permutations():
    ours = found(repeats=20)
    theirs = permutation_importance(
        MODEL, FRAME, TARGET, scoring="roc_auc", n_repeats=20, random_state=1
    )
    for place, name in enumerate(FRAME):
        assert ours[name].value == pytest.approx(theirs.importances_mean[place], abs=0.005)
        assert ours[name].deviation == pytest.approx(theirs.importances_std[place], abs=0.004)


def test_the_order_is_that_of_the_truth_and_nothing_is_owed_to_a_constant():
    values = {name: each.value for name, each in found().items()}
    assert list(values) == list(FRAME)
    assert values["strong"] > values["weak"] > 0.02 > abs(values["noise"])
    assert values["constant"] == 0


def test_one_repeat_is_the_fall_of_the_figure_without_spread():
    one = found(columns=["strong"], repeats=1)["strong"]
    assert one.deviation == 0
    assert 0 < one.value < roc_auc_score(TARGET, score(FRAME))


def test_the_question_does_not_depend_on_other_columns_nor_on_the_model():
    asked = []

    def remembers(frame):
        asked.append(frame["weak"].to_numpy())
        return frame["weak"].to_numpy()

    found(scorer=remembers, columns=["weak"], repeats=2)
    found(frame=FRAME[["weak", "noise"]], scorer=remembers, columns=["noise", "weak"], repeats=2)
    assert np.array_equal(asked[1], asked[6])
    assert np.array_equal(asked[2], asked[7])
    assert not np.array_equal(asked[1], asked[2])


def test_the_same_seed_gives_the_same_and_another_seed_another():
    assert found() == found()
    assert found() != found(seed=1)


def test_a_column_that_the_scorer_does_not_read_is_worth_exactly_nothing():
    assert found(scorer=lambda frame: frame["strong"].to_numpy())["weak"].value == 0


def test_equal_scores_owe_nothing_to_any_column():
    found_ = found(scorer=lambda frame: np.full(len(frame), 0.5))
    assert {each.value for each in found_.values()} == {0.0}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_cannot_be_judged_have_no_importance(bad):
    one = found(scorer=lambda frame: np.full(len(frame), bad), columns=["weak"])["weak"]
    assert one.rounded() == {"value": None, "deviation": None}


def test_no_rows_give_no_importance():
    one = found(frame=FRAME[:0], scorer=lambda frame: np.zeros(len(frame)), columns=["weak"])
    assert np.isnan(one["weak"].value)


def test_text_keeps_its_type_and_its_missing_values():
    frame = pd.DataFrame({"city": pd.Series(["a", None, "b", "b"] * 5, dtype="str")})
    seen = []

    def scorer(rows):
        seen.append(rows["city"])
        return np.zeros(len(rows))

    target = np.arange(20) % 2
    importances(instead(scorer, frame), frame, target, lead, columns=["city"], seed=0, repeats=1)
    assert seen[1].dtype == frame["city"].dtype
    assert seen[1].isna().sum() == 5
    assert not seen[1].equals(frame["city"])


def test_an_unknown_column_is_named_with_the_nearest():
    with pytest.raises(
        MainlineError, match=r"no column 'strnog' to shuffle; did you mean 'strong'\?"
    ):
        found(columns=["strnog"])
