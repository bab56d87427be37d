"""Which run is judged, and what is said of one that is not."""

import json

import pytest
from parcels import HEAD, about, archive, entry, stored

from mainline.core.errors import MainlineError
from mainline.git import Git
from mainline.github import artifacts
from mainline.outside import placed, receive
from mainline.outside.received import Received
from repository import commit, repository


@pytest.fixture
def here(tmp_path, job, github, monkeypatch):
    """A main with an origin, and a proposal on the branch `proposal` of that."""
    (tmp_path / "origin").mkdir()
    (tmp_path / "main").mkdir()
    origin = repository(tmp_path / "origin")
    commit(origin, "Main")
    git = Git(tmp_path / "main")
    git.run("clone", "-q", str(tmp_path / "origin"), ".")
    origin.run("switch", "-q", "-c", "proposal")
    github.propose("proposal")["head"]["sha"] = commit(origin, "Proposal")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return git


@pytest.fixture
def event(tmp_path, monkeypatch):
    def set_event(run: dict) -> None:
        (tmp_path / "event.json").write_text(json.dumps({"workflow_run": run}))
        monkeypatch.setenv("GITHUB_EVENT_NAME", "workflow_run")
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))

    return set_event


def head(github) -> str:
    return github.pulls[0]["head"]["sha"]


def received(here, **options: int) -> Received | None:
    into = here.root.parent / "received"
    receive.run(here.root, into=into, **options)
    return Received.read(into) if into.exists() else None


def outputs(here) -> list[str]:
    return (here.root.parent / "output").read_text().split()


def test_the_run_of_the_event(here, github, event):
    run = github.run(head(github), {"lint": "success", "train": "success"})
    thing = stored(b"bytes")
    github.upload(run["id"], "proposed", archive(("proposed.json", about()), thing))
    event(run | {"pull_requests": [{"number": 41, "base": {"ref": "main"}}]})
    found = received(here)
    assert (found.number, found.head, found.branch) == (41, head(github), "proposal")
    assert found.base == here.known("HEAD")
    assert found.jobs == {"lint": "success", "train": "success"}
    assert (here.root.parent / "received/proposed" / thing[0]).read_bytes() == b"bytes"
    assert outputs(here) == ["go=true", "model=true"]
    assert here.resolve("refs/mainline/proposal") == head(github)
    assert github.leaked == []  # the token went to GitHub alone


def test_a_run_of_an_older_head_is_stale(here, github, event):
    older = here.known("HEAD")
    run = github.run(older, {"lint": "success"})
    event(run | {"pull_requests": [{"number": 41, "base": {"ref": "main"}}]})
    assert received(here) is None
    assert outputs(here) == ["go=false", "model=false"]


@pytest.mark.parametrize(
    "other", [{"state": "closed"}, {"base": {"ref": "release", "repo": {"full_name": "o/r"}}}]
)
def test_a_pull_request_that_is_closed_or_goes_elsewhere(here, github, event, other):
    github.pulls[0].update(other)
    run = github.run(head(github), {"lint": "success"})
    event(run | {"pull_requests": [{"number": 41, "base": {"ref": "main"}}]})
    assert received(here) is None


@pytest.mark.parametrize(
    "other", [{"path": ".github/workflows/mine.yml"}, {"event": "push"}, {"event": "schedule"}]
)
def test_a_run_of_something_else_that_is_called_alike(here, github, event, other):
    event(github.run(head(github), {"lint": "success"}) | other)
    with pytest.raises(MainlineError, match="the run is not of a proposal"):
        received(here)


def test_a_fork_s_run_names_no_pull_request(here, github, event):
    pull = github.pulls[0]
    pull["head"]["repo"] = {"full_name": "ada/r"}
    run = github.run(head(github), {"fork": "success"}, head_branch="proposal")
    event(run | {"head_repository": {"full_name": "ada/r"}})
    found = received(here)
    assert (found.number, found.fork) == (41, True)


def test_what_a_fork_s_run_uploads_is_not_fetched(here, github):
    """It trains nothing. A model from a stranger would be loaded beside main's rows."""
    run = github.run(head(github), {"lint": "success"})
    github.upload(run["id"], "proposed", archive(("proposed.json", about())))
    github.pulls[0]["head"]["repo"] = {"full_name": "ada/r"}
    assert received(here, pr=41).fork
    assert not (here.root.parent / "received/proposed").exists()
    assert outputs(here) == ["go=true", "model=false"]


def test_a_merge_group_has_no_pull_request(here, github, event):
    event(github.run(head(github), {"lint": "success"}, event="merge_group"))
    found = received(here)
    assert (found.number, found.event, found.fork) == (0, "merge_group", False)


def test_by_number_the_newest_run_that_is_over_is_taken(here, github):
    github.run(head(github), {"lint": "failure"})
    dispatched = github.run(
        head(github), {"lint": "success", "start-judge": ""}, event="workflow_dispatch"
    )
    github.run(head(github), {"lint": None})
    found = received(here, pr=41)
    assert found.run == dispatched["id"]
    assert found.jobs == {"lint": "success"}


def test_by_number_without_a_run(here):
    with pytest.raises(MainlineError, match="--field number=41"):
        received(here, pr=41)


@pytest.mark.parametrize(
    "content",
    [
        archive(("proposed.json", about()), ("../evil", b"")),
        archive((entry("files/metrics/link", 0o120777 << 16), b"/etc/passwd")),
        archive(("proposed.json", about(head="main"))),
        archive(("files/metrics/x", b"")),
        b"no zip",
    ],
)
def test_a_hostile_artifact_is_refused_for_the_judge_to_say(here, github, content):
    run = github.run(head(github), {"train": "success"})
    github.upload(run["id"], "proposed", content)
    found = received(here, pr=41)
    assert found.refused
    assert not (here.root.parent / "received/proposed").exists()
    assert sorted(path.name for path in here.root.parent.iterdir()) == [
        *("main", "origin", "output", "received")
    ]
    assert outputs(here) == ["go=true", "model=false"]


def test_an_archive_of_ten_gigabytes(here, github, monkeypatch):
    run = github.run(head(github), {"train": "success"})
    github.upload(run["id"], "proposed", archive(("proposed.json", about())))
    monkeypatch.setattr(receive, "BYTES", 10)
    assert "more than 10 bytes" in received(here, pr=41).refused


def test_another_archive_than_was_uploaded(here, github):
    run = github.run(head(github), {"train": "success"})
    made = github.upload(run["id"], "proposed", archive(("proposed.json", about())))
    github.bytes[made["id"]] += b"more"
    assert "is not what was uploaded" in received(here, pr=41).refused


def test_no_redirect_to_a_host_without_https(api, github, monkeypatch):
    monkeypatch.setattr(
        github, "answer", lambda *_: (302, "@elsewhere.example/blob")
    )  # http://127.0.0.1:1@elsewhere.example
    with pytest.raises(MainlineError, match="302"):
        artifacts.download(api, artifacts.Artifact(1), None, 10)


def test_nothing_is_written_over(here, github):
    (here.root.parent / "received").mkdir()
    with pytest.raises(MainlineError, match="exists already"):
        received(here, pr=41)


def test_jobs_that_are_needed(here):
    found = Received("pull_request", 1, 41, HEAD, HEAD, jobs={"lint": "success", "fork": "skipped"})
    assert found.failed(["lint"]) == []
    assert found.failed(["lint", "test"]) == ["test: not there"]
    assert found.failed(["fork"]) == ["fork: skipped"]
    broken = Received("pull_request", 1, 41, HEAD, HEAD, jobs={"lint": "success", "x": "failure"})
    assert broken.failed(["lint"]) == ["x: failure"]


def test_no_file_that_the_child_may_write_is_one_of_main_s_by_another_name(here, github):
    github.run(head(github), {"lint": "success"})
    about = received(here, pr=41)
    into = here.root.parent / "received"
    with pytest.raises(MainlineError, match=r"the proposal has no dvc\.yaml"):  # this one is tiny
        placed.clone(here.root, about, into)
    objects = [path for path in (into / "tree/.git").rglob("*") if path.is_file()]
    assert objects
    assert [path for path in objects if path.stat().st_nlink > 1] == []
