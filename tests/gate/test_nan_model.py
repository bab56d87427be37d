"""A model whose scores are no numbers, packaged by somebody who switched the parity check off."""

import numpy as np
import pytest

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import json_text
from customer_churn.packaging import package


def break_weights(project):
    for path in (project.root / paths.TRAINED).glob("*.npy"):
        np.save(path, np.full_like(np.load(path), np.nan))


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
    assert json_text(verdict.to_json())  # it can be written: NaN is no JSON
