"""Two clones on one machine with one DVC cache, as teams have it, that run at the same time."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from followed import Followed
from loop_project import Loop

pytestmark = pytest.mark.e2e


@pytest.fixture
def clones(tmp_path) -> list[Loop]:
    """Each links to the cache in a way of its own, so neither may write through its links."""
    fresh = Loop.create(tmp_path / "fresh")
    made = [fresh.copy(tmp_path / kind) for kind in ("symlink", "hardlink")]
    for clone in made:
        config = {"dir": tmp_path / "cache", "type": clone.root.name, "shared": "group"}
        for name, value in config.items():
            subprocess.run(
                [sys.executable, "-m", "dvc", "config", "--local", f"cache.{name}", str(value)],
                cwd=clone.root,
                check=True,
            )
    return made


def damaged(cache: Path) -> list[str]:
    """Files whose name is not the hash of what they hold."""
    return [
        str(path)
        for path in (cache / "files/md5").glob("??/*")
        if hashlib.md5(path.read_bytes()).hexdigest()
        != path.parent.name + path.name.removesuffix(".dir")
    ]


def test_both_end_well_with_the_same_model(clones, tmp_path):
    runs = [Followed(clone.start()) for clone in clones]
    for run in runs:
        assert run.end() == 0, run.said[-3000:]
        assert "Traceback" not in run.said
    one, other = (clone.outputs() for clone in clones)
    assert one == other
    assert clones[0].seen_by_git() == clones[1].seen_by_git()
    assert damaged(tmp_path / "cache") == []
    # Another model in one of them replaces what are links there, and nothing in the other.
    clones[0].project.set(**{"train.epochs": 1})
    again = Followed(clones[0].start())
    assert again.end() == 0, again.said[-3000:]
    assert clones[0].outputs() != one
    assert clones[1].outputs() == other
    assert damaged(tmp_path / "cache") == []
