"""What DVC may forget, with a real cache and a real remote; the models are lines of text."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.core.errors import OutOfReachError
from mainline.core.layout import Layout
from mainline.dvc.outputs import fetch
from mainline.git import Git
from mainline.k8s.environments import release_path
from repository import commit
from tiny_pipeline import Tiny, release


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.main(["retain", *arguments])
    return code, *capsys.readouterr()


def weights(tiny, revision: str) -> str | None:
    """The model's bytes at a commit, wherever DVC still has them; None when nowhere."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "model"
        try:
            fetch(tiny.git, revision, Layout.saved_model, target, remotes_of_today=True)
        except OutOfReachError:
            return None
        return (target / "weights").read_text()


def propose(tiny, monkeypatch, number: int) -> str:
    """Another model, and its commit."""
    monkeypatch.setenv("NOISE", f"model {number}")
    tiny.write("train.sh", (tiny.root / "train.sh").read_text() + f"# {number}\n")
    return tiny.release(number)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A folder with project, DVC remote and origin, and the commits by name.

    Three releases, the first in production; an open branch, and a proposal that was given up.
    """
    folder = tmp_path_factory.mktemp("told")
    tiny = Tiny.create(folder)
    made = {}
    with pytest.MonkeyPatch.context() as monkeypatch:
        tiny.enter(monkeypatch)
        tiny.dvc("remote", "add", "--quiet", "--default", "store", str(folder / "first"))
        for number in (1, 2):
            made[f"release {number}"] = propose(tiny, monkeypatch, number)
        tiny.write(release_path("production"), release(1).render())
        commit(tiny.git, "Promote")
        tiny.git.run("switch", "-q", "-c", "open")
        made["on a branch"] = propose(tiny, monkeypatch, 3)
        tiny.git.run("switch", "-q", "-c", "closed", "main")
        made["given up"] = propose(tiny, monkeypatch, 4)
        tiny.git.run("switch", "-q", "main")
        made["release 5"] = propose(tiny, monkeypatch, 5)
        tiny.dvc("push", "--quiet", "--all-branches", "--all-commits")
        (folder / "first").rename(folder / "store")  # copies have it elsewhere
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", "../origin.git"], check=True)
        tiny.git.run("remote", "add", "origin", "../origin.git")
        tiny.git.run("push", "-q", "origin", "main", "open")
        tiny.git.run("branch", "-q", "-D", "closed")
    return folder, made


@pytest.fixture
def story(told, tmp_path, monkeypatch):
    """A copy of it: the project and the commits by name."""
    folder, made = told
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    tiny = Tiny(tmp_path)
    config = tiny.root / ".dvc/config"
    config.write_text(config.read_text().replace(f"{folder}/first", f"{tmp_path}/store"))
    tiny.enter(monkeypatch)
    return tiny, made


def test_what_was_released_or_proposed_stays_and_the_rest_goes(story, capsys):
    tiny, made = story
    before = {name: weights(tiny, made[name]) for name in made}
    assert len(set(before.values())) == 5
    assert None not in before.values()
    code, out, err = said(capsys, "--delete", "--cloud")
    assert code == 0, err
    after = {name: weights(tiny, made[name]) for name in made}
    assert after == before | {"given up": None}
    for number in (1, 2, 5):
        assert f"{release(number).version}  {made[f'release {number}'][:7]}" in out
    assert "remote 'store': 2 of 11 objects are unused, 0.0 MB" in out
    assert "remote 'store': 2 objects removed" in out
    assert re.search(r"^cache: [23] objects removed", out, re.MULTILINE)  # one DVC keeps to itself
    assert "nothing was removed" not in out
    # The remote alone, and the cache alone: each still has every release.
    shutil.rmtree(tiny.root / ".dvc/cache")
    assert {name: weights(tiny, made[name]) for name in made} == after


def test_by_default_it_only_says_what_would_go(story, capsys, tmp_path):
    tiny, _ = story
    places = (tiny.root / ".dvc/cache", tmp_path / "store")

    def objects() -> set[Path]:
        return {path for place in places for path in place.rglob("*") if path.is_file()}

    before = objects()
    code, out, _ = said(capsys, "--cloud")
    assert code == 0
    assert "remote 'store': 2 of 11 objects" in out
    assert out.endswith("nothing was removed; --delete removes these objects\n")
    assert objects() == before
    assert "remote" not in said(capsys)[1]


def test_without_cloud_the_remote_keeps_everything(story, capsys):
    tiny, made = story
    assert said(capsys, "--delete")[0] == 0
    shutil.rmtree(tiny.root / ".dvc/cache")
    assert None not in [weights(tiny, revision) for revision in made.values()]


def test_what_was_rolled_back_from_and_to_stays(story, capsys):
    tiny, made = story
    tiny.git.run("revert", "--no-edit", "HEAD")
    tiny.git.run("push", "-q", "origin", "main")
    assert said(capsys, "--delete", "--cloud")[0] == 0
    for name in ("release 2", "release 5"):
        assert weights(tiny, made[name]) is not None


def test_what_is_only_in_the_working_tree_stays(story, capsys, monkeypatch):
    tiny, _ = story
    monkeypatch.setenv("NOISE", "not committed yet")
    tiny.write("train.sh", (tiny.root / "train.sh").read_text() + "# more\n")
    tiny.dvc("repro", "--quiet")
    assert said(capsys, "--delete")[0] == 0
    shutil.rmtree(tiny.root / "dist")
    tiny.dvc("checkout", "--quiet")
    assert "not committed yet" in (tiny.root / "dist/model/weights").read_text()


def test_a_branch_that_this_clone_does_not_know_stops_it(story, capsys, tmp_path):
    tiny, made = story
    other = Git(tmp_path / "other")
    subprocess.run(
        ["git", "clone", "-q", str(tmp_path / "origin.git"), str(other.root)], check=True
    )
    for name, value in (("user.name", "B"), ("user.email", "b@example.com")):
        other.run("config", name, value)
    other.run("switch", "-q", "-c", "colleague", "origin/open")
    commit(other, "More")
    other.run("push", "-q", "origin", "colleague")
    code, out, err = said(capsys, "--delete", "--cloud")
    assert (code, out) == (1, "")
    assert "this clone does not have the current state of colleague on origin" in err
    tiny.git.run("fetch", "-q", "origin")
    # Known once, and pushed on since.
    commit(other, "More still")
    other.run("push", "-q", "origin", "colleague")
    assert "state of colleague on origin" in said(capsys, "--delete", "--cloud")[2]
    tiny.git.run("fetch", "-q", "origin")
    assert said(capsys, "--delete", "--cloud")[0] == 0
    assert weights(tiny, made["on a branch"]) is not None


def test_an_origin_that_does_not_answer_stops_it(story, capsys, tmp_path):
    shutil.rmtree(tmp_path / "origin.git")
    code, _, err = said(capsys, "--delete", "--cloud")
    assert code == 1
    assert "the branches of origin cannot be listed" in err


def test_a_shallow_clone_or_one_without_main_is_refused(story, capsys, tmp_path, monkeypatch):
    where = (tmp_path / "origin.git").as_uri()
    for name, options, why in (
        ("shallow", ["--depth=1"], "git fetch --unshallow"),
        ("other", ["--single-branch", "--branch=open"], "neither origin/main nor main is known"),
    ):
        subprocess.run(["git", "clone", "-q", *options, where, str(tmp_path / name)], check=True)
        monkeypatch.chdir(tmp_path / name)
        code, _, err = said(capsys, "--delete")
        assert code == 1
        assert why in err


def test_a_release_whose_listing_nobody_has_stops_it(story, capsys, tmp_path):
    """Its files would count as needed by nobody."""
    tiny, _ = story
    for place in (tiny.root / ".dvc/cache", tmp_path / "store"):
        for path in list(place.rglob("*.dir")):
            path.unlink()
    code, _, err = said(capsys, "--delete", "--cloud")
    assert code == 1
    assert "DVC cannot list the objects of" in err
    assert len([path for path in (tmp_path / "store").rglob("*") if path.is_file()]) == 6


def test_a_cache_that_others_share_is_left_alone(story, capsys, tmp_path):
    tiny, _ = story
    shutil.move(tiny.root / ".dvc/cache", tmp_path / "shared")
    tiny.dvc("cache", "dir", "--local", str(tmp_path / "shared"))
    code, _, err = said(capsys, "--delete")
    assert code == 1
    assert f"the cache {tmp_path / 'shared'}/files/md5 is outside this project" in err


def test_without_a_remote_there_is_no_cloud(tiny, capsys):
    tiny.release(1)
    assert "no DVC remote is set" in said(capsys, "--cloud")[2]
    assert weights(tiny, "HEAD") == "rows\n"


def test_before_the_first_release_the_working_tree_is_all_there_is(tiny, capsys):
    commit(tiny.git, "Code")
    code, out, _ = said(capsys)
    assert code == 0
    assert "nothing yet" in out
