"""What a proposal does with branches and pull requests; the stages are made up."""

import pytest

from github_stub import Fault
from mainline.cluster import part
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.git import MAINS
from mainline.github.identity import EMAIL


@pytest.fixture
def made(cluster, monkeypatch):
    """The part has no more to do than to write what its stages would have written."""
    written = {Layout.lock: "schema: '2.0'\nstages: {}\n", Layout.release: "image: new\n"}

    def run(checkout, stages, *, whole=False):
        for path, text in written.items():
            (checkout.root / path).parent.mkdir(parents=True, exist_ok=True)
            (checkout.root / path).write_text(text)
        return ["train"]

    monkeypatch.setattr(part, "run", run)
    return written


def refused(cluster, *arguments, **named) -> str:
    before = {name: cluster.tip(name) for name in cluster.branches()}
    with pytest.raises(MainlineError) as found:
        cluster.propose(*arguments, **named)
    assert {name: cluster.tip(name) for name in cluster.branches()} == before
    assert len(str(found.value).splitlines()) == 1
    return str(found.value)


def test_the_branch_that_was_asked_for(cluster, made):
    first, change = cluster.tip("main"), cluster.push("change", "Second")
    cluster.origin.run("tag", "v1", first)
    for asked, branch, expected in (
        ("main", None, f"train-{change[:12]}"),
        ("v1", "", f"train-{change[:12]}"),
        (change, None, f"train-{change[:12]}"),
        ("HEAD", None, f"train-{change[:12]}"),
        ("change", None, "change"),
        ("main", "mine", "mine"),
    ):
        before = set(cluster.branches())
        cluster.propose(change, asked=asked, branch=branch)
        assert set(cluster.branches()) - before <= {expected}
        assert cluster.origin.resolve(f"refs/heads/{expected}^") == change
        assert cluster.github.pulls[-1]["head"]["ref"] in (expected, "train-" + change[:12])
    assert [pull["head"]["ref"] for pull in cluster.github.pulls] == [
        f"train-{change[:12]}",
        "change",
        "mine",
    ]


def test_a_branch_that_ci_holds_to_a_better_model_is_held_to_it_here(cluster, made):
    change = cluster.push("retrain/july", "July")
    cluster.propose(change, asked="retrain/july")
    cluster.propose(change, asked="main", branch="mine")
    cluster.propose(change, asked="main", branch="retrain/again")
    assert cluster.retrains == [True, False, True]


def test_the_bot_commits_the_generated_files_and_says_where_it_comes_from(cluster, made):
    commit = cluster.push("change", "Another seed")
    cluster.propose("change")
    tip = cluster.tip("change")
    assert cluster.origin.run("log", "-1", "--format=%ce", tip).strip() == EMAIL
    names = cluster.origin.run("show", "--format=", "--name-only", tip).split()
    assert names == list(map(str, made))
    [pull] = cluster.github.pulls
    assert pull["title"] == f"Model of {commit[:12]}: Another seed"
    assert f"commit {commit}" in pull["body"]
    assert "The gate is open: made up." in pull["body"]


def test_a_second_attempt_finds_the_commit_and_the_pull_request(cluster, made):
    commit = cluster.push("change", "Second")
    cluster.propose(commit, asked="change")
    tip = cluster.tip("change")
    cluster.propose(commit, asked="change")
    assert cluster.tip("change") == tip
    assert len(cluster.github.pulls) == 1


def test_a_pull_request_that_a_person_opened_is_left_as_it_is(cluster, made):
    cluster.push("change", "Second")
    cluster.github.propose("change", title="Mine", body="My words")
    cluster.propose("change")
    [pull] = cluster.github.pulls
    assert (pull["title"], pull["body"]) == ("Mine", "My words")


def test_the_lock_of_main_is_nothing_to_propose(cluster, made, capsys):
    for path, text in made.items():
        cluster.author.write(path, text)
    cluster.push("main", "Released")
    cluster.propose("main")
    assert f"nothing to propose: {Layout.lock} is the same as main's" in capsys.readouterr().out
    assert cluster.branches() == ["main"]
    assert cluster.github.pulls == []


def test_a_lock_that_is_committed_already_is_proposed(cluster, made):
    for path, text in made.items():
        cluster.author.write(path, text)
    commit = cluster.push("change", "With its model")
    cluster.propose("change")
    assert cluster.tip("change") == commit
    assert [pull["head"]["ref"] for pull in cluster.github.pulls] == ["change"]


def test_a_newer_commit_on_the_branch_stops_it_before_a_stage_runs(cluster, monkeypatch):
    monkeypatch.setattr(part, "run", lambda *_, **__: pytest.fail("ran"))
    commit = cluster.push("change", "Second")
    newer = cluster.push("change", "Third")
    said = refused(cluster, commit, asked="change")
    assert "the branch change has another newest commit than the one to train" in said
    assert f"Found {newer[:7]} Third, expected {commit[:12]}" in said


def test_a_newer_commit_that_comes_meanwhile_stops_it_too(cluster, made, monkeypatch):
    commit = cluster.push("change", "Second")
    run = part.run

    def slow(*arguments, **named):
        cluster.push("change", "Third")
        return run(*arguments, **named)

    monkeypatch.setattr(part, "run", slow)
    with pytest.raises(MainlineError, match="the branch has a newer commit"):
        cluster.propose(commit, asked="change")
    assert cluster.origin.run("log", "-1", "--format=%s", "change").strip() == "Third"


def test_two_workflows_that_made_different_bytes_do_not_mix(cluster, made):
    commit = cluster.tip("main")
    cluster.propose(commit)
    tip = cluster.tip(f"train-{commit[:12]}")
    made[Layout.release] = "image: of another machine\n"
    assert "the branch has a newer commit" in refused(cluster, commit)
    assert cluster.tip(f"train-{commit[:12]}") == tip


def test_two_that_open_the_pull_request_at_once(cluster, made):
    """GitHub takes the first one and refuses the second."""
    fault = Fault(422, "POST", message="A pull request already exists for o:change.")
    fault.before = lambda: cluster.github.propose("change")
    cluster.github.faults.append(fault)
    cluster.push("change", "Second")
    cluster.propose("change")
    assert len(cluster.github.pulls) == 1


def test_a_closed_gate_pushes_nothing(cluster, made, capsys):
    cluster.open = False
    said = refused(cluster, "main")
    assert said == "The gate is closed: quality. The comment above has the reasons."
    assert "## The gate is closed: quality." in capsys.readouterr().out
    assert set(cluster.github.methods()) == {"GET"}


@pytest.mark.parametrize("branch", ["main", "a b", "-x", "x..y", "refs heads"])
def test_a_branch_that_cannot_be_proposed(cluster, made, branch):
    assert f"the pull request cannot come from '{branch}'" in refused(
        cluster, "main", branch=branch
    )


def test_no_token(cluster, made, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    assert refused(cluster, "main") == "GITHUB_TOKEN is not set; requests to GitHub need it."


def test_a_token_that_may_not_push_stops_it_before_a_stage_runs(cluster, monkeypatch):
    monkeypatch.setattr(part, "run", lambda *_, **__: pytest.fail("ran"))
    monkeypatch.setenv("GITHUB_TOKEN", "another-token")
    assert "git push failed: " in refused(cluster, "main")


def test_a_token_that_ends_meanwhile(cluster, made, monkeypatch):
    run = part.run

    def slow(*arguments, **named):
        monkeypatch.setenv("GITHUB_TOKEN", "another-token")
        return run(*arguments, **named)

    monkeypatch.setattr(part, "run", slow)
    assert "the token has no write permission" in refused(cluster, "main")


def test_a_repository_without_main(cluster, made):
    cluster.push("trunk", "Second")
    cluster.origin.run("update-ref", "-d", MAINS[1])
    assert "has no branch main" in refused(cluster, "trunk")
