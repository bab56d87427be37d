"""Metrics that git keeps go to the DVC remote with the run cache, or no other machine takes it."""

import hashlib

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.dvc import uncached


@pytest.fixture
def stored(cluster):
    """The files in the remote, by MD5, after a push."""
    cluster.author.dvc("repro", "--quiet")

    def push() -> set[str]:
        uncached.push(cluster.author.root)
        found = (cluster.home / "storage/files/md5").rglob("*")
        return {path.parent.name + path.name for path in found if path.is_file()}

    return push


def md5(path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def test_what_the_cache_holds_is_pushed_and_nothing_else(stored, cluster):
    assert stored() == {md5(Layout(cluster.author.root).catalogue)}
    assert stored() == {md5(Layout(cluster.author.root).catalogue)}


def test_what_the_cache_does_not_hold_is_left_out(stored, cluster):
    """As after a clone: git brought the metrics, and no stage ran."""
    for path in (cluster.author.root / ".dvc/cache/files").rglob("*"):
        path.chmod(0o700)
        if path.is_file():
            path.unlink()
    assert stored() == set()


def test_a_remote_that_takes_nothing(stored, cluster):
    (cluster.home / "storage").write_text("in the way")
    with pytest.raises(MainlineError, match="could not be pushed to the DVC remote: ") as found:
        stored()
    assert len(str(found.value).splitlines()) == 1
