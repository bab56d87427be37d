"""What holds for every workflow, read from the files themselves."""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
# The names of jobs that hold a token that writes, a secret or a runner of ours.
TRUSTED = {"propose.yml": ["train"]}


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


def jobs():
    return [
        pytest.param(path.name, name, job, id=f"{path.stem}-{name}")
        for path in FILES
        for name, job in read(path)["jobs"].items()
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_granted_to_a_whole_workflow(path):
    assert read(path)["permissions"] == {}
    assert "pull_request_target" not in path.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_commit_and_says_its_version(path):
    used = re.findall(r"\buses:\s*(.+)", path.read_text())
    assert used
    for line in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_one_action_is_one_commit_everywhere():
    used = {line for path in FILES for line in re.findall(r"\buses:\s*(\S+)", path.read_text())}
    assert len({line.partition("@")[0] for line in used}) == len(used)


@pytest.mark.parametrize(("file", "name", "job"), jobs())
def test_every_job_ends_and_says_what_it_may(file, name, job):
    assert job["timeout-minutes"] <= 180
    assert "permissions" in job


@pytest.mark.parametrize(("file", "name", "job"), jobs())
def test_no_expression_reaches_a_shell(file, name, job):
    for step in job["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize(("file", "name", "job"), jobs())
def test_code_from_a_fork_meets_no_secret_no_runner_and_no_right_to_write(file, name, job):
    if name in TRUSTED.get(file, []):
        guard = "github.event.pull_request.head.repo.full_name == github.repository"
        assert guard in job["if"]
        return
    text = json.dumps(job)
    assert "secrets." not in text
    assert job["runs-on"] == "ubuntu-latest"
    writes = [right for right, level in job["permissions"].items() if level == "write"]
    assert not writes or "needs.train.outputs.commit" in job["if"]


def test_what_the_ruleset_requires_is_what_the_workflows_report():
    rules = json.loads((ROOT / ".github/rulesets/main.json").read_text())["rules"]
    found = next(r["parameters"] for r in rules if r["type"] == "required_status_checks")
    assert found["strict_required_status_checks_policy"] is True
    required = {check["context"] for check in found["required_status_checks"]}
    reported = set(
        read(ROOT / ".github/workflows/ci.yml")["jobs"]["make"]["strategy"]["matrix"]["target"]
    )
    reported |= set(read(ROOT / ".github/workflows/propose.yml")["jobs"])
    assert required <= reported
    for path in FILES:  # a required check whose workflow does not start is pending for ever
        starts = read(path)[True]
        assert {"pull_request", "merge_group"} <= set(starts)
        assert not starts["pull_request"]


def test_owners_are_asked_for_bars_workflows_and_production():
    owned = [
        line.split()[0]
        for line in (ROOT / ".github/CODEOWNERS").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    for path in ("/params.yaml", "/.github/", "/k8s/overlays/production/"):
        assert path in owned
