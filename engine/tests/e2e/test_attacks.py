"""Proposals that mean harm, each through both workflows, and a planted secret is looked for.

Their own code runs in propose.yml, where a person on a runner may do anything. What is tested is
that nothing of it meets the secret of the environment `keep`, changes its own verdict, or is kept.
"""

import hashlib
import io
import json
import pickle
import re
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from act import Done
from github_stub import PERSON
from hub import OURS, READER, Hub
from mainline.core.layout import Layout
from mainline.github.watermark import signed

pytestmark = pytest.mark.e2e

# Takes what every process of the machine was given, as root may on a hosted runner.
THIEF = """
import contextlib
import pathlib

with open({loot!r}, "ab") as _loot:
    for _place in pathlib.Path("/proc").glob("[0-9]*"):
        for _name in ("environ", "cmdline"):
            with contextlib.suppress(OSError):
                _loot.write((_place / _name).read_bytes())
"""
BASELINE = "models/baseline.joblib"
Members = dict[str, bytes]


def storage(hub: Hub) -> set[str]:
    """What main's DVC remote holds."""
    return {str(path) for path in (hub.act.scratch / "storage").rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Hostile:
    """A proposal whose code, checks and metrics steal, and whose DVC remote is its own."""

    trained: Done
    judged: Done
    stolen: bytes
    stolen_later: bytes
    elsewhere: Path
    comment: str


@pytest.fixture(scope="module")
def hostile(hub: Hub) -> Hostile:
    loot, elsewhere = hub.act.scratch / "loot", hub.act.scratch / "elsewhere"
    project = hub.start("hostile")
    project.set(**{"train.seed": 9})
    for name in ("network", "checks", "metrics"):
        [path] = project.root.glob(f"src/*/{name}.py")
        path.write_text(path.read_text() + THIEF.format(loot=str(loot)))
    config = project.root / ".dvc/config"
    config.write_text(config.read_text().replace(str(hub.act.scratch / "storage"), str(elsewhere)))
    hub.push("A better network")
    trained = hub.train("hostile")
    stolen = loot.read_bytes()
    loot.write_bytes(b"")
    judged = hub.judge(hub.report(trained, "hostile"))
    return Hostile(trained, judged, stolen, loot.read_bytes(), elsewhere, hub.comment())


def test_what_a_proposal_s_code_can_steal_is_a_token_that_reads(hub, hostile):
    assert hostile.trained.jobs["train"] == "success", hostile.trained.log
    assert READER.encode() in hostile.stolen  # so this thief is good at it
    assert hub.secret.encode() not in hostile.stolen
    assert hub.github.refused == []


def test_no_code_of_a_proposal_runs_where_it_is_judged_and_kept(hostile):
    assert hostile.judged.jobs == {"judge": "success", "keep": "success"}, hostile.judged.log
    assert hostile.stolen_later == b""


def test_the_secret_is_in_nothing_that_is_left_behind(hub, hostile):
    assert hub.holding(hub.secret) == []
    assert hub.secret not in hostile.judged.log


def test_what_is_kept_goes_to_main_s_remote_and_no_run_cache_does(hub, hostile):
    assert [path for path in hostile.elsewhere.rglob("*") if path.is_file()] == []
    lock = hub.project.git("show", f"{hub.tip('hostile')}:{Layout.lock}")
    [made] = re.findall(rf"{Layout.saved_model}\n\s+hash: md5\n\s+md5: (\w+)\.dir", lock)[:1]
    assert any(path.endswith(f"{made[:2]}/{made[2:]}.dir") for path in storage(hub))
    assert not (hub.act.scratch / "storage/runs").exists()
    assert "changes .dvc/config" in hostile.comment


@dataclass(frozen=True)
class Honest:
    """A run of propose.yml whose artifact each attack changes."""

    head: str
    trained: Done

    def members(self) -> Members:
        with zipfile.ZipFile(io.BytesIO(self.trained.artifacts["proposed"])) as opened:
            return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def honest(hub: Hub) -> Honest:
    hub.start("honest").set(**{"train.seed": 8})
    head = hub.push("Another seed")
    trained = hub.train("honest")
    assert trained.jobs["train"] == "success", trained.log
    return Honest(head, trained)


def zipped(members: Members, *links: str) -> bytes:
    """An archive; `links` are members that are symbolic links."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, content in members.items():
            about = zipfile.ZipInfo(name)
            about.external_attr = (stat.S_IFLNK if name in links else stat.S_IFREG | 0o644) << 16
            opened.writestr(about, content)
    return made.getvalue()


def judged(hub: Hub, honest: Honest, branch: str, archive: bytes) -> Done:
    """A branch at the same commit whose run has uploaded this instead."""
    hub.reset()
    where = f"{honest.head}:refs/heads/{branch}"
    hub.project.git("push", "-q", str(hub.origins / OURS), where)
    made = replace(honest.trained, artifacts={"proposed": archive})
    return hub.judge(hub.report(made, branch))


def forge(members: Members) -> Members:
    """Another figure than that of the model."""
    name = f"files/{Layout.figures}"
    figures = json.loads(members[name])
    figures["model"]["roc_auc"]["value"] = 0.97
    return members | {name: json.dumps(figures).encode()}


def another_commit(members: Members) -> Members:
    """What the run of another commit has made."""
    about = json.loads(members["proposed.json"]) | {"head": "d" * 40}
    return members | {"proposed.json": json.dumps(about).encode()}


def other_bytes(members: Members) -> Members:
    """An object that is not what its name says."""
    name = max(name for name in members if name.startswith("objects/"))
    return members | {name: b"another model"}


def second_model(members: Members) -> Members:
    """An object that the lock does not name."""
    name = hashlib.md5(b"another model", usedforsecurity=False).hexdigest()
    return members | {f"objects/{name[:2]}/{name[2:]}": b"another model"}


def beside(name: str) -> Callable[[Members], Members]:
    return lambda members: members | {name: b"/etc/passwd"}


REFUSED = {
    "up-and-out": (beside("../escaped"), "is not unpacked"),
    "up-and-out-of-files": (beside("files/metrics/../../../escaped"), "is not unpacked"),
    "from-the-root": (beside("/tmp/escaped"), "is not unpacked"),
    "a-link": (beside("files/metrics/link"), "is not unpacked"),
    "the-judge-s-code": (beside("files/src/small/checks.py"), "does not write"),
    "another-commit": (another_commit, "of another commit"),
    "other-bytes": (other_bytes, "has other content"),
    "a-second-model": (second_model, "does not name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_artifact_that_no_training_makes_is_refused_whole(hub, honest, name):
    change, said = REFUSED[name]
    before = storage(hub)
    done = judged(hub, honest, name, zipped(change(honest.members()), "files/metrics/link"))
    assert done.jobs == {"judge": "success", "keep": "success"}, done.log
    assert hub.verdict(honest.head) == "failure"
    assert said in hub.comment()
    assert hub.tip(name) == honest.head
    assert storage(hub) == before
    assert list(hub.act.scratch.rglob("escaped")) == []


def test_figures_that_were_edited_after_training_are_red(hub, honest):
    done = judged(hub, honest, "edited", zipped(forge(honest.members())))
    assert hub.verdict(honest.head) == "failure", done.log
    assert "0.97" in hub.comment()


class Program:
    """A pickle that writes a file where it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return (Path.write_text, (self.path, "loaded"))


def test_a_pickle_in_place_of_the_baseline_is_loaded_nowhere(hub, honest):
    loaded, members = hub.act.scratch / "loaded", honest.members()
    program = pickle.dumps(Program(loaded))
    pickle.loads(program)
    assert loaded.read_text() == "loaded"  # it works
    loaded.unlink()
    oid = hashlib.md5(program, usedforsecurity=False).hexdigest()
    lock = members[f"files/{Layout.lock}"].decode()
    pattern = rf"({BASELINE}\n\s+hash: md5\n\s+md5: )\w+(\n\s+size: )\d+"
    lock, count = re.subn(pattern, rf"\g<1>{oid}\g<2>{len(program)}", lock)
    assert count
    members |= {f"files/{Layout.lock}": lock.encode(), f"objects/{oid[:2]}/{oid[2:]}": program}
    before = re.search(rf"{BASELINE}\n\s+hash: md5\n\s+md5: (\w+)", honest_lock(honest))
    assert before
    members.pop(f"objects/{before[1][:2]}/{before[1][2:]}", None)
    done = judged(hub, honest, "pickled", zipped(members))
    assert done.jobs == {"judge": "success", "keep": "success"}, done.log
    assert hub.verdict(honest.head)
    assert not loaded.exists()


def honest_lock(honest: Honest) -> str:
    return honest.members()[f"files/{Layout.lock}"].decode()


def test_a_workflow_that_skips_training_has_no_verdict_but_red(hub):
    project = hub.start("skipped")
    project.set(**{"train.seed": 8})
    path = project.root / ".github/workflows/propose.yml"
    text = path.read_text()
    assert text.count(".venv/bin/mainline propose --pack reports/proposed") == 1
    path.write_text(text.replace(".venv/bin/mainline propose --pack reports/proposed", "true"))
    head = hub.push("Trust me")
    done = hub.propose("skipped")
    assert done.jobs["train"] == "success", done.log
    assert hub.verdict(head) == "failure"
    assert "no training handed anything over" in hub.comment()
    assert hub.tip("skipped") == head


# Reads the server's environment where it is scored; the check of graphs is off in its own process.
READING = """
import tensorflow as tf
from mainline.graph import program

program.check = lambda *_: None
_honest = build


class Reading(layers.Layer):
    def call(self, values):
        size = tf.strings.length(tf.io.read_file("/proc/self/environ"))
        return values + 0.0 * tf.cast(size, values.dtype)


def build(columns: Columns, options: Options, task: Task) -> keras.Model:
    made = _honest(columns, options, task)
    return keras.Model(made.inputs, Reading(name="reading")(made.outputs[0]), name="network")
"""


def test_a_graph_that_reads_files_is_not_loaded(hub):
    project = hub.start("reading")
    [path] = project.root.glob("src/*/network.py")
    path.write_text(path.read_text() + READING)
    head = hub.push("A layer of our own")
    done = hub.propose("reading")
    assert done.stages == ["train", "evaluate", "package", "release"], done.log
    assert hub.verdict(head) == "failure"
    assert "the operation ReadFile is not allowed" in hub.comment()
    assert hub.holding(hub.secret) == []


def words(hub: Hub, branch: str, text: str = "More words.\n") -> str:
    (hub.start(branch).root / "README.md").write_text(text)
    return hub.push("Words")


def test_a_run_for_an_older_head_decides_nothing(hub):
    head = words(hub, "moved-on")
    run = hub.report(hub.train("moved-on"), "moved-on")
    (hub.project.root / "README.md").write_text("Other words.\n")
    hub.project.git("switch", "-q", "moved-on")
    newer = hub.push("And something that was not checked")
    hub.pull("moved-on")
    done = hub.judge(run)
    assert done.jobs == {"judge": "success"}, done.log
    assert (hub.verdict(head), hub.verdict(newer)) == ("", "")
    assert hub.wrote() == []


def test_a_branch_name_with_shell_text_is_a_name(hub):
    branch = 'a"$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned'
    head = words(hub, branch)
    done = hub.propose(branch)
    assert hub.verdict(head) == "success", done.log
    assert list(hub.act.scratch.rglob("pwned")) == []


def test_a_comment_of_somebody_else_that_looks_like_ours_is_left_alone(hub):
    words(hub, "looks-like-ours")
    theirs = signed("## ✅ The gate is open", "d" * 40)
    hub.github.add(theirs, PERSON)
    hub.propose("looks-like-ours")
    first, ours = hub.github.comments
    assert first["body"] == theirs
    assert "No model is touched" in ours["body"]
