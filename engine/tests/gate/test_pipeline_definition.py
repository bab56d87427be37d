"""Ways to make `dvc status` look elsewhere, and what it says itself."""

import re
import shutil
from types import SimpleNamespace

import pytest
import yaml
from judging import CLEAN

from mainline.core.layout import Layout
from mainline.gate import judges, pipeline
from mainline.gate.integrity import attempt
from mainline.git import Git
from mainline.lock.engine_file import NAME as ENGINE


@pytest.fixture
def lock(candidates, tmp_path):
    """A root with the files that define the pipeline."""
    made = candidates("champion").root
    for path in (Layout.pipeline, Layout.lock, Layout.params, Layout.pyproject, ENGINE):
        shutil.copy2(made / path, tmp_path / path)
    shutil.copytree(made / "src", tmp_path / "src")
    assert pipeline.rule(tmp_path, CLEAN).outcome == "pass"
    return tmp_path


def rewrite(path, change):
    value = yaml.load(path.read_text(), yaml.CSafeLoader)
    change(value["stages"])
    path.write_text(yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False))


def without_model(stages):
    for out in list(stages["package"]["outs"]):
        if "dist/model" in (out, out.get("path") if isinstance(out, dict) else ""):
            stages["package"]["outs"].remove(out)


def own_output(stages):
    out = {"notes/own.json": {"cache": False}}
    stages["own"] = {"cmd": "true", "deps": ["params.yaml"], "metrics": [out]}


def beside_metrics(stages):
    """A name that begins like the folder of metrics, which the bot commits."""
    stages["own"] = {"cmd": "true", "metrics": [{"metrics_x.json": {"cache": False}}]}


BOTH = (Layout.pipeline, Layout.lock)
CHANGES = {
    "dvc.yaml has no stage 'ingest'": (BOTH, lambda stages: stages.clear()),
    "dvc.yaml has no stage 'train'": (BOTH, lambda stages: stages.pop("train")),
    "'train' is frozen": (BOTH[:1], lambda stages: stages["train"].update(frozen=True)),
    "'evaluate' is always_changed": (
        BOTH[:1],
        lambda stages: stages["evaluate"].update(always_changed=True, deps=[]),
    ),
    "dvc.lock names no dist/model": (BOTH, without_model),
    "dvc.lock has no stage 'release'": (BOTH[1:], lambda stages: stages.pop("release")),
    "notes/own.json is not cached": (BOTH[:1], own_output),
    "metrics_x.json is not cached": (BOTH[:1], beside_metrics),
    "stage 'train' lack `engine.yaml: [stages.train]`": (
        BOTH[:1],
        lambda stages: stages["train"].update(params=["train", {ENGINE: ["stages.split"]}]),
    ),
}


@pytest.mark.parametrize("why", CHANGES)
def test_a_pipeline_that_vouches_for_less_closes(lock, why):
    files, change = CHANGES[why]
    for path in files:
        rewrite(lock / path, change)
    found = pipeline.rule(lock, CLEAN)
    assert found.outcome == "fail"
    assert why in found.why


def test_a_lock_with_conflict_markers_closes_with_a_reason(lock):
    path = Layout(lock).lock
    path.write_text(path.read_text().replace("stages:", "<<<<<<< HEAD\nstages:", 1))
    found = attempt("pipeline", lambda: pipeline.rule(lock, CLEAN))
    assert found.outcome == "fail"
    assert "dvc.lock" in found.why
    path.unlink()
    found = attempt("pipeline", lambda: pipeline.rule(lock, CLEAN))
    assert "dvc.lock cannot be read" in found.why


def test_an_engine_that_its_file_does_not_name_closes(lock):
    path = lock / ENGINE
    path.write_text(re.sub("(train: ).{64}", rf"\g<1>{'f' * 64}", path.read_text()))
    found = pipeline.rule(lock, CLEAN)
    assert found.outcome == "fail"
    assert "another engine runs than the one it names for stage 'train'" in found.why
    path.unlink()
    assert "engine.yaml: does not exist" in pipeline.rule(lock, CLEAN).why


def says(said, code=0):
    return SimpleNamespace(communicate=lambda: (said, "it broke"), returncode=code)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (says('{"train": []}'), "out of date for train"),
        (says("{}", 1), "`dvc status` failed: it broke"),
        (says("no JSON"), "`dvc status` failed: it broke"),
    ],
)
def test_what_dvc_says_closes(lock, status, why):
    found = pipeline.rule(lock, status)
    assert found.outcome == "fail"
    assert why in found.why


def test_dvc_says_which_stages_would_run_again(project):
    project.set(**{"train.epochs": 7})
    with pipeline.started_status(project.root) as status:
        assert pipeline.outdated(status) == ["train"]


def test_status_does_not_outlive_a_gate_that_breaks_off(tmp_path):
    started = pipeline.started_status(tmp_path)
    with pytest.raises(KeyboardInterrupt), started as running:
        assert running.poll() is None
        raise KeyboardInterrupt
    assert running.poll() is not None


@pytest.mark.parametrize(
    "name",
    [
        ".dvc/config",
        ".dvcignore",
        ".github/CODEOWNERS",
        ".github/workflows/propose.yml",
        "Makefile",
        "dvc.yaml",
        "engine.yaml",
        "engine/src/mainline/gate/decide.py",
        "engine/pyproject.toml",
        "pyproject.toml",
        "requirements/run.txt",
        "src/small/__init__.py",
        "src/small/checks.py",
        "src/small/helper.py",
        "src/small/metrics.py",
        "src/small/simulator.py",
        "tests/test_network.py",
        "vendor/engine.whl",
    ],
)
def test_what_judges_may_change_but_is_named(settings, name):
    git = Git(settings.root)
    assert judges.changed(git, "main") == judges.changed(git, None) == []
    path = settings.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n")
    [note] = judges.changed(git, "main")
    assert "what judges it" in note
    assert name in note


@pytest.mark.parametrize(
    "name", ["src/small/features.py", "src/small/network.py", "src_x/a.py", "requirements.txt"]
)
def test_what_is_judged_does_not_judge(settings, name):
    path = settings.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n")
    assert judges.changed(Git(settings.root), "main") == []


def test_a_dep_that_was_taken_away_closes(lock):
    path = lock / Layout.pipeline
    path.write_text(path.read_text().replace("      - src/small/network.py\n", "", 1))
    found = pipeline.rule(lock, CLEAN)
    assert found.outcome == "fail"
    assert "src/small/network.py" in found.why


def test_another_version_of_the_engine_closes(lock):
    path = lock / ENGINE
    path.write_text(path.read_text().replace("version: ", "version: 9."))
    found = pipeline.rule(lock, CLEAN)
    assert found.outcome == "fail"
    assert "another engine runs than the one it names" in found.why
