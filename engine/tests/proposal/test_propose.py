"""What `propose` does on a laptop; DVC, git and the models are real."""

import pytest

from mainline.core.layout import Layout
from mainline.proposal import propose

pytestmark = pytest.mark.e2e


def test_it_is_trained_and_judged_here_and_nothing_leaves(seeded, github, brief, capsys, comment):
    head = seeded.git("rev-parse", "HEAD").strip()
    origin = seeded.git("ls-remote", "origin")
    assert propose.run(seeded.root, against=None)
    assert "## ✅ The gate is open: " in comment()
    assert comment() in capsys.readouterr().out
    assert github.seen == []
    assert seeded.git("rev-parse", "HEAD").strip() == head
    assert seeded.git("ls-remote", "origin") == origin


def test_a_stage_that_fails_is_named_with_its_last_lines(remoted, comment):
    remoted.set(**{"validation.min_rows": 10_000_000})
    remoted.commit("Too strict")
    assert not propose.run(remoted.root, against=None)
    said = comment()
    assert "stage `validate` failed" in said
    assert "dvc repro validate" in said
    assert "expected at least 10,000,000" in said


def test_documents_train_nothing(remoted, untrained, capsys):
    (remoted.root / "README.md").write_text("More words.\n")
    remoted.commit("Words")
    assert propose.run(remoted.root, against=None)
    assert "## ✅ No model is touched" in capsys.readouterr().out


def test_a_typo_in_params_is_told(remoted, comment, untrained):
    path = Layout(remoted.root).params
    path.write_text(path.read_text().replace("epochs:", "epoch:"))
    remoted.commit("Typo")
    assert not propose.run(remoted.root, against=None)
    assert "did you mean 'train.epochs'" in comment()


def test_a_stale_base_is_said(seeded, comment, judged):
    seeded.git("switch", "-q", "main")
    (seeded.root / "README.md").write_text("Meanwhile.\n")
    seeded.commit("Meanwhile")
    seeded.git("push", "-q", "origin", "main")
    seeded.git("switch", "-q", "proposal")
    assert propose.run(seeded.root, against=None)
    assert "is 1 commit behind origin/main" in comment()


@pytest.mark.parametrize(("branch", "better"), [("retrain/july", True), ("july", False)])
def test_the_pull_request_s_branch_may_ask_for_a_better_model(
    seeded, judged, github, monkeypatch, branch, better
):
    """A commit is checked out, without a branch."""
    number = github.propose(branch)["number"]
    seeded.git("switch", "-q", "--detach")
    asked, judge = [], propose.judge

    def noted(root, *, retrain, **_):
        asked.append(retrain)
        return judge(root)

    monkeypatch.setattr(propose, "judge", noted)
    propose.run(seeded.root, against=None, pr=number)
    assert asked == [better]
