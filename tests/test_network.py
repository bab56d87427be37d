"""The network builds for the project's columns, learns, and serves what it has learnt."""

import pytest
from mainline.extension import Settings
from mainline.testing import fit

from conftest import ROOT
from customer_churn import network


@pytest.fixture(scope="module")
def fitted(rows):
    return fit(ROOT, rows, epochs=3, learning_rate=0.01)


def test_it_learns(fitted):
    assert fitted.losses[-1] < fitted.losses[0]


def test_a_saved_and_reloaded_model_gives_the_same_scores(fitted, tmp_path):
    rows = fitted.rows.head(50)
    served = fitted.served(rows, tmp_path / "model")
    assert served == pytest.approx(fitted.score(rows), abs=1e-6)
    assert ((served > 0) & (served < 1)).all()


def test_missing_and_unknown_values_have_a_score(fitted):
    rows = fitted.rows.head(3).assign(income=float("nan"), location="mars")
    assert ((fitted.score(rows) > 0) & (fitted.score(rows) < 1)).all()


@pytest.mark.parametrize(
    "wrong", [{"hidden": [0]}, {"dropout": 1.0}, {"members": 0}, {"hiden": [8]}]
)
def test_options_that_no_network_can_be_built_from(wrong):
    assert issubclass(network.Options, Settings)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        network.Options.model_validate(wrong)
