"""The pipeline's commit is made once; another commit of the bot, as of a retraining, is none."""

import pytest

from mainline.core.errors import MainlineError
from mainline.github.identity import IDENTITY
from mainline.proposal import commit as commits
from repository import commit, repository


@pytest.fixture
def git(tmp_path, monkeypatch):
    monkeypatch.setattr(commits, "generated", lambda _: ["dvc.lock"])
    found = repository(tmp_path)
    (tmp_path / "dvc.lock").write_text("one\n")
    commit(found)
    return found


def test_on_a_retraining_s_commit_the_pipeline_s_follows_and_no_second_one(git):
    git.run(*IDENTITY, "commit", "-q", "--allow-empty", "-m", "Retrain churn on rows up to today")
    (git.root / "dvc.lock").write_text("two\n")
    made = commits.commit(git.root, machine="x86")
    assert made == git.resolve("HEAD")
    assert git.trailer("HEAD", "Trained-on") == "x86"
    assert commits.commit(git.root) is None
    (git.root / "dvc.lock").write_text("three\n")
    with pytest.raises(MainlineError, match="A stage is not reproducible"):
        commits.commit(git.root)
    assert git.resolve("HEAD") == made
