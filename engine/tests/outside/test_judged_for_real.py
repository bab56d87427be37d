"""Whole decisions in the child process: main's gate on a proposal's data."""

import pytest

SPY = """
from pathlib import Path
Path({place!r}).write_text("run")
"""


@pytest.mark.e2e
def test_the_gate_judges_without_any_code_of_the_proposal(seeded, tmp_path):
    spy = tmp_path / "spied"
    for name in ("network", "features", "checks", "metrics"):
        path = seeded.theirs.root / f"src/small/{name}.py"
        text = path.read_text()
        path.write_text(text + SPY.format(place=str(spy)))
    seeded.commit("Spies in the project's code")
    folder = seeded.pack()
    spy.unlink(missing_ok=True)  # training may run it
    seeded.upload(folder)
    seeded.receive()
    outcome = seeded.judge()
    print(outcome["comment"])
    assert not spy.exists()
    assert "main's checks.py judged it" in outcome["comment"]
    assert outcome["open"], outcome["comment"]
