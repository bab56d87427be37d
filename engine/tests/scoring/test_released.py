"""Which model scores: the working tree's, or the one that an environment's release file names."""

import shutil
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError, OutOfReachError
from mainline.core.files import remove
from mainline.core.layout import Layout
from mainline.k8s.environments import release_path
from mainline.packaging.content import content_hash
from mainline.release.release_file import Release
from mainline.scoring.released import released

PRODUCTION = release_path("production")


@pytest.fixture
def moved(remoted_project):
    """Production runs the champion; the working tree has a later commit and no model."""
    root = remoted_project.root
    (root / PRODUCTION).parent.mkdir(exist_ok=True)
    shutil.copy(Layout(root).release, root / PRODUCTION)
    remoted_project.commit("Promote")
    remove(Layout(root).saved_model)
    return remoted_project


def lose_cache(root: Path) -> None:
    remove(Layout(root).dvc_cache.parent)


def test_the_model_of_this_tree_is_used_when_it_is_the_environments(remoted_project):
    root = remoted_project.root
    with released(root, "staging") as (release, directory):
        assert directory == Layout(root).saved_model
        assert content_hash(directory) == release.content
    with released(root, None) as (_, directory):
        assert directory == Layout(root).saved_model


def test_another_version_comes_from_the_remote(moved):
    lose_cache(moved.root)
    with released(moved.root, "production") as (release, directory):
        assert directory != Layout(moved.root).saved_model
        assert content_hash(directory) == release.content
    assert not directory.exists()


def test_bytes_that_are_nowhere(moved):
    lose_cache(moved.root)
    remove(moved.root.parent / "storage")
    version = Release.read(moved.root).version
    said = f"version {version} cannot be had: dist/model of .* is neither in the DVC cache nor"
    with pytest.raises(OutOfReachError, match=said), released(moved.root, "production"):
        pass


def test_a_version_that_was_never_in_staging(moved):
    path = moved.root / PRODUCTION
    path.write_text(path.read_text().replace("sha256:", "sha256:f"))
    said = "was never staging's in the history of this checkout.*git fetch --unshallow"
    with pytest.raises(MainlineError, match=said), released(moved.root, "production"):
        pass


def test_bytes_that_are_not_the_releases(moved):
    release, commit = Release.read(moved.root), "sha256:" + "0" * 64
    for path in (Layout(moved.root).release, moved.root / PRODUCTION):
        path.write_text(path.read_text().replace(release.content, commit))
    moved.commit("Forged")
    said = "the copy of version .* is damaged: its content is sha256:"
    with pytest.raises(MainlineError, match=said), released(moved.root, "production"):
        pass


def test_without_git(tiny_run, tmp_path):
    shutil.copytree(tiny_run / "k8s", tmp_path / "k8s")
    said = "no commit says where its bytes are"
    with pytest.raises(MainlineError, match=said), released(tmp_path, "staging"):
        pass
