"""What counts as touching a model: nothing that decides one may slip past the cheap job."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from mainline.core.errors import MainlineError
from mainline.lock import closures
from mainline.lock.engine_file import NAME, EngineFile
from mainline.proposal import touched as module
from mainline.proposal.touched import touched, untrained
from mainline.stages import STAGES
from repository import commit, repository

STAGE = """\
stages:
  train:
    cmd: mainline train
    deps: [src/shop/model, requirements/train.txt]
    params: [train, {engine.yaml: [stages.train]}, {more.yaml: [depth]}]
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
    "more.yaml",
    "k8s/overlays/staging/release.yaml",
    "params.yaml",
    "plots/training.csv",
    "requirements/gpu.txt",
    "requirements/run.txt",
    "requirements/train.txt",
    "engine/src/mainline/gate/decide.py",
    "engine/src/mainline/report/report.py",
    "src/shop/model/network.py",
    "src/shop/notes.py",
)
WORDS = (
    "README.md",
    "engine/src/mainline/gate/decide.py",
    "engine/src/mainline/report/report.py",
    "src/shop/notes.py",
)
ENGINE = EngineFile("0.2.0", dict.fromkeys(STAGES, "a" * 64))
MODEL = sorted({"dvc.yaml", *FILES} - set(WORDS))


@pytest.fixture
def git(tmp_path):
    made = repository(tmp_path)
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n" * 20)
    (tmp_path / "dvc.yaml").write_text(STAGE)
    ENGINE.write(tmp_path)
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
    git.run("mv", "README.md", f"src/shop/model/{name}")
    commit(git)
    assert touched(git, "main") == [f"src/shop/model/{name}"]


def test_a_link_in_a_file_s_place_counts(git):
    path = git.root / "src/shop/model/network.py"
    path.unlink()
    path.symlink_to("../notes.py")
    commit(git)
    assert touched(git, "main") == ["src/shop/model/network.py"]


@pytest.mark.parametrize("name", WORDS)
def test_words_do_not_count(git, name):
    (git.root / name).write_text("other\n")
    commit(git)
    assert touched(git, "main") == []


def upgrade(git, version: str, **stages: str) -> list[str]:
    """What is touched when the engine is another."""
    replace(ENGINE, version=version, stages=ENGINE.stages | stages).write(git.root)
    commit(git)
    return touched(git, "main")


def test_an_engine_counts_when_a_stage_runs_on_other_code(git):
    assert upgrade(git, "0.3.0") == []
    assert upgrade(git, "0.3.0", train="b" * 64) == [NAME]
    assert upgrade(git, "0.2.0") == []


def test_an_engine_file_that_goes_or_comes_counts(git):
    git.run("rm", "-q", NAME)
    commit(git)
    assert touched(git, "main") == [NAME]
    git.run("branch", "-f", "main", "HEAD")
    assert touched(git, "main") == []
    ENGINE.write(git.root)
    assert touched(git, "main") == [NAME]


def test_a_damaged_engine_file_is_an_error_here_and_counts_in_the_base(git):
    (git.root / NAME).write_text("stages: {}\n")
    commit(git)
    with pytest.raises(MainlineError, match=r"'stages\.ingest' is no SHA-256"):
        touched(git, "main")
    git.run("branch", "-f", "main", "HEAD")
    ENGINE.write(git.root)
    assert touched(git, "main") == [NAME]


def test_in_the_engine_s_own_repository_its_code_counts_before_it_is_locked(git, monkeypatch):
    monkeypatch.setattr(closures, "ENGINE", git.root.resolve() / "engine/src/mainline")
    changed = replace(ENGINE, stages=ENGINE.stages | {"train": "b" * 64})
    for engine, found in ((ENGINE, []), (changed, [NAME])):
        monkeypatch.setattr(module, "engine", lambda engine=engine: engine)
        assert touched(git, "main") == found


def test_what_judges_is_named_also_when_nothing_was_trained(git):
    (git.root / "engine/src/mainline/gate/decide.py").write_text("OPEN = True\n")
    commit(git)
    said = untrained(git, "main")
    assert "No model is touched" in said
    assert "changes what judges it, so read its code: engine/src/mainline/gate/decide.py" in said
    assert "What changes in the cluster if you merge" in said


def test_a_pipeline_that_is_gone_is_said(git):
    git.run("rm", "-q", "dvc.yaml")
    commit(git)
    with pytest.raises(MainlineError, match=r"dvc\.yaml cannot be read"):
        touched(git, "main")


WITH = "[core]\n    analytics = false\n    remote = storage\n['remote \"storage\"']\n    url = s3://b/p\n"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        pytest.param(WITH, True, id="a remote"),
        pytest.param(WITH.replace("    remote = storage\n", ""), False, id="not the default"),
        pytest.param("[core]\n    analytics = false\n", False, id="none"),
        pytest.param("", False, id="nothing"),
        pytest.param(None, False, id="no file"),
        pytest.param("no settings\n", True, id="DVC will say"),
    ],
)
def test_in_ci_a_model_is_not_trained_that_could_be_kept_nowhere(git, monkeypatch, text, known):
    config = git.root / ".dvc/config"
    config.unlink() if text is None else config.write_text(text)
    commit(git)
    git.run("branch", "-f", "main", "HEAD")
    config.write_text(WITH)  # a proposal's own is not where models are kept
    commit(git)
    monkeypatch.delenv("CI", raising=False)
    module.run(git.root, against="main")
    monkeypatch.setenv("CI", "true")
    missing = pytest.raises(MainlineError, match="no DVC remote is set")
    with nullcontext() if known else missing:
        module.run(git.root, against="main")


def test_words_need_no_remote(git, monkeypatch):
    monkeypatch.setenv("CI", "true")
    (git.root / ".dvc/config").write_text("")
    commit(git)
    git.run("branch", "-f", "main", "HEAD")
    (git.root / "README.md").write_text("other\n")
    commit(git)
    module.run(git.root, against="main")
