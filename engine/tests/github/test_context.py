"""What names a pull request: the event's file, or GitHub's API by its number."""

import json

import pytest

from github_stub import Fault
from mainline.core.errors import MainlineError
from mainline.github.context import Context

REPO = {"full_name": "o/r"}
HEAD = {"sha": "a" * 40, "ref": "$(rm -rf ~)", "repo": REPO}
PULL = {"number": 3, "head": HEAD, "base": {"ref": "main", "repo": REPO}}


@pytest.fixture
def job(github, tmp_path):
    """The environment of a job that an event started."""

    def make(event: str = "", about: object = None) -> dict[str, str]:
        path = tmp_path / "event.json"
        path.write_text(json.dumps(about))
        values = {"GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t"}
        named = {"GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(path), "GITHUB_RUN_ID": "5"}
        return values | (named if event else {})

    return make


def test_a_pull_request_s_event_describes_it(job, github):
    where = Context.of(environment=job("pull_request", {"pull_request": PULL}))
    assert where == Context(
        number=3,
        head="a" * 40,
        branch="$(rm -rf ~)",
        base="origin/main",
        run_url="https://github.com/o/r/actions/runs/5",
    )
    assert Context.of(3, job("pull_request", {"pull_request": PULL})) == where
    assert not github.seen


def test_a_merge_group_has_no_number(job):
    about = {"merge_group": {"head_sha": "a" * 40, "base_sha": "b" * 40}}
    where = Context.of(environment=job("merge_group", about))
    assert (where.number, where.head, where.base) == (0, "a" * 40, "b" * 40)
    assert where.branch == ""  # it merges several


@pytest.mark.parametrize("event", ["", "push", "workflow_dispatch", "schedule"])
def test_an_event_of_no_pull_request(job, github, event):
    values = job(event, {})
    run_url = "https://github.com/o/r/actions/runs/5" if event else ""
    assert Context.of(environment=values) == Context(run_url=run_url)
    assert not github.seen


@pytest.mark.parametrize("event", ["", "workflow_dispatch"])
def test_a_number_is_enough(job, github, event):
    made = github.propose("change")
    where = Context.of(made["number"], job(event, {}))
    assert (where.number, where.head, where.branch) == (41, made["head"]["sha"], "change")
    assert where.base == "origin/main"


def test_another_number_than_the_event_s(job, github):
    made = github.propose("change")
    where = Context.of(made["number"], job("pull_request", {"pull_request": PULL}))
    assert (where.number, where.branch) == (41, "change")


def test_a_number_that_does_not_exist(job, github):
    with pytest.raises(MainlineError, match="o/r has no pull request 99") as error:
        Context.of(99, job())
    assert "gh pr list" in str(error.value)


def test_a_refusal_is_not_taken_for_a_missing_number(job, github):
    github.faults.append(Fault(401))
    with pytest.raises(MainlineError, match="the token is wrong"):
        Context.of(41, job())


def test_an_answer_that_describes_no_pull_request(job, github):
    github.propose("change").pop("base")
    with pytest.raises(MainlineError, match=r"pull request 41 cannot be read: KeyError\('base'"):
        Context.of(41, job())


def test_a_number_without_a_login(job):
    with pytest.raises(MainlineError, match="GITHUB_TOKEN is not set"):
        Context.of(41, {"GITHUB_REPOSITORY": "o/r"})


@pytest.mark.parametrize("event", ["pull_request", "merge_group"])
@pytest.mark.parametrize("about", [None, [], {}, {"pull_request": {"number": 3}}])
def test_a_broken_event_is_an_error(job, event, about):
    with pytest.raises(MainlineError, match=f"file of the event {event} cannot be read"):
        Context.of(environment=job(event, about))


@pytest.mark.parametrize("text", [None, "", "{", "\xff"])
def test_an_event_file_that_is_missing_or_no_json(job, tmp_path, text):
    values = job("pull_request", {})
    path = tmp_path / "event.json"
    path.unlink() if text is None else path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MainlineError, match="file of the event pull_request cannot be read"):
        Context.of(environment=values)
    del values["GITHUB_EVENT_PATH"]
    with pytest.raises(MainlineError, match="GITHUB_EVENT_PATH"):
        Context.of(environment=values)
