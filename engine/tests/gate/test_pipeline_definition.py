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
    for path in (Layout.pipeline, Layout.lock, ENGINE):
        shutil.copy2(candidates("champion").root / path, tmp_path / path)
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
    path.write_text(path.read_text().replace("stages:", "@pytest.mark.parametrize("name", ["dvc.yaml", ".dvc/config"])
def test_what_judges_may_change_but_is_named(settings, name):
    git = Git(settings.root)
    assert judges.changed(git, "main") == judges.changed(git, None) == []
    path = settings.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n")
    [note] = judges.changed(git, "main")
    assert "what judges it" in note
    assert name in note
