"""Artifacts that no training has made, judged in place of an honest one's."""

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
from hub import JUDGED, OURS, Hub
from mainline.core.layout import Layout

pytestmark = pytest.mark.e2e

BASELINE = "models/baseline.joblib"
Members = dict[str, bytes]


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
    before = hub.stored()
    done = judged(hub, honest, name, zipped(change(honest.members()), "files/metrics/link"))
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(honest.head) == "failure"
    assert said in hub.comment()
    assert hub.tip(name) == honest.head
    assert hub.stored() == before
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
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(honest.head)
    assert not loaded.exists()


def honest_lock(honest: Honest) -> str:
    return honest.members()[f"files/{Layout.lock}"].decode()
