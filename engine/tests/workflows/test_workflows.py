"""What our workflows do, read from the files. `mainline check` holds the rules for any workflow."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


def jobs():
    return [
        pytest.param(path.name, name, job, id=f"{path.stem}-{name}")
        for path in FILES
        for name, job in read(path)["jobs"].items()
        if "steps" in job
    ]


@pytest.mark.parametrize(("file", "name", "job"), jobs())
def test_signing_and_asking_for_signatures_hang_on_one_condition(file, name, job):
    """Were images signed where nobody asks, or asked for where nobody signs, nothing would ship."""
    wanted = (
        "(!github.event.repository.private || vars.SIGN == 'true')"  # 'false' is text, and true
    )
    steps = [step for step in job["steps"] if "cosign" in step.get("uses", "")]
    steps += [step for step in job["steps"] if "mainline sign" in step.get("run", "")]
    for step in steps:
        assert wanted in step["if"]
    for step in job["steps"]:
        if "promote --dispatched" in step.get("run", ""):
            assert step["env"]["SIGNED"] == f"${{{{ {wanted} && '--signed' || '' }}}}"
            assert steps


def test_what_production_has_run_for_long_holds_up_no_signature():
    """Newer code may package it otherwise; and what is signed is what was rebuilt."""
    steps = read(ROOT / ".github/workflows/release.yml")["jobs"]["release"]["steps"]
    lines = [step.get("run", "") for step in steps]
    own, signed, other = (
        next(at for at, line in enumerate(lines) if line.endswith(end))
        for end in ("verify staging --at HEAD", "sign staging", "verify production --at HEAD")
    )
    assert own < signed < other
    assert steps[own]["if"] == "steps.new.outputs.staging"
    assert steps[other]["if"] == "steps.new.outputs.production"
    assert sum("verify" in line for line in lines) == 2


def test_provenance_that_a_plan_does_not_have_holds_up_private_repositories_only():
    steps = read(ROOT / ".github/workflows/release.yml")["jobs"]["release"]["steps"]
    [found] = [step for step in steps if step.get("uses", "").startswith("actions/attest@")]
    assert found["continue-on-error"] == "${{ github.event.repository.private }}"


@pytest.mark.parametrize(("file", "name", "job"), jobs())
def test_the_job_s_own_token_is_a_password_for_github_s_registry_only(file, name, job):
    for step in job["steps"]:
        password = step.get("env", {}).get("REGISTRY_PASSWORD", "")
        if "github.token" in password:
            ours = "(vars.REGISTRY || 'ghcr.io') == 'ghcr.io' && github.token"
            assert password == f"${{{{ secrets.REGISTRY_PASSWORD || {ours} || '' }}}}"


def test_a_word_that_waits_is_not_dropped_before_it_is_on_record():
    """Of the runs that wait in a group GitHub keeps one."""
    workflow = read(ROOT / ".github/workflows/promote.yml")
    assert "concurrency" not in workflow
    held = {name for name, job in workflow["jobs"].items() if "concurrency" in job}
    assert held == {"promote"}


def test_a_proposal_to_another_base_gets_no_check_that_would_stand_for_main():
    assert read(ROOT / ".github/workflows/propose.yml")[True]["pull_request"] == {
        "branches": ["main"]
    }


def test_every_commit_of_main_and_of_a_pull_request_is_checked():
    propose = read(ROOT / ".github/workflows/propose.yml")
    assert {"pull_request", "merge_group"} < propose[True].keys()
    for name in ("ci", "engine"):
        workflow = read(ROOT / f".github/workflows/{name}.yml")
        assert workflow[True] == {"push": {"branches": ["main"]}, "workflow_call": None}
        assert "concurrency" not in workflow  # every commit of main ends its run
        assert propose["jobs"][name]["uses"] == f"./.github/workflows/{name}.yml"
        assert "if" not in propose["jobs"][name]  # for forks, too


def test_a_newer_commit_of_a_pull_request_ends_the_run_of_an_older_one():
    held = read(ROOT / ".github/workflows/propose.yml")["concurrency"]
    one = "github.event.pull_request.number || inputs.number || github.sha"
    assert held == {"group": f"propose-${{{{ {one} }}}}", "cancel-in-progress": True}


def test_the_two_workflows_together_are_the_local_command():
    """One runs what a project has, the other what the engine has."""
    ours, engine = (
        read(ROOT / f".github/workflows/{name}.yml")["jobs"]["make"] for name in ("ci", "engine")
    )
    local = (ROOT / ".ci/run").read_text()
    assert f"for target in {' '.join(engine['strategy']['matrix']['target'])}; do" in local
    assert engine["env"]["COVERAGE"]  # a person who waits goes without
    assert engine["steps"][-1]["run"] == 'make "engine-$TARGET"'
    assert set(ours["strategy"]["matrix"]["target"]) < set(engine["strategy"]["matrix"]["target"])
    assert ours["env"]["ONLY_PROJECT"]
    assert ours["steps"][-1]["run"] == 'make "$TARGET"'


def test_slow_tests_run_at_least_weekly_and_a_failure_shows():
    workflow = read(ROOT / ".github/workflows/nightly.yml")
    minute, hour, day_of_month, month, _ = workflow[True]["schedule"][0]["cron"].split()
    assert minute.isdigit() and hour.isdigit() and (day_of_month, month) == ("*", "*")
    assert "continue-on-error" not in json.dumps(workflow)
    assert (
        workflow["jobs"]["nightly"]["steps"][-1]["run"]
        == "make --keep-going engine-test engine-nightly"
    )


@pytest.mark.parametrize(("file", "name", "job"), jobs())
def test_an_artifact_may_be_there_from_an_earlier_attempt(file, name, job):
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/upload-artifact@"):
            assert step["with"]["overwrite"] is True


@pytest.mark.parametrize(("there", "locks"), [(True, "train run gpu"), (False, "train run")])
def test_the_machine_and_not_its_label_decides_which_tensorflow_it_gets(tmp_path, there, locks):
    job = read(ROOT / ".github/workflows/propose.yml")["jobs"]["train"]
    assert "GPU" not in job["env"]
    [line] = [s["run"] for s in job["steps"] if s.get("run", "").startswith("make setup")]
    (tmp_path / "requirements").mkdir()
    shutil.copy2(ROOT / "requirements/engine.txt", tmp_path / "requirements")
    for name in ("bash", "grep", "make"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    if there:
        (tmp_path / "nvidia-smi").write_text("#!/bin/sh\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
    (tmp_path / "Makefile").write_text(
        (ROOT / "Makefile").read_text() + "\nlock-name: ; $(info $(LOCKS))\n"
    )
    done = subprocess.run(
        ["bash", "-e", "-c", line.replace("make setup", "make lock-name")],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    wanted = [f"requirements/{name}.txt" for name in locks.split()]
    assert done.stdout.splitlines()[0].split() == wanted
