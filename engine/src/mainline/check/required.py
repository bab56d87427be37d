"""All workflows together, and the checks that the ruleset requires of a pull request."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mainline.check.workflows import USES, Workflow
from mainline.github.statuses import CHECK


@dataclass(frozen=True)
class Checks:
    """All workflows, and the ruleset that names the checks which a pull request needs."""

    workflows: list[Workflow]
    ruleset: dict[str, Any]


def one_commit(checks: Checks) -> Iterator[str]:
    """An action has the same commit in all workflows."""
    used: dict[str, set[str]] = {}
    for workflow in checks.workflows:
        for line in USES.findall(workflow.text):
            action, _, commit = line.split()[0].partition("@")
            used.setdefault(action, set()).add(commit)
    for action, commits in sorted(used.items()):
        if len(commits) > 1:
            yield f"{action} is used as {', '.join(sorted(commits))}"


def required(checks: Checks) -> Iterator[str]:
    """Each required check is one that a workflow reports for every pull request to main."""
    found = [it for it in checks.ruleset["rules"] if it["type"] == "required_status_checks"]
    if not found or not found[0]["parameters"]["required_status_checks"]:
        yield "no check is required"
        return
    about = found[0]["parameters"]
    if about["strict_required_status_checks_policy"] is not True:
        yield "strict_required_status_checks_policy is not true: branches may be behind main"
    for check in about["required_status_checks"]:
        name = check["context"]
        if not check.get("integration_id"):
            yield f"the check {name} may come from any app"
        by = [one for one in checks.workflows if name in _reported(one)]
        if not by:
            yield f"no workflow on pull requests reports {name}"
        for one in by:
            yield from _always_starts(one, checks.workflows)


def _always_starts(workflow: Workflow, others: list[Workflow]) -> Iterator[str]:
    """A required check whose workflow does not start is pending for ever."""
    if after := workflow.starts.get("workflow_run"):
        followed = [it for it in others if it.content.get("name") in after.get("workflows", [])]
        if not followed:
            yield f"{workflow.name} follows no workflow that is here"
        for it in followed:
            yield from _always_starts(it, others)
        return
    if "merge_group" not in workflow.starts or workflow.starts["merge_group"]:
        yield f"{workflow.name} does not start for each entry of the merge queue"
    if workflow.starts["pull_request"] not in (None, {"branches": ["main"]}):
        yield f"{workflow.name} does not start for each pull request to main"


def _reported(workflow: Workflow) -> set[str]:
    """The checks that a pull request gets of a workflow: its jobs' names, or a command's status."""
    if "workflow_run" in workflow.starts:  # its jobs show on main
        kept = any("mainline keep" in step.get("run", "") for _, step in workflow.steps())
        return {CHECK} if kept else set()
    found: set[str] = set()
    if "pull_request" not in workflow.starts:
        return found
    for key, job in workflow.jobs.items():
        name = str(job.get("name", key))
        for axis, values in job.get("strategy", {}).get("matrix", {}).items():
            if isinstance(values, list):
                found |= {name.replace(f"${{{{ matrix.{axis} }}}}", str(it)) for it in values}
        found.add(name)
    return found


TOGETHER = (one_commit, required)
