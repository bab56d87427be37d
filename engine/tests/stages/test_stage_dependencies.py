"""`dvc.yaml` against the code: no stage may depend on less than it imports, nor on more."""

from pathlib import Path

import pytest
import yaml
from import_graph import dependencies

from mainline.core.layout import Layout
from mainline.dvc.repro import GENERATED
from mainline.params.params import Params
from mainline.stages import STAGES

ROOT = Path(__file__).parents[3]
PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
LOCK = "requirements/train.txt"


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
def test_source_dependencies_equal_the_import_graph(stage):
    listed = names(PIPELINE["stages"][stage]["deps"])
    assert {name for name in listed if name.startswith("src/")} == dependencies(stage)
    assert LOCK in listed


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
    assert "params" not in PIPELINE["stages"]["release"]


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
        assert set(about.get("params", [])) <= set(Params.model_fields)


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
