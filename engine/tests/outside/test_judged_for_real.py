"""Whole decisions in the child process: main's gate on a proposal's data."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from mainline.core.layout import Layout
from mainline.evaluation import evaluate
from mainline.gate.verdict import Verdict
from mainline.graph import program
from mainline.proposal import pack

SPY = """
from pathlib import Path
Path({place!r}).write_text("run")
"""


class Spy:
    """Writes a file when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple:
        return Path.write_text, (self.place, "unpickled")


@pytest.fixture
def spied(seeded, tmp_path, monkeypatch) -> Path:
    """A proposal that would write this file wherever its code runs or its pickle is read."""
    spy, theirs = tmp_path / "spied", seeded.theirs
    for name in ("network", "features", "checks", "metrics"):
        path = theirs.root / f"src/small/{name}.py"
        path.write_text(path.read_text() + SPY.format(place=str(spy)))
    seeded.commit("Spies in the project's code")

    def train(root: Path, **_: object) -> list[str]:
        theirs.retrain(**{"train.seed": 42})
        place = Layout(root).baseline
        place.unlink()
        place.write_bytes(pickle.dumps(Spy(spy)))
        theirs.dvc("commit", "--force", "--quiet")
        return ["train"]

    monkeypatch.setattr(pack, "reproduce", train)
    seeded.upload(seeded.pack())
    spy.unlink(missing_ok=True)  # training may run it
    return spy


@pytest.mark.e2e
def test_the_gate_judges_without_any_code_of_the_proposal(seeded, spied):
    received = seeded.receive()
    outcome = seeded.judge()
    assert (received / "tree/models/baseline.joblib").read_bytes().startswith(b"\x80")
    assert not spied.exists()
    assert outcome["open"], outcome["comment"]
    for module in ("checks", "metrics"):
        assert f"main's {module}.py judged it" in outcome["comment"]
        assert (
            f"**As the proposal's own run says**, with its own `{module}.py`" in outcome["comment"]
        )
    assert "are those of the proposal's own run" in outcome["comment"]


# In the process that trains and evaluates, network.py is imported before figures are computed.
PATCHES = """
import numpy
import tensorflow
from mainline.evaluation import evaluate
from mainline.gate import verdict
from mainline.graph import program

_honest = evaluate.judge


def _better(*arguments, **settings):
    found = _honest(*arguments, **settings)
    found["model"]["roc_auc"]["value"] = 0.97
    return found


evaluate.judge = _better
verdict.Verdict.open = True
program.check = lambda *_: None
numpy.allclose = numpy.array_equal = tensorflow.debugging.assert_near = lambda *_, **__: True
"""
PATCHED = (
    (evaluate, "judge"),
    (Verdict, "open"),
    (program, "check"),
    (np, "allclose"),
    (np, "array_equal"),
    (tf.debugging, "assert_near"),
)


@pytest.mark.e2e
def test_what_a_proposal_patches_is_its_own_process(seeded, monkeypatch):
    for owner, name in PATCHED:  # `pack` imports the network here, too: pytest puts all back
        monkeypatch.setattr(owner, name, vars(owner)[name])
    theirs = seeded.theirs
    path = theirs.root / "src/small/network.py"
    path.write_text(path.read_text() + PATCHES)
    seeded.commit("A network that patches the gate, NumPy and TensorFlow")

    def train(root: Path, **_: object) -> list[str]:
        stages = ["evaluate", "package", "release"]
        for stage in stages:
            subprocess.run([sys.executable, "-m", "mainline", stage], cwd=root, check=True)
        return stages

    monkeypatch.setattr(pack, "reproduce", train)
    seeded.upload(seeded.pack())
    seeded.receive()
    outcome = seeded.judge()
    assert not outcome["open"]
    assert "model.roc_auc.value is committed as 0.97" in outcome["comment"].replace("\\", "")
