"""Whole decisions in the child process: main's gate on a proposal's data."""

import pickle
from pathlib import Path

import pytest

from mainline.core.layout import Layout
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
