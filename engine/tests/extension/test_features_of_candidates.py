"""Whichever candidate ships, the package answers as the trained model, derived columns too."""

from dataclasses import replace

import numpy as np
import pytest

from mainline.model import runtime, train
from mainline.model.design import Design
from mainline.model.ship import Choice
from mainline.packaging import saved_model
from mainline.packaging.saved_model import Scorer
from stage_runs import SMALL

FEATURES = """
def features(inputs):
    return {"ratio": inputs["age"] / inputs["income"], "by_plan": inputs["city"] + inputs["plan"]}
"""
CHOICES = {"network": 0.0, "trees": 1.0, "blend": 0.5}


@pytest.fixture
def derived(code, tiny_table, tiny_rows, tiny_settings):
    """A model whose trees and network read derived columns."""
    code.write("network", (SMALL / "src/small/network.py").read_text())
    code.write("features", FEATURES)
    runtime.deterministic(tiny_settings.seed)
    parts = tiny_rows["train"], tiny_rows["validation"], tiny_table
    network, _ = train.fit(*parts, Design.of(code.root, tiny_table, tiny_settings))
    return train.with_trees(network, *parts, tiny_settings)[0]


def test_each_is_packaged_with_its_derived_columns(derived, tiny_rows, tmp_path):
    rows = tiny_rows["test"].drop(columns="left")
    rows.loc[:3, "age"], rows.loc[2:5, "city"] = np.nan, "never seen"
    found = {}
    for name, share in CHOICES.items():
        model = replace(derived, choice=Choice(name, share, 0.5))
        saved_model.export(model, tmp_path / name)
        scorer = Scorer(tmp_path / name)
        found[name] = scorer.score(rows)
        assert np.array_equal(found[name], model.score(rows))
        assert set(scorer.derived) == {"ratio", "by_plan"}
        added = scorer.added(rows)
        assert np.array_equal(added["ratio"], derived.added(rows)["ratio"], equal_nan=True)
        assert np.array_equal(scorer.score_added(added), found[name])
    middle = (found["network"] + found["trees"]) / 2
    np.testing.assert_allclose(found["blend"], middle, atol=1e-6)
    assert np.abs(found["trees"] - found["network"]).max() > 0.01
