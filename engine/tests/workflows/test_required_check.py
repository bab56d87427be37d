"""The required check `proposal`: its script out of the workflow, for every end of every job."""

import itertools
import subprocess
from pathlib import Path

import pytest
import yaml

WORKFLOW = Path(__file__).parents[3] / ".github/workflows/propose.yml"
JOBS = yaml.safe_load(WORKFLOW.read_text())["jobs"]
RESULTS = ("success", "failure", "cancelled", "skipped", "")
MODEL = ("true", "false", "", "yes")
GREEN = {
    ("success", "skipped", "", "skipped"): "a fork that touches no model",
    ("skipped", "success", "false", "skipped"): "ours, and no model is touched",
    ("skipped", "success", "true", "success"): "ours, trained, and the gate is open",
}


def test_it_hears_of_every_job_that_could_have_run():
    job = JOBS["proposal"]
    assert job["if"] == "always()"  # a check that is skipped counts as passed
    assert job["needs"] == ["fork", "scope", "train"]
    [step] = job["steps"]
    assert step["env"] == {
        "FORK": "${{ needs.fork.result }}",
        "SCOPE": "${{ needs.scope.result }}",
        "MODEL": "${{ needs.scope.result == 'success' && needs.scope.outputs.model || '' }}",
        "TRAIN": "${{ needs.train.result }}",
    }


@pytest.mark.parametrize("fork", RESULTS)
def test_green_for_three_combinations_and_red_for_all_others(fork):
    [step] = JOBS["proposal"]["steps"]
    for rest in itertools.product(RESULTS, MODEL, RESULTS):
        values = dict(zip(("FORK", "SCOPE", "MODEL", "TRAIN"), (fork, *rest), strict=True))
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            env=values | {"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == ((fork, *rest) in GREEN), values
        assert done.stdout.startswith("Closed: ") == bool(done.returncode)


def test_training_waits_for_the_scope_and_starts_for_a_model_alone():
    train = JOBS["train"]
    assert train["needs"] == "scope"
    assert train["if"].startswith("needs.scope.outputs.model == 'true' && ")
    assert JOBS["scope"]["runs-on"] == JOBS["fork"]["runs-on"] == "ubuntu-latest"
    assert JOBS["scope"]["outputs"] == {"model": "${{ steps.touched.outputs.model }}"}


def test_forks_and_branches_of_ours_exclude_each_other():
    ours = "github.event.pull_request.head.repo.full_name == github.repository"
    assert JOBS["scope"]["if"] == f"github.event_name == 'merge_group' || {ours}"
    other = ours.replace("==", "!=")
    assert JOBS["fork"]["if"] == f"github.event_name == 'pull_request' && {other}"


@pytest.mark.parametrize(
    ("job", "after", "base"), [("scope", "touched", ""), ("fork", "fork", " --against FETCH_HEAD")]
)
def test_production_gets_only_what_staging_ran_whoever_proposes_it(job, after, base):
    steps = JOBS[job]["steps"]
    lines = [step.get("run", "") for step in steps]
    at = lines.index(f".venv/bin/mainline check-promotion{base}")
    assert lines[at - 1].startswith(f".venv/bin/mainline {after}")
    assert not {"if", "continue-on-error"} & set(steps[at])
    posts = [number for number, line in enumerate(lines) if line.endswith("--post")]
    assert all(number > at for number in posts)  # a comment says that the gate is open
    if job == "scope":
        assert steps[0]["with"]["fetch-depth"] == 0  # origin/main, with its history
