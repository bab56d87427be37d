"""The leading figure in history, trace and promotion, by the task that was committed."""

import json
from types import SimpleNamespace

import pytest

from mainline.core.layout import Layout
from mainline.delivery.deployments import led
from repository import commit, repository

FIGURE = {"value": 0.8, "low": 0.79, "high": 0.81}


@pytest.mark.parametrize(
    ("evaluation", "said"),
    [
        ({"model": {"roc_auc": FIGURE}}, "ROC AUC 0.8000 (0.7900 to 0.8100)"),
        ({"task": "multiclass", "model": {"macro_roc_auc": FIGURE}}, "Macro ROC AUC 0.8000"),
        ({"task": "regression", "model": {"r2": FIGURE}}, "R² 0.8000"),
        ({"task": "regression", "model": {"roc_auc": FIGURE}}, ""),
        ({"task": "ranking", "model": {"roc_auc": FIGURE}}, ""),
        ({"task": ["binary"], "model": {"roc_auc": FIGURE}}, ""),
        ({}, ""),
    ],
)
def test_it_is_named_by_the_task(tmp_path, evaluation, said):
    git = repository(tmp_path)
    path = Layout(tmp_path).figures
    path.parent.mkdir()
    path.write_text(json.dumps(evaluation))
    found = led(git, SimpleNamespace(commit=commit(git)))
    assert found.startswith(said)
    assert bool(found) is bool(said)
