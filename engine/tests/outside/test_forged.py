"""What is handed over is what was trained on this commit, each thing by its hash and its place."""

import json
import shutil
from pathlib import Path

import pytest
from parcels import oid

from mainline.dvc import objects

pytestmark = pytest.mark.e2e


@pytest.fixture
def packed(seeded, opened) -> Path:
    """What the training handed over, to be forged."""
    return seeded.pack()


def refused(seeded, packed: Path) -> str:
    """The comment of the judge, which is closed and keeps nothing."""
    before = seeded.theirs.git("ls-remote", "origin")
    seeded.upload(packed)
    seeded.receive()
    outcome = seeded.judge()
    assert not outcome["open"]
    assert not (seeded.folder / "judged/verdict.json").exists()
    statuses = seeded.keep()
    assert statuses == {seeded.head: ("verdict", "failure")}
    assert seeded.theirs.git("ls-remote", "origin") == before
    return outcome["comment"]


def add(packed: Path, name: str, content: bytes = b"forged") -> None:
    place = packed / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def lock_of(packed: Path) -> Path:
    return packed / "files/dvc.lock"


@pytest.mark.parametrize(
    "name",
    [
        "src/small/network.py",
        "dvc.yaml",
        "params.yaml",
        "metrics_x.json",
        "k8s/overlays/staging/kustomization.yaml",
        "dvc.lock/x",
    ],
)
def test_a_file_that_the_pipeline_does_not_write(seeded, packed, name):
    shutil.rmtree(packed / "files" / name, ignore_errors=True)
    if name.startswith("dvc.lock"):
        lock_of(packed).unlink()
    add(packed, f"files/{name}")
    assert "a file was handed over" in refused(seeded, packed) or name.startswith("dvc.lock")


def test_a_file_of_it_that_is_removed_is_one_that_the_pipeline_writes(seeded, packed):
    about = packed / "proposed.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"gone": ["src/small/checks.py"]}))
    assert "the pipeline does not write" in refused(seeded, packed)


def test_another_head(seeded, packed):
    about = packed / "proposed.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"head": 40 * "a"}))
    assert "is of another commit" in refused(seeded, packed)


def test_an_object_with_other_content(seeded, packed):
    place = next(path for path in (packed / "objects").rglob("*") if path.is_file())
    place.write_bytes(place.read_bytes() + b"forged")
    assert "has other content" in refused(seeded, packed)


def test_a_second_model_beside_the_one_that_is_judged(seeded, packed):
    name = oid(b"a second model")
    add(packed, f"objects/{name[:2]}/{name[2:]}", b"a second model")
    assert "dvc.lock does not name" in refused(seeded, packed)


def test_an_object_that_is_none(seeded, packed):
    add(packed, "objects/aa/run-cache")
    assert "is no object of DVC" in refused(seeded, packed)


def test_an_object_that_neither_the_artifact_nor_the_remote_has(seeded, packed):
    place = next(path for path in (packed / "objects").rglob("*.dir"))
    place.unlink()
    assert "is neither handed over nor in the DVC remote" in refused(seeded, packed)


@pytest.mark.parametrize("name", ["../../../evil", "/tmp/evil", ".git/hooks/post-checkout"])
def test_a_directory_that_lists_a_file_elsewhere(seeded, packed, name):
    inner = oid(b"evil")
    listed = json.dumps([{"md5": inner, "relpath": name}]).encode()
    add(packed, f"objects/{inner[:2]}/{inner[2:]}", b"evil")
    outer = f"{oid(listed)}.dir"
    add(packed, f"objects/{outer[:2]}/{outer[2:]}", listed)
    replace_model(packed, outer)
    assert f"lists {name!r}" in refused(seeded, packed).replace("&#x27;", "'")


@pytest.mark.parametrize("path", ["../evil", "/tmp/evil", ".git/hooks", ".dvc/config.local"])
def test_a_lock_that_names_an_output_elsewhere(seeded, packed, path):
    text = lock_of(packed).read_text()
    lock_of(packed).write_text(text.replace("path: dist/model\n", f"path: {path}\n"))
    assert "names an output that is not kept" in refused(seeded, packed)


def replace_model(packed: Path, other: str) -> None:
    lines = lock_of(packed).read_text().splitlines()
    place = lines.index("    - path: dist/model")
    at = next(n for n in range(place, place + 4) if "md5: " in lines[n])
    lines[at] = f"      md5: {other}"
    lock_of(packed).write_text("\n".join(lines) + "\n")


def test_another_remote_is_neither_asked_nor_written(seeded, opened, tmp_path):
    """`.dvc/config` and what else a proposal commits below `.dvc` change nothing."""
    theirs = seeded.theirs
    bad = tmp_path / "their-storage"
    theirs.dvc("remote", "add", "--force", "--default", "storage", str(bad))
    (theirs.root / ".dvc/config.local").write_text(f'[remote "storage"]\n    url = {bad}\n')
    theirs.git("add", "--force", ".dvc/config", ".dvc/config.local")
    seeded.commit("Another remote")
    seeded.upload(seeded.pack())
    seeded.receive()
    outcome = seeded.judge()
    assert outcome["open"], outcome["comment"]
    assert ".dvc/config" in outcome["comment"]
    assert "main's settings of DVC were used" in outcome["comment"]
    seeded.keep()
    assert not bad.exists()
    model = objects.named(objects.of_tree(theirs.root))["dist/model"]
    assert objects.place(tmp_path / "storage/files/md5", model).is_file()


def test_a_poisoned_object_of_the_remote(seeded, opened, packed, tmp_path):
    """A right name with other bytes: DVC itself would take it."""
    place = next(path for path in (packed / "objects").rglob("*") if path.is_file())
    target = tmp_path / "storage/files/md5" / place.relative_to(packed / "objects")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"poison")
    target.chmod(0o444)  # what DVC takes for verified
    place.unlink()
    assert "has other content" in refused(seeded, packed)


def test_a_cache_in_the_commit(seeded, opened, tmp_path):
    """Files below `.dvc/cache` in git: nothing reads them."""
    theirs = seeded.theirs
    cache = theirs.root / ".dvc/cache/files/md5/aa/poison"
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_bytes(b"poison")
    theirs.git("add", "--force", str(cache))
    seeded.commit("A cache")
    seeded.upload(seeded.pack())
    seeded.receive()
    assert seeded.judge()["open"]
    assert not (seeded.main.root / ".dvc/cache/files/md5/aa/poison").exists()


def test_links_in_the_commit_lead_nowhere(seeded, opened, tmp_path):
    """A folder that the pipeline writes is a link to somewhere else in the proposal's commit."""
    folder = seeded.pack()
    outside = tmp_path / "outside"
    outside.mkdir()
    theirs = seeded.theirs
    theirs.git("rm", "-r", "-q", "--cached", "metrics")
    shutil.rmtree(theirs.root / "metrics")
    (theirs.root / "metrics").symlink_to(outside)
    theirs.git("add", "--all")
    head = seeded.commit("A link")
    about = folder / "proposed.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"head": head}))
    assert "has no place" in refused(seeded, folder)
    assert list(outside.iterdir()) == []
