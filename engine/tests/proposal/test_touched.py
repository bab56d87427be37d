"""What counts as touching a model: nothing that decides one may slip past the cheap job."""

import pytest

from mainline.core.errors import MainlineError
from mainline.proposal.touched import touched, untrained
from repository import commit, repository

STAGE = """\
stages:
  train:
    cmd: mainline train
    deps: [src/customer_churn/model, requirements/train.txt]
    outs: [models/trained]
    plots: [{plots/training.csv: {cache: false}}]
  release:
    cmd: mainline release
    outs: [{k8s/overlays/staging/release.yaml: {cache: false, persist: true}}]
"""
FILES = (
    ".dvc/config",
    ".dvcignore",
    "README.md",
    "dvc.lock",
    "k8s/overlays/staging/release.yaml",
    "params.yaml",
    "plots/training.csv",
    "requirements/gpu.txt",
    "requirements/run.txt",
    "requirements/train.txt",
    "engine/src/mainline/gate/decide.py",
    "engine/src/mainline/model/network.py",
    "engine/src/mainline/report/report.py",
)
WORDS = ("README.md", "engine/src/mainline/report/report.py", "engine/src/mainline/gate/decide.py")
MODEL = sorted({"dvc.yaml", *FILES} - set(WORDS))


@pytest.fixture
def git(tmp_path):
    made = repository(tmp_path)
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n" * 20)
    (tmp_path / "dvc.yaml").write_text(STAGE)
    commit(made)
    made.run("switch", "-q", "-c", "proposal")
    return made


@pytest.mark.parametrize("name", MODEL)
def test_a_change_counts(git, name):
    path = git.root / name
    path.write_text(path.read_text() + "# more\n")
    commit(git)
    assert touched(git, "main") == [name]


@pytest.mark.parametrize("name", [name for name in MODEL if name != "dvc.yaml"])
@pytest.mark.parametrize("target", ["elsewhere.txt", None])
def test_taking_away_and_renaming_counts(git, name, target):
    git.run("mv", name, target) if target else git.run("rm", "-q", name)
    commit(git)
    assert touched(git, "main") == [name]


@pytest.mark.parametrize("name", ["other.py", "é.py", "two words.py", 'a"b.py'])
def test_a_new_file_counts_whatever_its_name(git, name):
    git.run("mv", "README.md", f"engine/src/mainline/model/{name}")
    commit(git)
    assert touched(git, "main") == [f"engine/src/mainline/model/{name}"]


def test_a_link_in_a_file_s_place_counts(git):
    path = git.root / "engine/src/mainline/model/network.py"
    path.unlink()
    path.symlink_to("../report/report.py")
    commit(git)
    assert touched(git, "main") == ["engine/src/mainline/model/network.py"]


@pytest.mark.parametrize("name", WORDS)
def test_words_do_not_count(git, name):
    (git.root / name).write_text("other\n")
    commit(git)
    assert touched(git, "main") == []


def test_what_judges_is_named_also_when_nothing_was_trained(git):
    (git.root / "engine/src/mainline/gate/decide.py").write_text("OPEN = True\n")
    commit(git)
    said = untrained(git, "main")
    assert "No model is touched" in said
    assert "changes what judges it, so read its code: src/customer\\_churn/gate" in said
    assert "What changes in the cluster if you merge" in said


def test_a_pipeline_that_is_gone_is_said(git):
    git.run("rm", "-q", "dvc.yaml")
    commit(git)
    with pytest.raises(MainlineError, match=r"dvc\.yaml cannot be read"):
        touched(git, "main")
