"""From a branch to comment, commit and status; DVC, git and the models are real."""

import json
import os
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.proposal import propose
from project import Project

EASY = {"train.seed": 42}


def run(project: Project, **options: bool) -> bool:
    return propose.run(project.root, against=None, **{"post": True, "push": True} | options)


@pytest.mark.e2e
def test_a_trained_proposal_is_committed_once_and_told_in_one_comment(
    remoted, github, registry, comment
):
    remoted.set(**EASY)
    parent = remoted.commit("Another seed")
    assert run(remoted)
    assert "## ✅ The gate is open: " in comment()
    made = remoted.git("rev-parse", "origin/proposal").strip()
    assert remoted.git("rev-parse", f"{made}^").strip() == parent
    assert "Trained-on: " in remoted.git("log", "-1", "--format=%(trailers)", made)
    assert remoted.git("status", "--porcelain") == ""
    [status] = github.statuses
    assert (status["context"], status["state"], status["sha"]) == ("proposal", "success", made)
    assert (
        f"trained here. The result is commit {made[:12]} on this branch: run `git pull`"
        in comment()
    )
    # The bot's commit, proposed again, makes nothing new.
    assert run(remoted)
    assert remoted.git("rev-parse", "HEAD").strip() == made
    assert len(github.statuses) == 1
    assert "trained here" not in comment()
    [pushed] = registry.manifests
    assert pushed in remoted.git("show", "HEAD:k8s/overlays/staging/release.yaml")


def test_a_stage_that_fails_is_named_with_its_last_lines(remoted, comment):
    remoted.set(**{"validation.min_rows": 10_000_000})
    head = remoted.commit("Too strict")
    assert not run(remoted)
    said = comment()
    assert "stage `validate` failed" in said
    assert "dvc repro validate" in said
    assert "expected at least 10,000,000" in said
    assert remoted.git("rev-parse", "HEAD").strip() == head


def test_documents_train_nothing(remoted, comment, untrained):
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    assert run(remoted)
    assert "No model is touched" in comment()


def test_a_typo_in_params_is_told(remoted, comment, untrained):
    path = remoted.root / "params.yaml"
    path.write_text(path.read_text().replace("epochs:", "epoch:"))
    remoted.commit("Typo")
    assert not run(remoted)
    assert "did you mean 'train.epochs'" in comment()


def test_without_a_remote_nothing_is_trained_and_it_says_what_to_set(remoted, comment, untrained):
    remoted.dvc("remote", "remove", "storage")
    remoted.set(**EASY)
    head = remoted.commit("Another seed, no remote")
    assert not run(remoted)
    assert "dvc remote add" in comment()
    assert remoted.git("rev-parse", "HEAD").strip() == head


def test_a_stale_base_is_said(seeded, comment, judged):
    remoted = seeded
    remoted.git("switch", "-q", "main")
    (remoted.root / "README.md").write_text("Meanwhile.\n")
    remoted.commit("Meanwhile")
    remoted.git("push", "-q", "origin", "main")
    remoted.git("switch", "-q", "proposal")
    assert run(remoted)
    assert "is 1 commit behind origin/main" in comment()


@pytest.mark.parametrize(("branch", "better"), [("retrain/july", True), ("july", False)])
def test_the_pull_request_s_branch_may_ask_for_a_better_model(
    seeded, judged, event, monkeypatch, branch, better
):
    """CI checks out a commit, without a branch."""
    about = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    about["pull_request"]["head"]["ref"] = branch
    event("pull_request", about)
    seeded.git("switch", "-q", "--detach")
    asked, judge = [], propose.judge

    def noted(root, *, retrain, **_):
        asked.append(retrain)
        return judge(root)

    monkeypatch.setattr(propose, "judge", noted)
    propose.run(seeded.root, against=None, post=False, push=False)
    assert asked == [better]


def test_a_branch_that_moved_on_is_not_overwritten(seeded, comment, judged):
    remoted = seeded
    remoted.git("push", "-q", "origin", "HEAD~1:refs/heads/proposal")
    remoted.git("branch", "elsewhere", "HEAD~1")
    remoted.git("switch", "-q", "elsewhere")
    newer = remoted.commit("Newer")
    remoted.git("push", "-q", "origin", "elsewhere:proposal")
    remoted.git("switch", "-q", "proposal")
    assert not run(remoted)
    assert "newer commit" in comment()
    assert remoted.git("ls-remote", "origin", "refs/heads/proposal").split()[0] == newer


def test_a_laptop_neither_posts_nor_pushes(seeded, github, registry, brief):
    head = seeded.git("rev-parse", "HEAD").strip()
    assert run(seeded, post=False, push=False)
    assert github.seen == registry.seen == []
    assert seeded.git("rev-parse", "HEAD").strip() == head


def test_a_forks_proposal_is_refused(remoted, github, event):
    fork = {"sha": "", "ref": "proposal", "repo": {"full_name": "ada/r"}}
    base = {"ref": "main", "repo": {"full_name": "o/r"}}
    event("pull_request", {"pull_request": {"number": 7, "head": fork, "base": base}})
    with pytest.raises(MainlineError, match="fork"):
        run(remoted)
    assert github.seen == []


def test_a_merge_group_that_makes_another_model_is_closed(seeded, github, event, capsys):
    head, base = seeded.git("rev-parse", "HEAD", "HEAD~1").split()
    event("merge_group", {"merge_group": {"head_sha": head, "base_sha": base}})
    assert not run(seeded, post=True, push=False)
    assert "another model than the reviewed one" in capsys.readouterr().out
    assert github.seen == []
