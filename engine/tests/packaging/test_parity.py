import numpy as np
import pytest

from mainline.core import config, parquet
from mainline.core.errors import MainlineError
from mainline.model import trained
from mainline.packaging import package, parity, saved_model
from mainline.packaging.saved_model import Scorer


def nudged(model, by):
    """The same model with another bias in its last layer."""
    weights = model.network.get_weights()
    weights[-1] = weights[-1] + np.float32(by)
    model.network.set_weights(weights)


def test_a_model_that_packs_faithfully_is_within_tolerance(tiny_model, tiny_rows, tmp_path):
    saved_model.export(tiny_model, tmp_path / "model")
    rows = tiny_rows["validation"]
    scorer = saved_model.Scorer(tmp_path / "model")
    difference = parity.difference(scorer, rows, tiny_model.score(rows), 1.0)
    assert difference <= parity.TOLERANCE == 1e-6


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


class Batch:
    """As much of a packaged model as `parity` asks; `derived` columns are scored `by` more."""

    derived = ("ratio",)

    def __init__(self, among_others: bool, by: float) -> None:
        self.among_others, self.by = among_others, by

    def score(self, rows):
        values = rows["age"].to_numpy(np.float64)
        return values - values.mean() if self.among_others else values

    def added(self, rows):
        return rows

    def score_added(self, rows):
        return self.score(rows) + self.by


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Batch(among_others=True, by=0), "rows scored one by one differ"),
        (Batch(among_others=False, by=1e-3), "scores from derived columns differ"),
        (Batch(among_others=False, by=np.nan), "scores from derived columns differ"),
    ],
)
def test_a_score_that_depends_on_other_rows_is_refused(tiny_rows, model, said):
    rows = tiny_rows["validation"]
    with pytest.raises(MainlineError, match=said):
        parity.difference(model, rows, model.score(rows), 1.0)
    assert parity.difference(Batch(False, 0), rows, rows["age"].to_numpy(), 1.0) == 0
    assert parity.difference(model, rows.head(0), np.zeros(0), 1.0) == 0
