"""Image, data, commit, in this order: what stops on the way names nothing that is not there."""

import pytest

from github_stub import Fault
from mainline.core.errors import MainlineError
from mainline.proposal import propose, remote
from registry_stub import Fault as RegistryFault

UNKEPT = "## ❌ Not ready to merge: the model was judged, but could not be stored."


@pytest.fixture
def head(seeded):
    return seeded.git("rev-parse", "HEAD").strip()


def run(project) -> bool:
    return propose.run(project.root, against=None, post=True, push=True)


def files(directory) -> set[str]:
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*")}


def test_an_image_that_cannot_be_pushed(seeded, head, judged, registry, comment, tmp_path):
    before = files(tmp_path / "storage")
    registry.faults = [RegistryFault(403, "POST", message="write_package is missing")] * 2
    assert not run(seeded)
    said = comment()
    assert UNKEPT in said
    assert "403: write_package is missing" in said
    assert "The gate is open: made up." in said
    assert seeded.git("rev-parse", "HEAD").strip() == head
    assert files(tmp_path / "storage") == before


def test_a_dvc_push_that_fails_half_way(
    seeded, head, judged, registry, comment, tmp_path, monkeypatch
):
    stored = tmp_path / "storage/files/md5"
    before = files(stored)
    with monkeypatch.context() as patched:
        patched.setattr(remote, "push", without_one_file(remote.push))
        assert not run(seeded)
    said = comment()
    assert UNKEPT in said
    assert "`dvc push` skipped " in said
    assert seeded.git("rev-parse", "HEAD").strip() == head
    assert seeded.git("ls-remote", "origin", "refs/heads/proposal") == ""
    assert len(registry.manifests) == 1  # and nothing names it
    arrived = files(stored) - before
    assert any(len(name) > 3 for name in arrived)
    assert run(seeded)  # the next attempt goes on from there
    assert arrived < files(stored)
    assert seeded.git("rev-parse", "origin/proposal~1").strip() == head


def test_a_store_that_takes_nothing(seeded, head, judged, comment, tmp_path):
    stored = tmp_path / "storage/files/md5"
    for number in range(256):  # a file where a folder should be
        folder = stored / f"{number:02x}"
        if not folder.exists():
            folder.write_text("in the way")
    assert not run(seeded)
    assert "`dvc push` failed: ERROR: " in comment()
    assert seeded.git("rev-parse", "HEAD").strip() == head


def without_one_file(push):
    """One new file of the cache is lost, of which DVC itself says no more than a warning."""

    def pushed(root):
        cache = root / ".dvc/cache/files/md5"
        newest = max(
            (path for path in cache.rglob("*") if path.is_file() and path.suffix != ".dir"),
            key=lambda path: path.stat().st_mtime_ns,
        )
        aside = newest.rename(root / ".dvc/tmp/aside")
        try:
            return push(root)
        finally:
            aside.rename(newest)

    return pushed


def test_a_comment_that_fails_after_the_commit_was_pushed(seeded, head, judged, github):
    github.faults = [Fault(403, "POST", message="Resource not accessible by integration")]
    with pytest.raises(MainlineError, match="the comment was not posted"):
        run(seeded)
    made = seeded.git("rev-parse", "origin/proposal").strip()
    assert made != head
    [status] = github.statuses  # no check is left open on the commit that is there now
    assert (status["sha"], status["state"]) == (made, "failure")
    assert status["description"] == "the comment could not be posted; see the log"
    # Run again on the bot's commit, everything is there already.
    assert run(seeded)
    assert seeded.git("rev-parse", "HEAD").strip() == made


def test_what_is_published_is_never_what_the_lock_does_not_name(seeded, judged, registry):
    assert run(seeded)
    named = seeded.git("show", "origin/proposal:k8s/overlays/staging/release.yaml")
    [pushed] = registry.manifests
    assert pushed in named
