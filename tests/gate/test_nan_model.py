"""A model whose scores are no numbers, packaged by somebody who switched the parity check off."""

import numpy as np
import pytest

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.packaging import package


def break_weights(project):
    path = project.root / paths.TRAINED / "weights.npz"
    with np.load(path) as weights:
        broken = {name: np.full_like(weights[name], np.nan) for name in weights.files}
    np.savez(path, **broken)


def test_packaging_refuses_it(project):
    break_weights(project)
    with pytest.raises(UserError, match="differ from the trained"):
        package.run(project.root)


def test_the_gate_closes_on_it(project, judge, rule, monkeypatch):
    break_weights(project)
    monkeypatch.setattr(package, "_parity", lambda *_: 0.0)
    monkeypatch.setattr(package.golden, "with_scores", lambda *_: [])
    project.run("evaluate", "package", "release")
    verdict = judge(project)
    assert not verdict.open
    for name in ("roc_auc", "log_loss", "baseline", "slices", "champion", "figures"):
        assert rule(verdict, name).outcome == "fail", name
