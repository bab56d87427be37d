"""The pipeline's commit is made once; another commit of the bot, as of a retraining, is none."""

import pytest
import yaml

from mainline.core.errors import MainlineError
from mainline.github.identity import IDENTITY
from mainline.proposal import commit as commits
from repository import commit, repository


@pytest.fixture
def git(tmp_path, monkeypatch):
    monkeypatch.setattr(commits, "generated", lambda _: ["dvc.lock"])
    found = repository(tmp_path)
    (tmp_path / "dvc.lock").write_text("stages: {} # one\n")
    commit(found)
    return found


def test_on_a_retraining_s_commit_the_pipeline_s_follows_and_no_second_one(git):
    git.run(*IDENTITY, "commit", "-q", "--allow-empty", "-m", "Retrain churn on rows up to today")
    (git.root / "dvc.lock").write_text("stages: {} # two\n")
    made = commits.commit(git.root, machine="x86")
    assert made == git.resolve("HEAD")
    assert git.trailer("HEAD", "Trained-on") == "x86"
    assert commits.commit(git.root) is None
    (git.root / "dvc.lock").write_text("stages: {} # three\n")
    with pytest.raises(MainlineError, match="A stage is not reproducible"):
        commits.commit(git.root)
    assert git.resolve("HEAD") == made


def test_what_dvc_keeps_in_a_generated_folder_stays_out_and_what_is_ignored_there_does_not(
    git, monkeypatch
):
    monkeypatch.setattr(commits, "generated", lambda _: ["dvc.lock", "metrics"])
    lock = {"stages": {"mine": {"outs": [{"path": "metrics/large.bin", "md5": 32 * "a"}]}}}
    (git.root / "dvc.lock").write_text(yaml.safe_dump(lock))
    (git.root / "metrics").mkdir()
    (git.root / "metrics/large.bin").write_text("DVC's")
    (git.root / "metrics/evaluation.json").write_text("{}")
    (git.root / ".gitignore").write_text("metrics/*\n")
    made = commits.commit(git.root)
    names = git.run("show", "--format=", "--name-only", made).split()
    assert names == ["dvc.lock", "metrics/evaluation.json"]
