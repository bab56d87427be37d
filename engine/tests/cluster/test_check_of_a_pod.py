"""The first pod of a training: what is wrong with its parameters or its token is found there."""

import pytest

from github_stub import Fault
from mainline.cli import main as cli
from mainline.core.errors import MainlineError


def refused(cluster, *arguments) -> str:
    """The message. Nothing is pushed, nothing is written to GitHub."""
    before = {name: cluster.tip(name) for name in cluster.branches()}
    with pytest.raises(MainlineError) as found:
        cluster.check(*arguments)
    assert {name: cluster.tip(name) for name in cluster.branches()} == before
    assert {"POST", "PATCH"}.isdisjoint(cluster.github.methods())
    assert len(str(found.value).splitlines()) == 1
    return str(found.value)


def test_the_commit_is_handed_on_and_nothing_is_pushed(cluster, capsys):
    commit = cluster.push("change", "Second")
    for asked, branch, expected in (
        ("change", "", "change"),
        ("main", "", f"train-{cluster.tip('main')[:12]}"),
        (commit, "mine", "mine"),
    ):
        assert cluster.check(asked, branch) == (cluster.tip(asked) or commit)
        assert f"check     the pull request will come from {expected}" in capsys.readouterr().out
    assert cluster.branches() == ["change", "main"]
    assert set(cluster.github.methods()) == {"GET"}


@pytest.mark.parametrize("branch", ["main", "a b", "-x", "x..y"])
def test_a_branch_that_cannot_be_proposed(cluster, branch):
    assert f"the pull request cannot come from '{branch}'" in refused(cluster, "main", branch)


def test_a_branch_with_another_newest_commit(cluster):
    commit = cluster.tip("main")
    cluster.push("mine", "Second")
    said = refused(cluster, "main", "mine")
    assert "the branch mine has another newest commit than the one to train" in said
    assert f"expected {commit[:12]}" in said
    assert (cluster.home / "commit").read_text() == commit  # for the report


def test_an_unresolved_merge(cluster):
    cluster.author.write("params.yaml", "<<<<<<< ours\ntrain: {}\n")
    cluster.push("change")
    assert "params.yaml, line 1: a merge was committed" in refused(cluster, "change")


def test_no_token(cluster, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    assert refused(cluster, "main") == "GITHUB_TOKEN is not set; requests to GitHub need it."


def test_a_token_that_may_not_push(cluster, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "another-token")
    assert "git push failed: " in refused(cluster, "main")
    assert "the Secret that GITHUB_TOKEN comes from" in refused(cluster, "main")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_not_see_pull_requests(cluster, status):
    cluster.github.faults.append(Fault(status, "GET", message="Not accessible"))
    assert f"pulls: {status}, " in refused(cluster, "main")


def test_the_token_goes_to_the_api_of_the_repository_s_server(cluster, monkeypatch):
    """Here that server knows git alone."""
    monkeypatch.setenv("GITHUB_API_URL", "")
    monkeypatch.delenv("GITHUB_API_URL")
    assert "GET pulls: 404" in refused(cluster, "main")


def test_the_command(cluster, monkeypatch, capsys):
    monkeypatch.chdir(cluster.pod())
    options = ["--branch=main", f"--commit-file={cluster.home / 'commit'}"]
    assert cli.main(["task", "check", "--revision=main", *options]) == 1
    assert "task check: --branch: the pull request cannot come" in capsys.readouterr().err
