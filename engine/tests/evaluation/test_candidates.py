"""The candidates on the test rows: each figure, and the paired difference to what ships."""

from dataclasses import replace

import numpy as np
import pytest

from mainline.evaluation import candidates, tasks
from mainline.evaluation.rows import Rows
from mainline.evaluation.settings import EvaluationSettings
from mainline.model.ship import Choice

SETTINGS = EvaluationSettings(resamples=100)


@pytest.fixture
def section(tiny_model, tiny_rows, tiny_table):
    def of(ships: str, share: float):
        model = replace(tiny_model, choice=Choice(ships, share, 0.4))
        test = tiny_rows["test"]
        rows = Rows.of(test[tiny_table.target], test[tiny_table.entity])
        return model, candidates.section(model, test, rows, tasks.of(tiny_table), SETTINGS)

    return of


def test_each_is_scored_alone_and_set_beside_what_ships(section, tiny_rows, tiny_table):
    model, found = section("trees", 1.0)
    about = found["candidates"]
    assert list(about) == ["network", "trees", "blend"]
    assert (found["ships"], found["trees_share"], found["rows"]) == ("trees", 1.0, 300)
    assert about["trees"]["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    values = {name: each["figure"]["value"] for name, each in about.items()}
    assert len(set(values.values())) == 3
    assert about["network"]["difference"]["value"] == pytest.approx(
        values["network"] - values["trees"], abs=2e-6
    )
    assert about["blend"]["bytes"] == about["network"]["bytes"] + about["trees"]["bytes"]
    assert model.score(tiny_rows["test"]) == pytest.approx(
        model.candidates()["trees"].score(tiny_rows["test"]), abs=0
    )


def test_a_blend_is_the_weighted_mean_of_both(section, tiny_rows):
    model, _ = section("blend", 0.4)
    each = {name: one.score(tiny_rows["test"]) for name, one in model.candidates().items()}
    mixed = 0.4 * each["trees"] + 0.6 * each["network"]
    assert np.abs(each["blend"] - mixed).max() < 1e-6
