"""A retraining asks a live source once: the batch is kept, and the working tree is as before."""

import json
from datetime import date

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.data import batches, ingest
from mainline.git import Git
from mainline.retraining import newer_rows, retrain
from mainline.retraining.on_main import OnMain
from repository import commit

JULY = "2026-07-31"
FILES = "data/snapshots.dvc\ndata/snapshots.json\nparams.yaml\n"


@pytest.fixture
def released(shop, monkeypatch):
    """A shop whose batch of June is on main."""
    shop.snapshot()
    ingest.run(shop.root)
    git = Git(shop.root)
    git.run("config", "user.name", "Ada")
    git.run("config", "user.email", "ada@example.com")
    commit(git)
    monkeypatch.setattr(retrain, "_today", lambda: date(2026, 8, 1))
    return shop


def state(shop) -> tuple:
    """What git sees, and the batches that lie there."""
    there = sorted(path.name for path in Layout(shop.root).snapshots.iterdir())
    return Git(shop.root).run("status", "--porcelain"), Git(shop.root).branch(), there


def test_the_branch_has_the_batch_and_the_tree_is_as_before(released, capsys):
    released.add("2026-07-10", ["new1", "new2"])
    before, git = state(released), Git(released.root)
    retrain.run(released.root, reason="prices changed", as_of=JULY)
    name = git.run("branch", "--list", "retrain/*", "--format=%(refname:short)").strip()
    assert name.endswith(f"-{JULY}")
    assert git.run("diff", "--name-only", "main", name) == FILES
    assert state(released) == before
    listed = batches.parse(json.loads(git.show(name, Layout.manifest)), name="")
    assert [(str(batch.as_of), batch.rows) for batch in listed.batches] == [
        ("2026-06-30", 20),
        (JULY, 2),
    ]
    assert (
        f"next: git switch {name} && dvc push, git push -u origin {name}" in capsys.readouterr().out
    )
    git.run("switch", "-q", name)
    newer_rows.keep.bring(released.root)  # from the cache
    assert len(released.table()) == 22


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_new_and_a_failure_leave_no_trace(released, capsys, monkeypatch, fails):
    before = state(released)
    if fails:
        monkeypatch.setattr(newer_rows.catalogue, "content_hash", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            retrain.run(released.root, reason="prices changed", as_of=JULY)
    else:
        retrain.run(released.root, reason="prices changed", as_of=JULY)
        last = capsys.readouterr().out.splitlines()[-1]
        assert last == f"retrain   nothing to learn: the rows of {JULY} are those of main's table"
    assert state(released) == before
    assert Git(released.root).run("branch", "--list", "retrain/*") == ""


def test_the_batch_is_in_the_remote_before_the_branch_is_pushed(released):
    released.add("2026-07-10", ["new1", "new2"])
    main = OnMain.of(Git(released.root))
    with pytest.raises(MainlineError, match="no DVC remote is set"):
        newer_rows.rows(released.root, main, date(2026, 7, 31), share=True)
    storage = released.root / ".dvc/storage"
    config = released.root / ".dvc/config.local"
    config.write_text("[core]\n    remote = storage\n['remote \"storage\"']\n    url = storage\n")
    found = newer_rows.rows(released.root, main, date(2026, 7, 31), share=True)
    assert found is not None
    assert (found.count, found.more) == (22, 2)
    assert len([path for path in storage.rglob("*") if path.is_file()]) == 3  # a list, two batches


def test_a_manifest_that_is_not_main_s(released):
    released.snapshot(as_of=JULY)
    Git(released.root).run("checkout", "-q", "--", "params.yaml")
    with pytest.raises(MainlineError, match=r"data/snapshots.json is not main's"):
        retrain.run(released.root, reason="prices changed", as_of=JULY)
