"""The job that exports a proposal's weights again, and what `keep` makes of its answer."""

import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.gate import upgrade
from mainline.gate.upgrade import Upgrade
from mainline.outside import apart, exported, started
from mainline.outside.exported import EQUAL, OTHER_ENGINE, UNEQUAL, WHY, Exported
from mainline.outside.judged import digest
from mainline.outside.received import Received

ABOUT = Received("pull_request", 1, 41, "a" * 40, "b" * 40, artifact="c" * 64)


def result(outcome: str = EQUAL, why: str = "it is", **other: str) -> str:
    known = {"head": ABOUT.head, "artifact": ABOUT.artifact} | other
    return Exported(**known, outcome=outcome, why=why).line()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(result(), "", id="equal"),
        pytest.param(result(OTHER_ENGINE), "", id="another engine"),
        pytest.param(result(UNEQUAL, "the graph is not"), "the graph is not", id="unequal"),
        pytest.param(result("open", "not a word of ours"), "not a word", id="another word"),
        pytest.param("", "gave no result", id="broken off"),
        pytest.param("[]", "gave no result", id="no object"),
        pytest.param("{}", "gave no result", id="nothing in it"),
        pytest.param("[" * 9999, "gave no result", id="deep"),
        pytest.param(result(why=[1]), "gave no result", id="no text"),
        pytest.param(result(head="d" * 40), "at another artifact", id="another commit"),
        pytest.param(result(artifact="d" * 64), "at another artifact", id="another artifact"),
        pytest.param(result(artifact=""), "at another artifact", id="no artifact"),
    ],
)
def test_a_model_is_kept_with_an_answer_about_its_own_artifact_alone(line, said):
    found = exported.problem(line, ABOUT)
    assert said in found
    assert bool(found) is bool(said)


def test_what_a_proposal_says_is_cut():
    assert len(exported.problem(result(UNEQUAL, "x" * 10_000), ABOUT)) == WHY


def test_an_engine_that_differs_is_a_note():
    assert exported.note(result()) == ""
    said = exported.note(result(OTHER_ENGINE, "saved_model.pb is not [that](https://x)\n# ✅"))
    assert "was not compared here" in said
    assert r"(saved\_model.pb is not \[that\](https://x) #" in said
    assert "\n" not in said


def test_half_a_character_is_no_text_of_a_comment():
    assert exported.problem(result(UNEQUAL, "\udc80"), ABOUT) == "?"


@pytest.fixture
def judged(seeded, opened):
    """A proposal that the gate lets in."""
    seeded.upload(seeded.pack())
    seeded.receive()
    assert seeded.judge()["open"]
    return seeded


@pytest.mark.parametrize(
    ("line", "said"),
    [("", "the job `repackage` gave no result"), (result(), "at another artifact")],
)
def test_without_an_answer_nothing_is_stored(judged, registry, line, said):
    before = judged.theirs.git("ls-remote", "origin")
    assert judged.keep(repackaged=line) == {judged.head: ("verdict", "failure")}
    [comment] = judged.github.bodies("mainline-proposal")
    assert comment.count(said) == 1
    assert "exporting the trained weights again did not give the packaged model" in comment
    assert "Nothing was stored. The gate itself said: The gate is open: made up." in comment
    assert "\n\nFigures.\n" in comment
    assert judged.theirs.git("ls-remote", "origin") == before
    assert registry.manifests == {}


def test_files_that_the_judge_did_not_write_count_as_none(judged):
    outcome = judged.folder / "judged/outcome.json"
    honest = digest(outcome.parent)
    outcome.write_text(json.dumps(json.loads(outcome.read_text()) | {"description": "Better"}))
    assert judged.keep(named=honest) == {judged.head: ("verdict", "failure")}
    [comment] = judged.github.bodies("mainline-proposal")
    assert "failed before anything was judged" in comment


def answering(monkeypatch, printed: str, code: int = 0) -> list[dict]:
    """The process that runs a proposal's code prints this."""
    seen = []

    def run(*_: object, **how: object) -> subprocess.CompletedProcess[str]:
        seen.append(how)
        return subprocess.CompletedProcess([], code, printed)

    monkeypatch.setattr(started, "run", run)
    return seen


@pytest.mark.parametrize(
    ("printed", "code", "outcome"),
    [
        ('words\n[true, "the same"]\n', 0, EQUAL),
        ('[true, "the same"]\n', 1, UNEQUAL),
        ('[false, "other bytes"]\n', 0, UNEQUAL),
        ('[1, "not true"]', 0, UNEQUAL),
        ("[true]", 0, UNEQUAL),
        ("{}", 0, UNEQUAL),
        ("", -9, UNEQUAL),
        ("[" * 9999, 0, UNEQUAL),
    ],
)
def test_what_the_process_says(received, monkeypatch, printed, code, outcome):
    seen = answering(monkeypatch, printed, code)
    about = json.loads(received.repackage())
    assert about["outcome"] == outcome
    assert about["head"] == received.head
    assert (seen[0]["network"], seen[0]["only_apart"]) == (False, True)


@pytest.fixture
def received(seeded):
    """A proposal of which the remote cannot be asked."""
    seeded.upload(seeded.pack())
    seeded.receive()
    seeded.main.dvc("remote", "modify", "storage", "url", "/no/such/place")
    return seeded


def test_what_is_exported_again_is_there_and_no_rows_are(received, monkeypatch):
    answering(monkeypatch, '[true, "the same"]')
    assert json.loads(received.repackage())["outcome"] == EQUAL
    tree = Layout(received.folder / "received/tree")
    assert list(tree.trained.glob("weight-*.npy"))
    assert (tree.saved_model / "saved_model.pb").is_file()
    assert not tree.table.exists()


def test_under_another_engine_a_difference_is_said_and_decides_nothing(received, monkeypatch):
    answering(monkeypatch, '[false, "other bytes"]')
    assert json.loads(received.repackage())["outcome"] == UNEQUAL
    change = Upgrade("the engine from 1.0 to 2.0", "1.0", "2.0", ["engine.yaml"])
    monkeypatch.setattr(upgrade, "of", lambda *_: change)
    assert json.loads(received.repackage())["outcome"] == OTHER_ENGINE
    answering(monkeypatch, '[true, "the same"]')
    assert json.loads(received.repackage())["outcome"] == EQUAL


def test_a_swapped_graph_with_an_edited_version_is_red(seeded, opened, monkeypatch):
    """Else a forged verdict of the proposal's own run and one line would be enough."""
    path = Layout(seeded.theirs.root).engine
    path.write_text(path.read_text().replace("version: ", "version: 9."))
    seeded.commit("Another version")
    seeded.upload(seeded.pack())
    seeded.receive()
    answering(monkeypatch, '[false, "saved_model.pb is not what the weights give"]')
    about = json.loads(seeded.repackage())
    assert about["outcome"] == UNEQUAL
    assert "names a version of the engine that no engine of this branch has" in about["why"]


def test_weights_that_nobody_handed_over_are_the_reason(seeded):
    for path in (seeded.pack() / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    seeded.upload(seeded.packed)
    seeded.receive()
    about = json.loads(seeded.repackage())
    assert about["outcome"] == UNEQUAL
    assert "neither handed over nor in the DVC remote" in about["why"]


def test_nothing_is_run_of_a_fork_or_without_a_training(received, monkeypatch):
    monkeypatch.setattr(started, "run", lambda *_, **__: pytest.fail("run"))
    folder = received.folder / "received"
    about = Received.read(folder)
    for other in ({"fork": True}, {"refused": "a link"}):
        replace(about, **other).write(folder)
        assert received.repackage() == ""
    about.write(folder)
    shutil.rmtree(folder / "proposed")
    assert received.repackage() == ""


def test_without_namespaces_no_code_of_a_proposal_runs(received, monkeypatch):
    monkeypatch.setattr(apart, "WAYS", {})
    with pytest.raises(MainlineError, match="no Linux namespaces here"):
        received.repackage()
