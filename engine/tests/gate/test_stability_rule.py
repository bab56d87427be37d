"""Importances of candidate and champion: ranks, noise, and what is not enough to tell."""

import numpy as np
import pytest

from mainline.core.errors import MainlineError
from mainline.evaluation.importance import Importance
from mainline.gate.stability import compared, rule


def worth(**values: float) -> dict[str, Importance]:
    return {name: Importance(value, 0.001) for name, value in values.items()}


def test_the_same_order_is_stable_whatever_the_amounts():
    found = compared(worth(a=0.3, b=0.2, c=0.1), worth(a=0.9, b=0.05, c=0.01))
    assert found["rank_correlation"] == 1
    assert list(found["columns"]) == ["a", "b", "c"]
    assert found["columns"]["a"]["ranks"] == [1, 1]
    assert rule(found, 0.9).outcome == "pass"


def test_an_opposite_order_is_not():
    found = compared(worth(a=0.3, b=0.2, c=0.1), worth(a=0.1, b=0.2, c=0.3))
    assert found["rank_correlation"] == -1
    judged = rule(found, 0.5)
    assert (judged.outcome, judged.figure, judged.bar) == ("fail", "-1.00", ">= 0.5")


def test_the_correlation_is_spearmans():
    rng = np.random.default_rng(1)
    ours, theirs = rng.uniform(0.1, 1, 12), rng.uniform(0.1, 1, 12)
    found = compared(
        worth(**{f"c{i}": v for i, v in enumerate(ours)}),
        worth(**{f"c{i}": v for i, v in enumerate(theirs)}),
    )
    distance = ((ours.argsort().argsort() - theirs.argsort().argsort()) ** 2).sum()
    expected = 1 - 6 * distance / (12 * (12**2 - 1))
    assert found["rank_correlation"] == pytest.approx(expected, abs=1e-4)


def test_columns_that_do_not_stand_out_from_chance_share_a_rank():
    noise = {"x": Importance(0.002, 0.0015), "y": Importance(-0.002, 0.0015)}
    other = {"x": Importance(-0.001, 0.0015), "y": Importance(0.001, 0.0015)}
    found = compared(worth(a=0.3, b=0.2, c=0.1) | noise, worth(a=0.3, b=0.2, c=0.1) | other)
    assert found["rank_correlation"] == 1
    assert found["columns"]["x"]["ranks"] == found["columns"]["y"]["ranks"] == [4.5, 4.5]


def test_a_column_of_one_model_only_has_no_rank():
    found = compared(worth(a=0.3, b=0.2, c=0.1, new=0.5), worth(a=0.3, b=0.2, c=0.1, gone=1))
    assert found["columns"]["new"]["champion"] is None
    assert found["columns"]["gone"]["candidate"] is None
    assert found["columns"]["new"]["ranks"] is None
    assert next(iter(found["columns"])) == "new"
    assert found["rank_correlation"] == 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (worth(a=0.3, b=0.2), worth(a=0.3, b=0.2)),
        (worth(a=0, b=0, c=0), worth(a=0.3, b=0.2, c=0.1)),
        (worth(a=np.nan, b=0.2, c=0.1), worth(a=0.3, b=0.2, c=0.1)),
    ],
)
def test_what_says_nothing_of_ranks_is_no_correlation_and_closes(ours, theirs):
    found = compared(ours, theirs)
    assert found["rank_correlation"] is None
    with pytest.raises(MainlineError, match="clear importance"):
        rule(found, -1.0)
