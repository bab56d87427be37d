"""The comment on another engine: said first, with both verdicts; the status needs both."""

import json
from dataclasses import replace

import pytest

from mainline.gate import gate, upgrade
from mainline.gate.verdict import Rule, Verdict
from mainline.lock.engine_file import EngineFile
from mainline.outside import upgraded
from mainline.proposal.own_verdict import OwnVerdict

CHANGE = upgrade.Upgrade("the engine from 1.0 to 2.0", "1.0", "2.0", ["engine.yaml"])
GREEN = "## ✅ The gate is open: not worse.\n\nFigures.\n"
RED = "## ❌ The gate is closed: champion.\n\nFigures.\n"
OWN = OwnVerdict(True, "The gate is open: better.", [Rule.judged("size", True, "fits")])
MAIN = {"headline": "The gate is open.", "candidate": {}, "champion": {"paired": True}}


def main(*, is_open: bool = True, **more: object) -> dict:
    return MAIN | {"open": is_open, "rules": []} | more


def test_two_open_verdicts():
    well, text = upgraded.told(CHANGE, GREEN, main=main(), own=OWN)
    assert well
    first, *rest = text.splitlines()
    assert first.startswith(
        "## ✅ This proposal changes the engine from 1.0 to 2.0. The gate is open"
    )
    assert "> What changes: engine.yaml." in rest
    assert "> Engine 1.0, main's, scored both models on the same rows" in text
    assert "> Engine 2.0, in the proposal's own run: ✅ The gate is open: better." in rest
    assert text.index("Figures.") < text.index("The rules of engine 2.0, as the proposal's own run")
    assert "| size |" in text


@pytest.mark.parametrize("own", [None, OwnVerdict(False, "The gate is closed: size.", [])])
def test_the_new_engine_s_verdict_counts_against_it(own):
    well, text = upgraded.told(CHANGE, GREEN, main=main(), own=own)
    assert not well
    assert text.startswith(
        "## ❌ This proposal changes the engine from 1.0 to 2.0. The verdict of "
    )
    assert "no verdict, so the status is red" in text or "❌ The gate is closed: size." in text


def test_the_new_engine_s_verdict_opens_nothing():
    closed = main(is_open=False, rules=[vars(Rule.judged("champion", False, "worse"))])
    well, text = upgraded.told(CHANGE, RED, main=closed, own=OWN)
    assert not well
    assert text.startswith(
        "## ❌ This proposal changes the engine from 1.0 to 2.0. The gate is closed"
    )
    assert "CODEOWNERS" not in text


@pytest.mark.parametrize(
    "about",
    [
        {"rules": [vars(Rule.judged("graph", False, "operation 'New' is not on the list"))]},
        {"rules": [vars(Rule.judged("candidate", False, "operation 'New' is not on the list"))]},
        {"candidate": {"problem": "operation 'New' is not on the list"}},
    ],
)
def test_what_main_s_engine_cannot_read_is_for_the_owners(about):
    well, text = upgraded.told(CHANGE, RED, main=main(is_open=False, **about), own=OWN)
    assert not well
    assert (
        "> Engine 1.0, main's, cannot read this model: operation 'New' is not on the list" in text
    )
    assert "owners in CODEOWNERS decide: docs/upgrading.md says how." in text


def test_without_a_verdict_of_main_s_engine():
    well, text = upgraded.told(CHANGE, RED, main=None, own=None)
    assert not well
    assert "could not judge this, for the reason below" in text


def other_engine(proposed) -> None:
    path = proposed.theirs.root / "engine.yaml"
    path.write_text(path.read_text().replace("version: ", "version: 9."))
    lock = proposed.theirs.root / "requirements/engine.txt"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("mainline-ml==9.0.0\n")


def test_an_engine_without_a_model_that_changes(proposed):
    other_engine(proposed)
    proposed.commit("Another version")
    proposed.upload(None)
    proposed.receive()
    outcome = proposed.judge()
    assert outcome["open"]
    assert "This proposal changes the engine from" in outcome["description"]
    assert "No model is touched" in outcome["comment"].splitlines()[0]


@pytest.mark.parametrize("is_open", [True, False])
def test_the_proposal_s_run_hands_its_own_verdict_over(seeded, opened, monkeypatch, is_open):
    asked = []

    def run(root, **how) -> Verdict:
        asked.append(how)
        return Verdict("proposal", "", [Rule.judged("size", is_open, "it weighs 3 MB")])

    monkeypatch.setattr(gate, "run", run)
    other_engine(seeded)
    seeded.commit("Another version")
    seeded.upload(seeded.pack())
    [how] = asked
    assert (how["in_ci"], how["retrain"]) == (True, False)
    seeded.receive()
    outcome = seeded.judge()
    assert outcome["open"] is is_open, outcome["comment"]
    version = EngineFile.read(seeded.theirs.root).version
    assert f"Engine {version}, in the proposal's own run" in outcome["comment"]
    assert "it weighs 3 MB" in outcome["comment"]
    seeded.keep()
    [said] = {status["state"] for status in seeded.github.statuses}
    assert said == ("success" if is_open else "failure")


def test_an_engine_that_was_handed_over_is_seen_as_one_of_the_commit(seeded, opened):
    """The commit changes a file of the engine's; `engine.yaml` comes with the artifact."""
    lock = seeded.theirs.root / "requirements/engine.txt"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("mainline-ml==9.0.0\n")
    seeded.commit("Another version")
    engine = EngineFile.read(seeded.theirs.root)
    stages = engine.stages | {"evaluate": 64 * "b"}
    (seeded.pack() / "files").mkdir(exist_ok=True)
    replace(engine, stages=stages).write(seeded.packed / "files")
    seeded.upload(seeded.packed)
    seeded.receive()
    outcome = seeded.judge()
    assert not outcome["open"]
    assert "the code of engine" in outcome["comment"].splitlines()[0]


def test_the_same_engine_hands_none_over(seeded):
    assert json.loads((seeded.pack() / "proposed.json").read_text())["verdict"] is None


def test_a_format_that_main_s_engine_does_not_know_is_for_the_owners(seeded, monkeypatch):
    monkeypatch.setattr(gate, "run", lambda *_, **__: Verdict("proposal", "", []))
    other_engine(seeded)
    seeded.commit("Another version")
    about = seeded.pack() / "proposed.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"format": 2}))
    seeded.upload(seeded.packed)
    seeded.receive()
    outcome = seeded.judge()
    assert not outcome["open"]
    assert "This proposal changes the engine" in outcome["comment"].splitlines()[0]
    assert "format 2, and this engine reads 1" in outcome["comment"]
    assert "owners in CODEOWNERS decide" in outcome["comment"]
