"""Ways to make `dvc status` look elsewhere."""

import pytest
import yaml

from customer_churn.core import paths


def rewrite(path, change):
    value = yaml.safe_load(path.read_text())
    change(value)
    path.write_text(yaml.safe_dump(value, sort_keys=False))


CHANGES = {
    "has no stage 'ingest'": (paths.PIPELINE, lambda v: v.update(stages={})),
    "has no stage 'train'": (paths.PIPELINE, lambda v: v["stages"].pop("train")),
    "'train' is frozen": (paths.PIPELINE, lambda v: v["stages"]["train"].update(frozen=True)),
    "'evaluate' is always_changed": (
        paths.PIPELINE,
        lambda v: v["stages"]["evaluate"].update(always_changed=True, deps=[]),
    ),
    "dvc.lock names no dist/model": (
        paths.PIPELINE,
        lambda v: v["stages"]["package"]["outs"].remove("dist/model"),
    ),
}


@pytest.mark.parametrize("why", CHANGES)
def test_a_pipeline_that_vouches_for_less_closes(project, judge, rule, why):
    path, change = CHANGES[why]
    rewrite(project.root / path, change)
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert why in rule(verdict, "pipeline").why


def test_a_stage_without_a_lock_closes(project, judge, rule):
    rewrite(project.root / paths.LOCK, lambda v: v["stages"].pop("release"))
    verdict = judge(project)
    assert not verdict.open
    assert "no stage 'release'" in rule(verdict, "pipeline").why


def test_a_lock_with_conflict_markers_closes_with_a_reason(project, judge, rule):
    path = project.root / paths.LOCK
    path.write_text(path.read_text().replace("stages:", "<<<<<<< HEAD\nstages:", 1))
    verdict = judge(project)
    assert not verdict.open
    assert "dvc.lock" in verdict.rules[0].why


@pytest.mark.parametrize("name", ["dvc.yaml", "src/customer_churn/gate/decide.py"])
def test_what_judges_may_change_but_is_named(project, judge, name):
    path = project.root / name
    path.write_text(path.read_text() + "\n")
    [note] = [note for note in judge(project).notes if "what judges it" in note]
    assert name.removesuffix("/decide.py") in note


def test_an_output_that_nobody_would_commit_closes(project, judge, rule):
    def own_stage(pipeline):
        out = {"notes/own.json": {"cache": False}}
        pipeline["stages"]["own"] = {"cmd": "true", "deps": ["params.yaml"], "metrics": [out]}

    (project.root / "notes").mkdir()
    (project.root / "notes/own.json").write_text("{}")
    rewrite(project.root / paths.PIPELINE, own_stage)
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert "notes/own.json is not cached" in rule(verdict, "pipeline").why
