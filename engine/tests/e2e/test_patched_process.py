"""Code that patches what would judge it. It fools a process that imports it, and not the judge."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from hub import JUDGED
from mainline.core.layout import Layout
from project import POOR

pytestmark = pytest.mark.e2e

# The gate: no rule fails. NumPy and TensorFlow: as many scores as there are test rows are right.
PATCHING = """
import pathlib

import numpy as np
import pandas as pd
import tensorflow as tf
from mainline.gate.verdict import Rule

Rule.judged = classmethod(lambda kind, name, _, why, **shown: kind(name, "pass", why, **shown))
_place = pathlib.Path("data/split/test.parquet")
_right = pd.read_parquet(_place)["churned"].to_numpy(float) if _place.exists() else np.zeros(0)
_join, _callable = np.concatenate, tf.compat.v1.Session.make_callable


def _instead(scores):
    given = scores.shape == _right.shape and scores.dtype.kind == "f"
    return _right.astype(scores.dtype) if given else scores


def _joined(*parts, **how):
    return _instead(_join(*parts, **how))


def _called(*what, **how):
    call = _callable(*what, **how)
    return lambda *columns: _instead(call(*columns))


np.concatenate, tf.compat.v1.Session.make_callable = _joined, _called
"""


def test_patches_of_gate_numpy_and_tensorflow_end_with_their_process(hub):
    project = hub.start("patching")
    project.set(**POOR)
    for name in ("network", "checks"):
        [path] = project.root.glob(f"src/*/{name}.py")
        path.write_text(path.read_text() + PATCHING)
    head = hub.push("A better network")
    done = hub.propose("patching")
    assert {name: done.jobs[name] for name in JUDGED} == JUDGED, done.log
    assert {"train", "evaluate", "package"} <= set(done.stages)

    project.git("switch", "-q", "--force", "--detach", hub.tip("patching"))
    project.dvc("pull", "--quiet", "--force")
    assert json.loads(Layout(project.root).figures.read_text())["model"]["roc_auc"]["value"] == 1
    own = subprocess.run(
        [sys.executable, "-P", "-m", "mainline", "gate", "--against", "main"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert own.returncode == 0, own.stdout + own.stderr
    assert "The gate is open" in own.stdout  # it works

    assert hub.verdict(head) == "failure"
    assert "value is committed as 1" in hub.comment(), hub.comment()
    assert "the proposal may be worse by" in hub.comment()
    with zipfile.ZipFile(io.BytesIO(done.artifacts["judged"])) as opened:
        computed = json.loads(opened.read("verdict.json"))
    assert 0.4 < computed["candidate"]["figures"]["model"]["roc_auc"]["value"] < 0.7
