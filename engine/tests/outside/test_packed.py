"""What a training hands over: what differs from the commit, and what the remote lacks."""

import json
import shutil

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.dvc import objects
from mainline.proposal import pack, propose

pytestmark = pytest.mark.e2e


def handed(proposed) -> dict:
    return json.loads((proposed.pack() / "proposed.json").read_text())


def names(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_generated_files_and_new_objects(seeded):
    about = handed(seeded)
    assert about["head"] == seeded.head
    assert about["stages"] == ["train", "evaluate", "package", "release"]
    assert about["trained_on"].startswith("CPU ")
    assert (about["stopped"], about["gone"]) == (None, [])
    files = names(seeded.packed / "files")
    assert {"dvc.lock", "metrics/evaluation.json"} <= files
    assert "params.yaml" not in files
    own = objects.named(objects.of_tree(seeded.theirs.root))
    given = {name.replace("/", "") for name in names(seeded.packed / "objects")}
    assert own["dist/model"] in given
    assert own["data/table.parquet"] not in given  # main's, which the remote has


def test_where_nothing_is_new_it_is_what_is_exported_again(seeded):
    seeded.pack()
    seeded.theirs.retrain(**{"train.seed": 42})
    seeded.theirs.dvc("push", "--quiet")
    seeded.commit("Trained at home")
    assert seeded.packs()
    own = objects.named(objects.of_tree(seeded.theirs.root))
    cache = Layout(seeded.theirs.root).dvc_cache
    again = objects.whole(cache, [own["models/trained"], own["dist/model"]])
    given = {name.removeprefix("objects/") for name in names(seeded.packed)}
    assert given == {"proposed.json", *(f"{oid[:2]}/{oid[2:]}" for oid in again)}


def test_a_generated_file_that_is_gone(seeded):
    (seeded.theirs.root / "plots/old.csv").write_text("old")
    seeded.commit("An old plot")
    (seeded.theirs.root / "plots/old.csv").unlink()
    seeded.packs()
    about = json.loads((seeded.packed / "proposed.json").read_text())
    assert about["gone"] == ["plots/old.csv"]


def test_too_much(seeded, monkeypatch):
    monkeypatch.setattr(pack, "BYTES", 1000)
    with pytest.raises(MainlineError, match="dvc push"):
        seeded.packs()


@pytest.fixture
def untrained(monkeypatch):
    """Nothing runs: the tree has what training made."""
    monkeypatch.setattr(pack, "reproduce", lambda *_, **__: [])


def test_a_name_that_cannot_travel(seeded, untrained):
    (seeded.theirs.root / "plots/ä.csv").write_text("")
    with pytest.raises(MainlineError, match="cannot be handed over"):
        seeded.packs()


def test_a_link(seeded, untrained):
    (seeded.theirs.root / "plots/link.csv").symlink_to("/etc/passwd")
    with pytest.raises(MainlineError, match="cannot be handed over"):
        seeded.packs()


def test_without_a_remote_all_of_it_is_handed_over(seeded):
    seeded.theirs.dvc("remote", "remove", "storage")
    shutil.rmtree(Layout(seeded.theirs.root).dvc / "tmp", ignore_errors=True)
    seeded.commit("No remote")
    assert seeded.packs()
    assert (seeded.packed / "objects").is_dir()


def test_propose_packs_for_the_event_s_base_and_judges_nothing(seeded, monkeypatch):
    monkeypatch.setattr(propose, "judge", lambda *_, **__: pytest.fail("judged"))
    into = seeded.folder / "packed"
    assert propose.run(seeded.theirs.root, against=None, into=into)
    assert json.loads((into / "proposed.json").read_text())["head"] == seeded.head
    assert seeded.github.seen == []  # it asks for nothing that needs a token


def test_a_conflict_that_was_committed_stops_it(seeded):
    path = seeded.theirs.root / "params.yaml"
    path.write_text(f"<<<<<<< ours\n{path.read_text()}")
    seeded.commit("A conflict")
    assert not seeded.packs()
    about = json.loads((seeded.packed / "proposed.json").read_text())
    assert "its conflict unresolved" in about["stopped"]["lines"][0]
