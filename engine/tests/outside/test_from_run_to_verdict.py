"""A proposal is packed, received, judged and kept; git, DVC and the registry are real."""

from mainline.core.layout import Layout
from mainline.proposal import pack


def test_a_trained_proposal_is_stored_and_committed_once(seeded, registry, opened):
    parent = seeded.head
    seeded.upload(seeded.pack())
    assert seeded.theirs.git("rev-parse", "HEAD").strip() == parent  # training commits nothing
    seeded.receive()
    outcome = seeded.judge()
    assert (outcome["open"], outcome["touched"], outcome["head"]) == (True, True, parent)
    statuses = seeded.keep("lint", "test")
    made = seeded.theirs.git("ls-remote", "origin", "refs/heads/proposal").split()[0]
    assert statuses == {parent: ("verdict", "success"), made: ("verdict", "success")}
    seeded.theirs.git("fetch", "-q", "origin", "proposal")
    assert seeded.theirs.git("rev-parse", f"{made}^").strip() == parent
    assert "Trained-on: CPU" in seeded.theirs.git("log", "-1", "--format=%(trailers)", made)
    lock = seeded.theirs.git("show", f"{made}:dvc.lock")
    assert lock == Layout(seeded.theirs.root).lock.read_text()
    [pushed] = registry.manifests
    assert pushed in seeded.theirs.git("show", f"{made}:k8s/overlays/staging/release.yaml")
    [comment] = seeded.github.bodies("mainline-proposal")
    assert f"trained here. The result is commit {made[:12]} on this branch" in comment


def test_what_was_only_packaged_has_no_machine_in_its_commit(seeded, opened, monkeypatch):
    train = pack.reproduce
    monkeypatch.setattr(pack, "reproduce", lambda root, **_: train(root)[-2:])
    assert seeded.packs()
    seeded.upload(seeded.packed)
    seeded.receive()
    seeded.judge()
    seeded.keep()
    seeded.theirs.git("fetch", "-q", "origin", "proposal")
    assert "Trained-on" not in seeded.theirs.git("log", "-1", "--format=%B", "FETCH_HEAD")
    [comment] = seeded.github.bodies("mainline-proposal")
    assert "it was updated here" in comment


def test_what_was_kept_is_in_the_remote_and_no_run_cache_is(seeded, opened, tmp_path):
    seeded.upload(seeded.pack())
    seeded.receive()
    seeded.judge()
    seeded.keep()
    assert not (tmp_path / "storage/files/md5/runs").exists()
    assert not (tmp_path / "storage/runs").exists()
    seeded.theirs.dvc("status", "--cloud", "--quiet")
