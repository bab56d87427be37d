"""What follows a run of propose.yml: conditions out of the workflows, evaluated by act."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from act import Act, Done

WORKFLOWS = Path(__file__).parents[3] / ".github/workflows"
JUDGE = yaml.safe_load((WORKFLOWS / "judge.yml").read_text())
PROPOSE = yaml.safe_load((WORKFLOWS / "propose.yml").read_text())
OURS, FORK = "o/r", "ada/r"
ENDED = dict.fromkeys(("judge", "repackage", "keep"), "success")
REPOSITORY = {"repository": {"default_branch": "main"}}


def played(job: dict, ends: str = "success", **outputs: str) -> dict:
    """A job that sets these outputs and then ends; its own condition and needs stay."""
    lines = [f"echo {name}={value} >> $GITHUB_OUTPUT" for name, value in outputs.items()]
    step = {"id": "it", "run": "\n".join([*lines, "true" if ends == "success" else "false"])}
    kept = {key: job[key] for key in ("if", "needs") if key in job}
    kept["outputs"] = {name: f"${{{{ steps.it.outputs.{name} }}}}" for name in outputs}
    return kept | {"runs-on": "ubuntu-latest", "steps": [step]}


def run(folder: Path, jobs: dict[str, dict], event: str, about: dict) -> Done:
    """These jobs, and one that always runs: act runs none otherwise."""
    here = {"runs-on": "ubuntu-latest", "steps": [{"run": "true"}]}
    (folder / "scratch").mkdir()
    workflow = folder / ".github/workflows/played.yml"
    workflow.parent.mkdir(parents=True)
    starts = ["pull_request", "merge_group", "workflow_run", "workflow_dispatch"]
    workflow.write_text(yaml.safe_dump({"on": starts, "jobs": {"here": here} | jobs}))
    for words in (
        ["init", "-q", "-b", "main"],
        ["remote", "add", "act", f"https://github.com/{OURS}"],
        ["add", ".github"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "Played"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    done = Act(folder / "scratch", {}, "token").run("played", folder, event, about | REPOSITORY)
    assert done.jobs.pop("here") == "success", done.log
    return done


def after(event: str, conclusion: str) -> tuple[str, dict]:
    return "workflow_run", {"workflow_run": {"event": event, "conclusion": conclusion}}


def by_hand(branch: str) -> tuple[str, dict]:
    return "workflow_dispatch", {"ref": f"refs/heads/{branch}", "inputs": {"number": "7"}}


@pytest.mark.check
@pytest.mark.parametrize(
    ("event", "judged"),
    [
        pytest.param(after("pull_request", "success"), True, id="a pull request"),
        pytest.param(after("pull_request", "failure"), True, id="with a red job"),
        pytest.param(after("merge_group", "timed_out"), True, id="the queue, out of time"),
        pytest.param(after("pull_request", "cancelled"), True, id="stopped, which it says"),
        pytest.param(after("pull_request", "action_required"), False, id="waits for approval"),
        pytest.param(after("workflow_dispatch", "success"), False, id="it starts judge.yml itself"),
        pytest.param(after("push", "success"), False, id="another workflow of that name"),
        pytest.param(by_hand("main"), True, id="by number"),
        pytest.param(by_hand("mine"), False, id="by number, a branch's copy"),
    ],
)
def test_what_is_judged(tmp_path, event, judged):
    jobs = {name: played(job) for name, job in JUDGE["jobs"].items()}
    done = run(tmp_path, jobs, *event)
    assert done.jobs == (dict.fromkeys(jobs, "success") if judged else {}), done.log


@pytest.mark.check
def test_what_broke_off_is_told(tmp_path):
    jobs = {name: played(job) for name, job in JUDGE["jobs"].items()}
    jobs["judge"] = played(JUDGE["jobs"]["judge"], "failure")
    done = run(tmp_path, jobs, *after("pull_request", "failure"))
    assert done.jobs == ENDED | {"judge": "failure"}, done.log
    assert judged_by("repackage") == judged_by("judge")


def judged_by(job: str) -> str:
    return JUDGE["jobs"][job]["if"]


@pytest.mark.check
def test_without_the_second_export_it_is_told_too(tmp_path):
    jobs = {name: played(job) for name, job in JUDGE["jobs"].items()}
    jobs["repackage"] = played(JUDGE["jobs"]["repackage"], "failure")
    done = run(tmp_path, jobs, *after("pull_request", "success"))
    assert done.jobs == ENDED | {"repackage": "failure"}, done.log


def pull(head: str) -> tuple[str, dict]:
    """A pull request from this repository."""
    base = {"sha": "b" * 40, "ref": "main", "repo": {"full_name": OURS}}
    there = {"sha": "a" * 40, "repo": {"full_name": head}}
    return "pull_request", {"pull_request": {"number": 7, "head": there, "base": base}}


QUEUE = ("merge_group", {"merge_group": {}})
ALL = {"ci", "engine", "scope", "train"}


@pytest.mark.check
@pytest.mark.parametrize(
    ("event", "model", "runs"),
    [
        pytest.param(pull(OURS), "true", ALL, id="a model"),
        pytest.param(pull(OURS), "false", ALL - {"train"}, id="words"),
        pytest.param(pull(FORK), "true", {"ci", "engine"}, id="a fork"),
        pytest.param(QUEUE, "true", ALL, id="the queue"),
        pytest.param(by_hand("mine"), "true", ALL | {"start-judge"}, id="a job's pull request"),
    ],
)
def test_a_fork_is_checked_and_never_trained(tmp_path, event, model, runs):
    jobs = {name: played(job) for name, job in PROPOSE["jobs"].items()}
    jobs["scope"] = played(PROPOSE["jobs"]["scope"], model=model)
    done = run(tmp_path, jobs, *event)
    assert done.jobs == dict.fromkeys(runs, "success"), done.log


@pytest.mark.check
def test_a_red_job_starts_the_judge_too(tmp_path):
    jobs = {name: played(job) for name, job in PROPOSE["jobs"].items()}
    jobs["ci"] = played({}, "failure")
    done = run(tmp_path, jobs, *by_hand("mine"))
    assert done.jobs["start-judge"] == "success", done.log
    assert set(PROPOSE["jobs"]["start-judge"]["needs"]) == set(jobs) - {"start-judge"}


@pytest.mark.check
def test_a_run_for_an_older_head_is_kept_by_no_job(tmp_path):
    jobs = {name: played(job) for name, job in JUDGE["jobs"].items()}
    jobs["judge"] = played(JUDGE["jobs"]["judge"], go="false")
    done = run(tmp_path, jobs, *after("pull_request", "success"))
    assert done.jobs == {"judge": "success", "repackage": "success"}, done.log


def test_the_checks_that_a_verdict_needs_are_those_of_the_makefile():
    [kept] = [step["run"] for step in steps(JUDGE, "keep") if "keep " in step.get("run", "")]
    for name in ("ci", "engine"):
        made = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())["jobs"]["make"]
        assert made["name"] == "${{ matrix.target }}"
        wanted = re.findall(rf'"{name} / (\w+)"', kept)
        assert wanted == made["strategy"]["matrix"]["target"]


def steps(workflow: dict, job: str) -> list[dict]:
    return workflow["jobs"][job]["steps"]


def test_a_proposal_s_own_jobs_write_nothing_and_have_no_secret():
    for name, job in PROPOSE["jobs"].items():
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        assert writes <= ({"actions"} if name == "start-judge" else {"id-token"}), name
        assert "environment" not in job
    assert "secrets" not in (WORKFLOWS / "propose.yml").read_text()
    assert not any("uses" in step for step in steps(PROPOSE, "start-judge"))


def test_no_token_is_there_while_the_gate_runs_and_none_but_to_read_in_its_job():
    job = JUDGE["jobs"]["judge"]
    assert {right for right, level in job["permissions"].items() if level == "write"} == {
        "id-token"
    }
    assert "secrets" not in str(job)
    [gate] = [step for step in job["steps"] if "mainline judge" in step.get("run", "")]
    assert "env" not in gate
    assert set(job["env"]) == {"DO_NOT_TRACK", "DVC_NO_ANALYTICS"}
    assert gate["timeout-minutes"] < job["timeout-minutes"]


def test_the_job_that_runs_a_proposal_s_code_holds_nothing_and_says_one_line():
    job = JUDGE["jobs"]["repackage"]
    assert set(job["permissions"].values()) == {"read"}
    assert job["outputs"].keys() == {"result"}
    assert "environment" not in job
    assert "secrets" not in str(job)
    [ran] = [step for step in job["steps"] if "mainline repackage" in step.get("run", "")]
    assert ran == job["steps"][-1]
    assert "env" not in ran
    [kept] = [step for step in steps(JUDGE, "keep") if "mainline keep" in step.get("run", "")]
    assert kept["env"]["REPACKAGED"] == "${{ needs.repackage.outputs.result }}"
    assert kept["env"]["DIGEST"] == "${{ needs.judge.outputs.digest }}"
    assert "needs" not in JUDGE["jobs"]["judge"]  # nothing of that job reaches it


def test_the_job_with_the_tokens_runs_no_gate_and_its_secrets_are_main_s():
    job = JUDGE["jobs"]["keep"]
    commands = re.findall(r"mainline (\w+)", str([step.get("run") for step in job["steps"]]))
    assert commands == ["receive", "keep"]
    assert [JUDGE["jobs"][name]["environment"] for name in ("judge", "keep")] == ["judge", "keep"]
    [kept] = [step for step in job["steps"] if "mainline keep" in step.get("run", "")]
    assert "secrets.REGISTRY_PASSWORD" in kept["env"]["REGISTRY_PASSWORD"]


def test_training_waits_for_the_scope_and_what_it_makes_leaves_in_any_case():
    train = PROPOSE["jobs"]["train"]
    assert train["needs"] == "scope"
    assert PROPOSE["jobs"]["scope"]["runs-on"] == "ubuntu-latest"
    [made] = [step for step in train["steps"] if step.get("with", {}).get("name") == "proposed"]
    assert made["if"] == "always()"
    [step] = [step for step in train["steps"] if step.get("id") == "propose"]
    assert step["timeout-minutes"] < train["timeout-minutes"]


def test_what_is_being_kept_is_never_stopped():
    assert JUDGE["concurrency"]["cancel-in-progress"] is False
    assert JUDGE[True]["workflow_run"] == {"workflows": [PROPOSE["name"]], "types": ["completed"]}
