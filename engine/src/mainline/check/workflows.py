"""GitHub's workflows, as files. Each rule yields what it finds wrong."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAIN = "github.ref == 'refs/heads/main'"  # no run of a pull request has that
OURS = "github.event.pull_request.head.repo.full_name == github.repository"
OTHERS = ("github.event_name == 'repository_dispatch'", "github.event_name == 'pull_request'")
BY_HAND = "github.event_name == 'workflow_dispatch'"
USES = re.compile(r"\buses:\s*(.+)")
PINNED = re.compile(r"(\./\S+(?: #.*)?|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)")
HOSTED = re.compile(r"(ubuntu|windows|macos)-[\w.-]+")
LONGEST = 180  # minutes
# Others run main's workflow with main's rights on what a stranger wrote. So does `workflow_run`,
# for which there is the rule `from_outside`.
STARTS = {
    *("merge_group", "pull_request", "push", "release", "workflow_run"),
    *("repository_dispatch", "schedule", "workflow_call", "workflow_dispatch"),
}
# Actions that restore a cache unless they are told not to.
CACHING = {"actions/setup-go", "actions/setup-node", "astral-sh/setup-uv"}
OWN = {"ref", "repository"}  # settings of a checkout of something else than what started the run


@dataclass(frozen=True)
class Workflow:
    """A file of .github/workflows: its name, its text, and what the text says."""

    name: str
    text: str
    content: dict[str, Any]

    @property
    def starts(self) -> dict[str, Any]:
        """What starts it, with the settings of each."""
        said = self.content.get("on")
        named = [said] if isinstance(said, str) else said or []
        return dict(named) if isinstance(named, dict) else dict.fromkeys(named)

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """Its jobs by name."""
        return dict(self.content.get("jobs", {}))

    def steps(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each step, with the name of its job."""
        for name, job in self.jobs.items():
            yield from ((name, step) for step in job.get("steps", []))


def rights(workflow: Workflow) -> Iterator[str]:
    """A workflow has `permissions: {}`, and each job names those that it needs."""
    if workflow.content.get("permissions") != {}:
        yield f"permissions is {workflow.content.get('permissions')}"
    missing = [name for name, job in workflow.jobs.items() if "permissions" not in job]
    yield from (f"job {name} names no permissions" for name in missing)


def starts(workflow: Workflow) -> Iterator[str]:
    """Nothing starts a workflow that lets a stranger's text meet main's rights."""
    for name in sorted(workflow.starts.keys() - STARTS):
        yield f"`on: {name}` starts it"


def pinned(workflow: Workflow) -> Iterator[str]:
    """Each action is named by its commit, with the version behind it: `@<40 hex> # v1.2.3`."""
    for line in USES.findall(workflow.text):
        if not PINNED.fullmatch(line.strip()):
            yield f"uses: {line.strip()}"


def ends(workflow: Workflow) -> Iterator[str]:
    """Each job ends: it has `timeout-minutes` of at most 180."""
    for name, job in workflow.jobs.items():
        if "uses" not in job and not 0 < job.get("timeout-minutes", 360) <= LONGEST:
            yield f"job {name} has timeout-minutes: {job.get('timeout-minutes')}"


def no_expression_in_a_shell(workflow: Workflow) -> Iterator[str]:
    """A shell gets values by `env:`; an expression in `run:` would run what others wrote."""
    for name, step in workflow.steps():
        if "${{" in step.get("run", ""):
            yield f"job {name} has an expression in run: {step['run'].strip().splitlines()[0]}"


def strangers(workflow: Workflow) -> Iterator[str]:
    """A fork's code gets no secret, no runner of ours and no right to write."""
    if "pull_request" not in workflow.starts:
        return
    for name, job in workflow.jobs.items():
        condition = str(job.get("if", ""))
        by_hand = BY_HAND in condition.split(" && ") and "||" not in condition
        if only_main(job) or OURS in condition or by_hand:
            continue
        yield from (f"job {name} {power}" for power in _powers(job))


def _powers(job: dict[str, Any]) -> Iterator[str]:
    """What a job has that a stranger's code must not meet."""
    yield from _trusted_with(job)
    if not HOSTED.fullmatch(str(job.get("runs-on", "ubuntu-latest"))):
        yield f"runs on {job['runs-on']}"


def _trusted_with(job: dict[str, Any]) -> Iterator[str]:
    """Its secrets and its rights to write."""
    if "secrets." in json.dumps(job) or job.get("secrets"):
        yield "has a secret"
    granted = job.get("permissions") or {}
    levels = granted if isinstance(granted, dict) else {"everything": granted.partition("-")[0]}
    yield from (f"may write {it}" for it, level in levels.items() if level == "write")


def only_main(job: dict[str, Any]) -> bool:
    """Whether a job never runs for a pull request."""
    condition = str(job.get("if", ""))
    return MAIN in condition.split(" && ") and "||" not in condition


def main_code(workflow: Workflow) -> Iterator[str]:
    """Jobs that may do more than read run main's code, and no checkout keeps a token."""
    by_hand = "workflow_dispatch" in workflow.starts
    on_request = "pull_request" in workflow.starts
    for name, job in workflow.jobs.items():
        condition = str(job.get("if", ""))
        anywhere = "needs" not in job and MAIN not in condition and condition not in OTHERS
        if by_hand and anywhere and any(_powers(job)):
            yield f"job {name} starts by hand on any branch, and it {next(_powers(job))}"
        for step in job.get("steps", []):
            if not str(step.get("uses", "")).startswith("actions/checkout@"):
                continue
            given = step.get("with") or {}
            if given.get("persist-credentials") is not False:
                yield f"job {name} leaves its token in the checkout"
            if (not on_request or only_main(job)) and given.get("ref", "main") != "main":
                yield f"job {name} checks out {given['ref']}"


def from_outside(workflow: Workflow) -> Iterator[str]:
    """What a pull request's run has left is judged by main's copy, and no job is given it unseen.

    After `workflow_run` no job checks out anything but main, restores a cache, or unpacks an
    artifact of another run; a job with a secret or a right to write names an environment.
    """
    if "workflow_run" not in workflow.starts:
        return
    if not (workflow.starts["workflow_run"] or {}).get("workflows"):
        yield "`on: workflow_run` names no workflows"
    for name, job in workflow.jobs.items():
        if any(_trusted_with(job)) and not job.get("environment"):
            yield f"job {name} {next(_trusted_with(job))}, and it names no environment"
    for name, step in workflow.steps():
        given, used = step.get("with") or {}, str(step.get("uses", "")).partition("@")[0]
        if used == "actions/checkout" and given.keys() & OWN:
            yield f"job {name} checks out {given.get('repository', '')} {given.get('ref', '')}"
        if used == "actions/download-artifact" and "run-id" in given:
            yield f"job {name} unpacks an artifact of another run"


def closed_secrets(workflow: Workflow) -> Iterator[str]:
    """A job with a secret names an environment: `make rules` opens those to main alone."""
    for name, job in workflow.jobs.items():
        if "secrets." in json.dumps(job) and not job.get("environment"):
            yield f"job {name} has a secret, and it names no environment"


def no_cache_beside_a_secret(workflow: Workflow) -> Iterator[str]:
    """A job that judges, has a secret or may write restores no cache: another job has filled it."""
    for name, job in workflow.jobs.items():
        held = [it for it in _trusted_with(job) if it != "may write id-token"]
        if "workflow_run" in workflow.starts:
            held.append("judges")
        if held and any(_restores(step) for step in job.get("steps", [])):
            yield f"job {name} restores a cache, and it {held[0]}"


def _restores(step: dict[str, Any]) -> bool:
    """Whether a step restores a cache: it is asked to, or its action does so unasked."""
    used, given = str(step.get("uses", "")).partition("@")[0], step.get("with") or {}
    own = {key: value for key, value in given.items() if "cache" in key}
    asked = any(str(value).lower() not in ("false", "") for value in own.values())
    return asked or used.startswith("actions/cache") or (used in CACHING and not own)


def nothing_beside_a_proposal(workflow: Workflow) -> Iterator[str]:
    """A job that runs a proposal's code in main's copy holds rights to read, and hands over words.

    It names no environment, has no secret, writes nothing and uploads nothing.
    """
    for name, job in workflow.jobs.items():
        steps = job.get("steps", [])
        if not any("mainline repackage" in step.get("run", "") for step in steps):
            continue
        held = [*_trusted_with(job), *(["names an environment"] if job.get("environment") else [])]
        held += ["uploads"] * any("upload-artifact" in str(step.get("uses")) for step in steps)
        held += ["knows a token"] * any(
            "mainline repackage" in step.get("run", "") and "token" in json.dumps(step).lower()
            for step in steps
        )
        yield from (f"job {name} runs code of a proposal, and it {it}" for it in held)


def one_run(workflow: Workflow) -> Iterator[str]:
    """A commit of a pull request starts a workflow once: pushes count on main alone."""
    pushes = workflow.starts.get("push") or {}
    if "push" in workflow.starts and pushes.get("branches") != ["main"] and "tags" not in pushes:
        yield f"`on: push` is {workflow.starts['push']}"


RULES = (
    rights,
    starts,
    pinned,
    ends,
    no_expression_in_a_shell,
    strangers,
    main_code,
    from_outside,
    closed_secrets,
    no_cache_beside_a_secret,
    nothing_beside_a_proposal,
    one_run,
)
