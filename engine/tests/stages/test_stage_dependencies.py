"""`dvc.yaml` of a project: what each stage depends on, no less and no more."""

from pathlib import Path

import pytest
import yaml

from mainline.core.layout import Layout
from mainline.dvc.repro import GENERATED
from mainline.lock.engine_file import NAME as ENGINE
from mainline.params.params import Params
from mainline.stages import STAGES

SMALL = Path(__file__).parents[1] / "small"
ROOT = SMALL if SMALL.is_dir() else Path(__file__).parents[3]
PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
LOCK = "requirements/train.txt"
# Modules of the project's package that a stage imports, beside `__init__`.
EXTENSIONS = {
    "ingest": {"simulator"},
    "validate": {"checks"},
    "split": set(),
    "train": {"features", "network"},
    "evaluate": {"features", "metrics", "network"},
    "package": {"features", "network"},
    "release": set(),
}


def names(listed: list) -> set[str]:
    return {name for entry in listed for name in (entry if isinstance(entry, dict) else [entry])}


def outputs(stage: str) -> set[str]:
    about = PIPELINE["stages"][stage]
    return {name for kind in ("outs", "metrics", "plots") for name in names(about.get(kind, []))}


def test_the_stages_are_the_commands_in_their_order():
    assert list(PIPELINE["stages"]) == list(STAGES)
    for name, about in PIPELINE["stages"].items():
        assert about["cmd"].split()[1:] == [name]


@pytest.mark.parametrize("stage", STAGES)
def test_the_engine_is_named_by_its_hash_alone(stage):
    about = PIPELINE["stages"][stage]
    files = [entry for entry in about["params"] if isinstance(entry, dict)]
    assert files == [{ENGINE: [f"stages.{stage}"]}]
    assert not [name for name in names(about["deps"]) if name.startswith(("engine", "vendor"))]
    assert LOCK in names(about["deps"])


@pytest.mark.parametrize("stage", STAGES)
def test_the_project_s_modules_are_dependencies(stage):
    listed = names(PIPELINE["stages"][stage]["deps"])
    wanted = EXTENSIONS[stage] | ({"__init__"} if EXTENSIONS[stage] else set())
    assert {Path(name).stem for name in listed if name.startswith("src/")} == wanted


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_is_frozen_or_always_changed(stage):
    about = PIPELINE["stages"][stage]
    assert not about.get("frozen")
    assert not about.get("always_changed")


@pytest.mark.parametrize("stage", STAGES)
def test_other_dependencies_are_outputs_of_earlier_stages(stage):
    order = list(STAGES)
    made = {name for earlier in order[: order.index(stage)] for name in outputs(earlier)}
    listed = names(PIPELINE["stages"][stage]["deps"])
    taken = {str(Layout.manifest)} if stage == "ingest" else set()
    others = {name for name in listed if not name.startswith(("src/", "requirements/"))}
    assert others <= made | taken


def test_release_depends_on_the_descriptor_alone():
    listed = names(PIPELINE["stages"]["release"]["deps"])
    assert {name for name in listed if not name.startswith("src/")} == {
        LOCK,
        str(Layout.descriptor),
    }


def test_the_release_file_is_kept_in_git_and_never_removed_before_its_stage_runs():
    (out,) = PIPELINE["stages"]["release"]["outs"]
    assert out == {str(Layout.release): {"cache": False, "persist": True}}


def test_every_stage_but_the_last_may_be_taken_from_the_run_cache():
    """DVC keeps no run of a stage that has an uncached output beside metrics and plots."""
    for name, about in PIPELINE["stages"].items():
        uncached = [entry for entry in about.get("outs", []) if isinstance(entry, dict)]
        assert bool(uncached) == (name == "release")


def test_every_section_that_a_stage_reads_is_a_section_of_params():
    for about in PIPELINE["stages"].values():
        sections = {entry for entry in about["params"] if isinstance(entry, str)}
        assert sections <= set(Params.model_fields)


def test_what_git_keeps_is_what_the_loop_calls_generated():
    uncached = {
        name
        for about in PIPELINE["stages"].values()
        for kind in ("outs", "metrics", "plots")
        for entry in about.get(kind, [])
        if isinstance(entry, dict)
        for name in entry
    }
    assert all(name.startswith(GENERATED) for name in uncached)
