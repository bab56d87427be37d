"""What is said, and to whom, where nothing is kept or the run did not end well."""

import pytest

from github_stub import Fault
from mainline.core.errors import MainlineError, StageFailedError
from mainline.outside import judging
from mainline.outside.judged import Judged
from mainline.outside.received import Received
from mainline.proposal import pack


@pytest.fixture
def words(proposed):
    """A proposal that touches documents alone."""
    (proposed.theirs.root / "README.md").write_text("More words.\n")
    proposed.commit("Words")
    return proposed


def comment(proposed) -> str:
    [body] = proposed.github.bodies("mainline-proposal")
    return body


def test_documents_alone(words):
    words.upload(None)
    words.receive()
    outcome = words.judge()
    assert (outcome["open"], outcome["touched"]) == (True, False)
    assert words.keep("lint") == {words.head: ("verdict", "success")}
    assert "No model is touched" in comment(words)
    assert f"\n\nCommit {words.head[:12]}, [the whole log](" in comment(words)


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        ({"lint": "failure", "test": "success"}, "lint: failure"),
        ({"lint": "cancelled", "test": "success"}, "lint: cancelled"),
        ({"test": "success"}, "lint: not there"),
        ({"lint": "skipped", "test": "success"}, "lint: skipped"),
        ({"lint": "success", "test": "success", "other": "timed_out"}, "other: timed_out"),
    ],
)
def test_a_job_of_the_proposal_s_run_that_did_not_end_well(words, jobs, said):
    words.upload(None, jobs)
    words.receive()
    words.judge()
    assert words.keep("lint", "test") == {words.head: ("verdict", "failure")}
    assert words.github.statuses[0]["description"].startswith(said)
    assert f"did not end well: {said}" in comment(words).replace("\\", "")


def test_a_model_without_a_training(proposed):
    proposed.theirs.set(**{"train.seed": 42})
    proposed.commit("Another seed")
    proposed.upload(None, {"lint": "success", "train": "skipped"})
    proposed.receive()
    assert not proposed.judge()["open"]
    assert proposed.keep() == {proposed.head: ("verdict", "failure")}
    assert "no training handed anything over: the job train is skipped" in comment(proposed)


def test_a_remote_that_main_does_not_have_is_named_before_anything_is_trained(proposed):
    main = proposed.main
    main.dvc("remote", "remove", "storage")
    main.commit("No remote")
    main.git("push", "-q", "--force", "origin", "HEAD:main")
    proposed.theirs.git("fetch", "-q", "origin")
    proposed.theirs.git("rebase", "-q", "origin/main")
    proposed.theirs.set(**{"train.seed": 42})
    proposed.commit("Another seed")
    proposed.upload(None, {"scope": "failure", "train": "skipped"})
    proposed.receive()
    assert not proposed.judge()["open"]
    assert proposed.keep() == {proposed.head: ("verdict", "failure")}
    assert "no DVC remote is set" in comment(proposed)


def test_a_stage_that_failed_is_named_with_its_last_lines(proposed, monkeypatch):
    def fails(*_: object, **__: object) -> None:
        lines = ["ERROR: rows", "expected at least 10,000,000"]
        raise StageFailedError("the pipeline stopped", stage="validate", lines=lines)

    monkeypatch.setattr(pack, "reproduce", fails)
    proposed.theirs.set(**{"validation.min_rows": 10_000_000})
    proposed.commit("Too strict")
    assert not proposed.packs()
    proposed.upload(proposed.packed, {"lint": "success", "train": "failure"})
    proposed.receive()
    proposed.judge()
    assert proposed.keep() == {proposed.head: ("verdict", "failure")}
    assert "stage `validate` failed" in comment(proposed)
    assert "expected at least 10,000,000" in comment(proposed)


def test_a_defect_of_ours(words, monkeypatch, capsys):
    words.upload(None)
    words.receive()
    monkeypatch.setattr(judging, "untrained", lambda *_: 1 / 0)
    assert not words.judge()["open"]
    assert "Traceback" in capsys.readouterr().err
    assert words.keep() == {words.head: ("verdict", "failure")}
    assert "ZeroDivisionError: division by zero. This is a defect" in comment(words)


def test_a_judge_that_broke_off(words):
    words.upload(None)
    words.receive()
    assert words.keep("lint") == {words.head: ("verdict", "failure")}
    assert "failed before anything was judged" in comment(words)


def test_a_pull_request_that_moves_on_while_it_is_judged(words):
    words.upload(None)
    words.receive()
    words.judge()
    words.pull["head"]["sha"] = 40 * "b"
    assert words.keep() == {}
    assert words.github.comments == []


def test_a_run_that_was_stale_already(words):
    words.keep()
    assert words.github.seen == []


def test_another_proposal_was_judged(words):
    words.upload(None)
    words.receive()
    words.judge()
    other = Judged(41, words.head, "proposal", "pull_request", True, False, "", "another artifact")
    other.write(words.folder / "judged")
    with pytest.raises(MainlineError, match="another proposal was judged"):
        words.keep()
    assert words.github.statuses == []


def test_a_fork_that_touches_a_model(proposed):
    proposed.theirs.set(**{"train.seed": 42})
    proposed.commit("Another seed")
    proposed.pull["head"]["repo"] = {"full_name": "ada/r"}
    proposed.upload(None, {"fork": "success", "lint": "success"})
    proposed.receive()
    assert not proposed.judge()["open"]
    assert proposed.keep() == {proposed.head: ("verdict", "failure")}
    assert "Proposals from forks" in (proposed.folder / "judged/comment.md").read_text()
    assert proposed.github.comments == []


def test_a_merge_group_gets_a_status_and_nothing_else(words):
    words.upload(None)
    words.receive()
    about = Received.read(words.folder / "received")
    group = Received("merge_group", 1, 0, about.head, about.base, jobs={"lint": "success"})
    group.write(words.folder / "received")
    words.judge()
    assert words.keep("lint") == {words.head: ("verdict", "success")}
    assert words.github.comments == []


def test_a_merge_group_that_makes_another_model(seeded, opened):
    seeded.upload(seeded.pack())
    seeded.receive()
    about = Received.read(seeded.folder / "received")
    group = Received("merge_group", 1, 0, about.head, about.base, artifact=about.artifact)
    group.write(seeded.folder / "received")
    outcome = seeded.judge()
    assert not outcome["open"]
    assert "another model than the reviewed one" in outcome["comment"]
    before = seeded.theirs.git("ls-remote", "origin")
    assert seeded.keep() == {seeded.head: ("verdict", "failure")}
    assert seeded.theirs.git("ls-remote", "origin") == before


def test_a_release_of_production_that_staging_never_had(words):
    path = words.theirs.root / "k8s/overlays/production/release.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = words.theirs.root / "k8s/overlays/staging/release.yaml"
    path.write_text(staging.read_text() + "# forged\n")
    words.commit("Straight to production")
    words.upload(None)
    words.receive()
    assert not words.judge()["open"]


def test_a_comment_that_is_refused(words):
    words.upload(None)
    words.receive()
    words.judge()
    words.github.faults = [Fault(403, "POST", message="Resource not accessible by integration")]
    with pytest.raises(MainlineError, match="the comment was not posted"):
        words.keep()
    [status] = words.github.statuses
    assert (status["state"], status["context"]) == ("failure", "verdict")


def test_a_comment_that_is_refused_after_the_commit_was_pushed(seeded, opened):
    seeded.upload(seeded.pack())
    seeded.receive()
    seeded.judge()
    seeded.github.faults = [Fault(403, "POST", message="Resource not accessible by integration")]
    with pytest.raises(MainlineError, match="the comment was not posted"):
        seeded.keep()
    made = seeded.theirs.git("ls-remote", "origin", "refs/heads/proposal").split()[0]
    assert made != seeded.head
    told = {status["sha"]: status["state"] for status in seeded.github.statuses}
    assert told == {seeded.head: "failure", made: "failure"}


def test_a_remote_that_takes_nothing(seeded, opened, tmp_path):
    seeded.upload(seeded.pack())
    seeded.receive()
    seeded.judge()
    for number in range(256):  # a file where a folder should be
        folder = tmp_path / f"storage/files/md5/{number:02x}"
        if not folder.exists():
            folder.write_text("in the way")
    assert seeded.keep() == {seeded.head: ("verdict", "failure")}
    assert "could not be stored" in comment(seeded)
    assert "the DVC remote fails: NotADirectoryError" in comment(seeded)
    assert "The gate is open: made up." in comment(seeded)
    tip = seeded.theirs.git("ls-remote", "origin", "refs/heads/proposal").split()[0]
    assert tip == seeded.head  # no commit names what is not there


def test_an_image_that_cannot_be_pushed(seeded, opened, registry):
    from registry_stub import Fault as RegistryFault  # noqa: PLC0415

    registry.faults = [RegistryFault(403, "POST", message="write_package is missing")] * 2
    seeded.upload(seeded.pack())
    seeded.receive()
    seeded.judge()
    assert seeded.keep() == {seeded.head: ("verdict", "failure")}
    assert "could not be stored" in comment(seeded)
    assert "write_package is missing" in comment(seeded)
