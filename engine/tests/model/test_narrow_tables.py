"""A table with one kind of column only trains, is packaged and scores."""

import numpy as np
import pytest

from mainline.model import baseline, runtime, train, trained
from mainline.model.design import Design
from mainline.packaging import golden, saved_model, warmup

ONLY = {
    "numbers": {"categories": []},
    "categories": {"numbers": []},
    "one category": {"numbers": [], "categories": ["plan"]},
}


@pytest.mark.parametrize("ship", ["network", "trees", "blend"])
@pytest.mark.parametrize("change", ONLY.values(), ids=ONLY)
def test_it_trains_exports_and_scores(
    change, ship, tiny_rows, tiny_table, tiny_settings, tiny_root, tmp_path
):
    table = tiny_table.model_copy(update=change)
    runtime.deterministic(1)
    settings = tiny_settings.model_copy(update={"epochs": 1, "options": {"hidden": []}})
    design = Design.of(tiny_root, table, settings)
    parts = tiny_rows["train"], tiny_rows["validation"], table
    network, _ = train.fit(*parts, design)
    settings = settings.model_copy(update={"ship": ship})
    model, held_out = train.with_trees(network, *parts, settings)
    trained.save(model, settings, tmp_path / "trained", held_out)
    loaded = trained.load(tiny_root, table, tmp_path / "trained")
    saved_model.export(loaded, tmp_path / "model")
    rows = tiny_rows["test"][table.features]
    packaged = saved_model.Scorer(tmp_path / "model").score(rows)
    assert packaged == pytest.approx(model.score(rows), abs=1e-6)
    made_up = golden.rows(model.preprocessing, 8)
    assert np.isfinite(model.score(made_up)).all()
    warmup.write(made_up, model.preprocessing, "narrow", tmp_path / "requests")


@pytest.mark.parametrize("change", ONLY.values(), ids=ONLY)
def test_its_baseline_fits_and_scores(change, tiny_rows, tiny_table, tiny_settings):
    table = tiny_table.model_copy(update=change)
    trees = baseline.fit(tiny_rows["train"], table, tiny_settings.baseline, seed=1)
    assert baseline.score(trees, tiny_rows["test"], table).shape == (300,)
