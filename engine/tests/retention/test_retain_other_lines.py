"""Releases that do not stand on the line of this clone's main: they are kept all the same."""

import shutil
import subprocess

from test_retain import propose, said, weights

from mainline.core.layout import Layout
from mainline.k8s.environments import release_path
from repository import commit
from tiny_pipeline import release


def kept(tiny, made) -> bool:
    return all(weights(tiny, made[number]) == f"rows\nmodel {number}" for number in made)


def test_main_of_a_fork_that_is_behind_its_upstream(tiny, tmp_path, monkeypatch, capsys):
    tiny.dvc("remote", "add", "--quiet", "--default", "store", str(tmp_path / "store"))
    for name in ("origin", "upstream"):
        bare = str(tmp_path / f"{name}.git")
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
        tiny.git.run("remote", "add", name, bare)
    made = {1: propose(tiny, monkeypatch, 1)}
    tiny.git.run("push", "-q", "origin", "main")
    made[2] = propose(tiny, monkeypatch, 2)
    tiny.write(release_path("production"), release(2).render())
    commit(tiny.git, "Promote")
    made[3] = propose(tiny, monkeypatch, 3)
    tiny.git.run("push", "-q", "upstream", "main")
    tiny.dvc("push", "--quiet", "--all-commits")
    assert kept(tiny, made)
    assert said(capsys, "--delete", "--cloud")[0] == 0
    assert kept(tiny, made)


def test_a_merge_of_main_that_became_main(tiny, monkeypatch, capsys):
    """Then what main released stands on the second parents of main's line."""
    made = {1: propose(tiny, monkeypatch, 1)}
    tiny.git.run("switch", "-q", "-c", "mine")
    tiny.write("note.txt", "x")
    commit(tiny.git, "Mine")
    tiny.git.run("switch", "-q", "main")
    made |= {number: propose(tiny, monkeypatch, number) for number in (2, 3)}
    tiny.git.run("switch", "-q", "mine")
    tiny.git.run("merge", "-q", "--no-edit", "main")
    tiny.git.run("switch", "-q", "main")
    tiny.git.run("merge", "-q", "mine")
    tiny.dvc("checkout", "--quiet")
    assert kept(tiny, made)
    assert said(capsys, "--delete")[0] == 0
    assert kept(tiny, made)


def test_models_that_nobody_pushed_do_not_stand_in_the_way(tiny, tmp_path, monkeypatch, capsys):
    """A branch tried two, committed a conflict in a lock, and a third model was merged."""
    tiny.dvc("remote", "add", "--quiet", "--default", "store", str(tmp_path / "store"))
    made = {1: propose(tiny, monkeypatch, 1)}
    tiny.dvc("push", "--quiet")
    tiny.git.run("switch", "-q", "-c", "idea")
    tries = [propose(tiny, monkeypatch, number) for number in (2, 3)]
    good = Layout(tiny.root).lock.read_text()
    tiny.write(str(Layout.lock), "<<<<<<< HEAD\n" + good)
    tiny.write(release_path("staging"), release(9).render())
    commit(tiny.git, "A conflict, committed")
    tiny.write(str(Layout.lock), good)
    made[4] = propose(tiny, monkeypatch, 4)
    tiny.git.run("switch", "-q", "main")
    tiny.git.run("merge", "-q", "--no-ff", "--no-edit", "idea")
    tiny.git.run("branch", "-q", "-D", "idea")
    tiny.dvc("push", "--quiet")
    shutil.rmtree(tiny.root / ".dvc/cache")
    tiny.dvc("pull", "--quiet")
    assert weights(tiny, tries[0]) is None
    code, _, err = said(capsys, "--delete", "--cloud")
    assert code == 0, err
    assert kept(tiny, made)
