"""Which jobs follow a run that broke off: their conditions out of the workflow, evaluated by act.

`scope` and `train` are played: they end, and tell, as a test says.
"""

import subprocess
from pathlib import Path

import pytest
import yaml

from act import Act, Done

WORKFLOW = Path(__file__).parents[3] / ".github/workflows/propose.yml"
JOBS = yaml.safe_load(WORKFLOW.read_text())["jobs"]
OURS, FORK = "o/r", "ada/r"

pytestmark = pytest.mark.check


def played(job: dict, ends: str, **outputs: str) -> dict:
    """A job whose one step sets these outputs and then ends; its own condition and outputs stay."""
    lines = [f"echo {name}={value} >> $GITHUB_OUTPUT" for name, value in outputs.items()]
    step = {"run": "\n".join([*lines, "true" if ends == "success" else "false"])}
    names = {value.split(".")[1] for value in job["outputs"].values()} - {"app"}
    [step["id"]] = names
    kept = {key: job[key] for key in ("if", "needs", "outputs") if key in job}
    return kept | {"runs-on": "ubuntu-latest", "steps": [step]}


def run(
    folder: Path, scope: dict, train: dict, *, event: str = "pull_request", head: str = OURS
) -> Done:
    """What becomes of `broken` and `carry`, here in words only."""
    said = {
        name: {key: JOBS[name][key] for key in ("if", "needs")}
        | {"runs-on": "ubuntu-latest", "steps": [{"run": "true"}]}
        for name in ("broken", "carry")
    }
    ran = {"runs-on": "ubuntu-latest", "steps": [{"run": "true"}]}  # whatever else does not
    jobs = {
        "here": ran,
        "scope": played(JOBS["scope"], **scope),
        "train": played(JOBS["train"], **train),
    }
    (folder / "scratch").mkdir()
    workflow = folder / ".github/workflows/played.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        yaml.safe_dump({"on": ["pull_request", "merge_group"], "jobs": jobs | said})
    )
    for words in (
        ["init", "-q"],
        ["remote", "add", "act", f"https://github.com/{OURS}"],
        ["add", ".github"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "Played"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    base = {"sha": "b" * 40, "ref": "main", "repo": {"full_name": OURS}}
    pull = {"number": 7, "head": {"sha": "a" * 40, "repo": {"full_name": head}}, "base": base}
    about = {"pull_request": pull} if event == "pull_request" else {"merge_group": {}}
    return Act(folder / "scratch", {}, "token").run("played", folder, event, about)


GOOD, BAD = {"ends": "success"}, {"ends": "failure"}
MODEL, NONE = GOOD | {"model": "true"}, GOOD | {"model": "false"}
TOLD, COMMIT = {"told": "true"}, {"commit": "c" * 40}


@pytest.mark.parametrize(
    ("scope", "train", "follow"),
    [
        pytest.param(BAD, GOOD, {"broken"}, id="no scope"),
        pytest.param(BAD | {"model": "false"}, GOOD, {"broken"}, id="production refused"),
        pytest.param(BAD | {"model": "true"}, GOOD, {"broken"}, id="production refused, a model"),
        pytest.param(MODEL, BAD, {"broken"}, id="train without a word"),
        pytest.param(MODEL, BAD | TOLD, set(), id="the gate is closed"),
        pytest.param(MODEL, BAD | TOLD | COMMIT, {"carry"}, id="closed, and committed"),
        pytest.param(MODEL, GOOD | TOLD, set(), id="open, nothing to commit"),
        pytest.param(MODEL, GOOD | TOLD | COMMIT, {"carry"}, id="open, and committed"),
        pytest.param(NONE, GOOD, set(), id="no model"),
    ],
)
def test_whoever_broke_off_without_a_word_is_told_of(tmp_path, scope, train, follow):
    done = run(tmp_path, scope, train)
    assert set(done.jobs) - {"here", "scope", "train"} == follow, done.log
    assert done.jobs["scope"] == scope["ends"]


def test_a_fork_gets_no_comment(tmp_path):
    assert run(tmp_path, BAD, BAD, head=FORK).jobs == {"here": "success"}


def test_the_queue_has_no_pull_request_to_comment_on(tmp_path):
    done = run(tmp_path, MODEL, BAD, event="merge_group")
    assert done.jobs == {"here": "success", "scope": "success", "train": "failure"}, done.log


def test_a_run_that_was_stopped_says_nothing_and_mains_code_says_it_otherwise():
    job = JOBS["broken"]
    assert job["if"].startswith("always() && !cancelled() && github.event_name == 'pull_request'")
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert job["steps"][0]["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert [step["run"] for step in job["steps"][-2:]] == [
        "make setup LIGHT=1",
        ".venv/bin/mainline broken --post",
    ]
    assert JOBS["train"]["outputs"]["told"] == "${{ steps.propose.outputs.told }}"
    [step] = [step for step in JOBS["train"]["steps"] if step.get("id") == "propose"]
    assert step["timeout-minutes"] < JOBS["train"]["timeout-minutes"]
    assert JOBS["proposal"]["needs"] == ["fork", "scope", "train"]  # a word more decides nothing
