import numpy as np
import pytest

from mainline.core import config, parquet
from mainline.core.errors import MainlineError
from mainline.model import trained
from mainline.packaging import package, saved_model
from mainline.packaging.saved_model import Scorer


def nudged(model, by):
    """The same model with another bias in its last layer."""
    weights = model.network.get_weights()
    weights[-1] = weights[-1] + np.float32(by)
    model.network.set_weights(weights)


def test_a_model_that_packs_faithfully_is_within_tolerance(tiny_model, tiny_rows, tmp_path):
    saved_model.export(tiny_model, tmp_path / "model")
    difference = package._parity(tiny_model, tmp_path / "model", tiny_rows["validation"])
    assert difference <= package.TOLERANCE == 1e-6


@pytest.mark.parametrize("by", [1e-4, np.nan])
def test_a_model_that_scores_otherwise_once_packed_is_refused(tiny_run, tmp_path, monkeypatch, by):
    """Through the stage itself, which must leave nothing of the refused model behind."""
    root = tmp_path / "root"
    root.mkdir()
    for name in ("params.yaml", "pyproject.toml", "src", "data", "models", "metrics"):
        (root / name).symlink_to(tiny_run / name)
    export = saved_model.export

    def unfaithful(model, directory):
        export(model, directory)
        nudged(model, by)

    monkeypatch.setattr(saved_model, "export", unfaithful)
    with pytest.raises(MainlineError, match="scores differ from the trained model's"):
        package.run(root)
    assert list((root / "dist").iterdir()) == []


def test_what_the_stage_packed_scores_the_validation_rows_as_the_trained_model(
    tiny_run, tiny_table
):
    rows = parquet.read_part(tiny_run, "validation")
    model = trained.load(tiny_run, tiny_table)
    packed = Scorer(tiny_run / "dist/model").score(rows)
    assert packed == pytest.approx(model.score(rows), abs=1e-6)
    assert config.read_params(tiny_run)["package"]["name"] == "tiny"
