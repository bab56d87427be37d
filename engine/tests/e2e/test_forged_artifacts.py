"""Artifacts that no training has made, judged in place of an honest one's."""

import copy
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from forged import LINKED, LOCK, Members, locked, stored, with_model, with_output, zipped

from hub import JUDGED
from mainline.core.layout import Layout
from mainline.graph.folder import GRAPH
from project import POOR

pytestmark = pytest.mark.e2e


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
    return members | {stored(b"another model")[1]: b"another model"}


def run_cache(members: Members) -> Members:
    """The record of a stage under the name that DVC gives it, beside the objects."""
    record = members[LOCK]
    return members | {f"objects/runs/{'ab' * 32}/{'cd' * 32}": record}


def linked_asset(members: Members) -> Members:
    """A model with an asset, whose object is a symbolic link."""
    return with_model(members, {"assets/words": LINKED})


def beside(name: str, content: bytes = b"/etc/passwd") -> Callable[[Members], Members]:
    return lambda members: members | {name: content}


def named_twice(path: str) -> Callable[[Members], Members]:
    """A lock with one output more, in the place of a file that is there already."""

    def change(members: Members) -> Members:
        oid, place = stored(b"hostile")
        lock = yaml.safe_load(members[LOCK])
        lock["stages"]["other"] = {"cmd": "true", "outs": [{"path": path, "md5": oid}]}
        return members | {LOCK: yaml.safe_dump(lock).encode(), place: b"hostile"}

    return change


REFUSED = {
    "up-and-out": (beside("../escaped"), "is not unpacked"),
    "up-and-out-of-files": (beside("files/metrics/../../../escaped"), "is not unpacked"),
    "from-the-root": (beside("/tmp/escaped"), "is not unpacked"),
    "a-link": (beside("files/metrics/link", LINKED), "of kind 0o120000"),
    "an-asset-that-is-a-link": (linked_asset, "of kind 0o120000"),
    "the-judge-s-code": (beside("files/src/small/checks.py"), "does not write"),
    "another-commit": (another_commit, "of another commit"),
    "other-bytes": (other_bytes, "has other content"),
    "a-second-model": (second_model, "does not name"),
    "settings-as-an-output": (named_twice("params.yaml"), "where something else is"),
    "a-graph-as-an-output": (named_twice(f"{Layout.saved_model}/{GRAPH}"), "where something else"),
    "a-run-cache": (run_cache, "is no object of DVC's cache"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_artifact_that_no_training_makes_is_refused_whole(hub, honest, name):
    change, said = REFUSED[name]
    before = hub.stored()
    done = honest.judged(hub, name, zipped(change(honest.members())))
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(honest.head) == "failure"
    assert said in hub.comment()
    assert hub.tip(name) == honest.head
    assert hub.stored() == before
    assert not Path("/tmp/escaped").exists()


def bomb(each: int, count: int) -> bytes:
    """An archive of `count` members with `each` zeros, which are compressed once."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("files/metrics/0", bytes(each))
        [first] = opened.filelist
        packed = made.getvalue()[len(first.FileHeader()) :]
        for place in range(1, count):
            more = copy.copy(first)
            more.filename, more.header_offset = f"files/metrics/{place}", made.tell()
            made.write(more.FileHeader() + packed)
            opened.filelist.append(more)
        opened.start_dir = made.tell()
    return made.getvalue()


def test_an_artifact_that_unpacks_to_ten_gigabytes_is_refused_unread(hub, honest):
    archive = bomb(10**8, 100)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert len(opened.read("files/metrics/99")) == 10**8
    assert len(archive) < 2 * 10**7  # what is downloaded is small
    done = honest.judged(hub, "a-bomb", archive)
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(honest.head) == "failure"
    assert "10,000,000,000 bytes, expected at most 2,000,000,000" in hub.comment()
    hub.reset()  # before somebody looks for a secret in there


def test_figures_that_were_edited_after_training_are_red(hub, honest):
    done = honest.judged(hub, "edited", zipped(forge(honest.members())))
    assert hub.verdict(honest.head) == "failure", done.log
    assert "0.97" in hub.comment()


def test_a_workflow_that_sends_the_model_of_another_commit_is_red(hub, honest):
    """A poor network is proposed, and propose.yml of the branch sends a good one in its name."""
    theirs = hub.act.scratch / "theirs"
    for name, content in honest.members().items():
        (theirs / name).parent.mkdir(parents=True, exist_ok=True)
        (theirs / name).write_bytes(content)
    project = hub.start("another-s-model")
    project.set(**POOR)
    path = project.root / ".github/workflows/propose.yml"
    train = ".venv/bin/mainline propose --pack reports/proposed"
    rename = f'sed -i "s/{honest.head}/$(git rev-parse HEAD)/" reports/proposed/proposed.json'
    text = path.read_text()
    assert text.count(train) == 1
    path.write_text(
        text.replace(train, f"mkdir -p reports && cp -r {theirs} reports/proposed && {rename}")
    )
    head = hub.push("A small network")
    done = hub.propose("another-s-model")
    assert done.jobs["train"] == "success", done.log
    assert done.stages == []
    assert hub.verdict(head) == "failure"
    assert "is out of date for" in hub.comment(), hub.comment()


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
    forged = with_output(members, Layout.baseline, program)
    assert locked(forged, Layout.baseline) != locked(members, Layout.baseline)
    done = honest.judged(hub, "pickled", zipped(forged))
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(honest.head)
    assert not loaded.exists()
