"""From a branch to comment, commit and status; DVC, git and the models are real."""

import pytest

from customer_churn.core.errors import UserError
from customer_churn.proposal import propose
from github_stub import Fault
from project import Project

EASY = {"train.seed": 6}


def run(project: Project, **options: bool) -> bool:
    return propose.run(project.root, against=None, **{"post": True, "push": True} | options)


def comment(github) -> str:
    [body] = github.bodies("mainline-proposal")
    return body


@pytest.mark.e2e
def test_a_trained_proposal_is_committed_once_and_told_in_one_comment(remoted, github):
    remoted.set(**EASY)
    parent = remoted.commit("Another seed")
    assert run(remoted)
    assert "The gate is open: the proposal may be merged" in comment(github)
    made = remoted.git("rev-parse", "origin/proposal").strip()
    assert remoted.git("rev-parse", f"{made}^").strip() == parent
    assert "Trained-on: " in remoted.git("log", "-1", "--format=%(trailers)", made)
    assert remoted.git("status", "--porcelain") == ""
    [status] = github.statuses
    assert (status["context"], status["state"], status["sha"]) == ("proposal", "success", made)
    # The bot's commit, proposed again, makes nothing new.
    assert run(remoted)
    assert remoted.git("rev-parse", "HEAD").strip() == made
    assert len(github.statuses) == 1
    comment(github)


def test_a_stage_that_fails_is_named_with_its_last_lines(remoted, github):
    remoted.set(**{"validation.min_rows": 10_000_000})
    head = remoted.commit("Too strict")
    assert not run(remoted)
    said = comment(github)
    assert "stage `validate` failed" in said
    assert "dvc repro validate" in said
    assert "expected at least 10,000,000" in said
    assert remoted.git("rev-parse", "HEAD").strip() == head


def test_documents_train_nothing(remoted, github, monkeypatch):
    monkeypatch.setattr(propose, "train", lambda *_, **__: pytest.fail("trained"))
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    assert run(remoted)
    assert "touches no model" in comment(github)


def test_a_typo_in_params_is_told(remoted, github):
    path = remoted.root / "params.yaml"
    path.write_text(path.read_text().replace("epochs:", "epoch:"))
    remoted.commit("Typo")
    assert not run(remoted)
    assert "did you mean 'train.epochs'" in comment(github)


def test_without_a_remote_nothing_is_trained_and_it_says_what_to_set(remoted, github, monkeypatch):
    monkeypatch.setattr(propose, "train", lambda *_, **__: pytest.fail("trained"))
    remoted.dvc("remote", "remove", "storage")
    remoted.set(**EASY)
    head = remoted.commit("Another seed, no remote")
    assert not run(remoted)
    assert "dvc remote add" in comment(github)
    assert remoted.git("rev-parse", "HEAD").strip() == head


@pytest.mark.parametrize("url", ["/proc/nowhere", "http://127.0.0.1:9/storage"])
def test_a_remote_that_does_not_answer_is_said_before_the_training(
    remoted, github, monkeypatch, url
):
    monkeypatch.setattr(propose, "train", lambda *_, **__: pytest.fail("trained"))
    remoted.dvc("remote", "modify", "storage", "url", url)
    remoted.set(**EASY)
    remoted.commit("Another seed, another remote")
    assert not run(remoted)
    assert "remote 'storage' does not answer" in comment(github)


@pytest.mark.e2e
def test_a_stale_base_is_said(remoted, github):
    remoted.set(**EASY)
    remoted.commit("Another seed")
    remoted.git("switch", "-q", "main")
    (remoted.root / "README.md").write_text("Meanwhile.\n")
    remoted.commit("Meanwhile")
    remoted.git("push", "-q", "origin", "main")
    remoted.git("switch", "-q", "proposal")
    assert run(remoted)
    assert "lacks 1 commits of origin/main" in comment(github)


@pytest.mark.e2e
def test_a_branch_that_moved_on_is_not_overwritten(remoted, github):
    remoted.set(**EASY)
    remoted.commit("Another seed")
    remoted.git("push", "-q", "origin", "HEAD~1:refs/heads/proposal")
    remoted.git("branch", "elsewhere", "HEAD~1")
    remoted.git("switch", "-q", "elsewhere")
    newer = remoted.commit("Newer")
    remoted.git("push", "-q", "origin", "elsewhere:proposal")
    remoted.git("switch", "-q", "proposal")
    assert not run(remoted)
    assert "newer commit" in comment(github)
    assert remoted.git("ls-remote", "origin", "refs/heads/proposal").split()[0] == newer


@pytest.mark.e2e
def test_a_laptop_neither_posts_nor_pushes(remoted, github):
    remoted.set(**EASY)
    head = remoted.commit("Another seed")
    assert run(remoted, post=False, push=False)
    assert github.seen == []
    assert remoted.git("rev-parse", "HEAD").strip() == head


def test_a_comment_that_cannot_be_posted_is_an_error(remoted, github):
    github.faults = [Fault(403, "POST", message="Resource not accessible by integration")]
    with pytest.raises(UserError, match="read-only"):
        run(remoted)


def test_a_forks_proposal_is_refused(remoted, github, event):
    fork = {"sha": "", "ref": "proposal", "repo": {"full_name": "ada/r"}}
    base = {"ref": "main", "repo": {"full_name": "o/r"}}
    event("pull_request", {"pull_request": {"number": 7, "head": fork, "base": base}})
    with pytest.raises(UserError, match="fork"):
        run(remoted)
    assert github.seen == []


@pytest.mark.e2e
def test_a_merge_group_that_makes_another_model_is_closed(remoted, github, event, capsys):
    base = remoted.git("rev-parse", "HEAD").strip()
    remoted.set(**EASY)
    head = remoted.commit("Merged")
    event("merge_group", {"merge_group": {"head_sha": head, "base_sha": base}})
    assert not run(remoted, post=True, push=False)
    assert "another model than the one that was reviewed" in capsys.readouterr().out
    assert github.seen == []
