"""What a newcomer does first: clone, `make run`, once more. The committed tree is cloned."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from mainline.core.layout import Layout
from mainline.dvc.repro import GENERATED
from mainline.release.release_file import Release

ROOT = Path(__file__).parents[3]
INHERITED = ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Clone:
    root: Path

    def make(self, *arguments: str) -> str:
        surroundings = {key: value for key, value in os.environ.items() if key not in INHERITED}
        done = subprocess.run(
            ["make", *arguments],
            cwd=self.root,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def changed(self) -> list[str]:
        command = ["git", "-C", str(self.root), "status", "--porcelain"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [line[3:] for line in lines.splitlines()]


def cloned(folder: Path) -> tuple[Clone, str]:
    """A clone with an environment of its own, and what its first run said."""
    subprocess.run(["git", "clone", "-q", "--no-local", str(ROOT), str(folder)], check=True)
    clone = Clone(folder)
    return clone, clone.make("run")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clone, str]:
    return cloned(tmp_path_factory.mktemp("clone") / "one")


def headline(clone: Clone) -> str:
    """Another CPU class than the lock's makes other weights, and the champion's are not here."""
    return "Open on this machine only" if clone.changed() else "The gate is open"


def test_the_first_run_ends_with_verdict_figures_places_and_advice(first):
    clone, said = first
    assert headline(clone) in said
    for part in ("ROC AUC", "comment", "card", "manifest", "served", "tracking", "next"):
        assert f"  {part}" in said
    for path in (Layout.comment, Layout.model_card, Layout.release, Layout.image):
        assert (clone.root / path).exists()


def test_only_generated_files_may_differ_and_the_run_says_so(first):
    clone, said = first
    changed = clone.changed()
    assert all(name.startswith(("engine.yaml", *GENERATED)) for name in changed), changed
    assert ("CPU class" in said) == bool(changed)


def test_with_nothing_changed_a_run_trains_nothing(first):
    clone, _ = first
    before = clone.changed()
    said = clone.make("run")
    assert "Running stage" not in said
    assert headline(clone) in said
    assert clone.changed() == before


def test_what_ran_before_is_taken_from_the_run_cache(first):
    """A lock that was lost, or of another branch, trains nothing that this cache has seen."""
    clone, _ = first
    before = clone.changed()
    Layout(clone.root).lock.unlink()
    said = clone.make("run")
    assert "Stage 'train' is cached" in said
    assert "Running stage 'train'" not in said
    assert clone.changed() == before


@pytest.mark.nightly
def test_two_clones_on_one_machine_give_the_same_digest(first, tmp_path):
    one, (two, _) = first[0], cloned(tmp_path / "two")
    assert Release.read(one.root) == Release.read(two.root)
    assert one.changed() == two.changed()
