"""Runs of the workflow that trains proposals."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mainline.core.errors import MainlineError
from mainline.github.api import Api

WORKFLOW = "propose.yml"
# The run's name where a workflow or a person started it: main's workflow writes it, from inputs.
STARTED = re.compile(r"Propose (\d{1,9}) at ([0-9a-f]{40})")


@dataclass(frozen=True)
class Run:
    """A run that is over. `number` is the pull request's where the run says it, else 0.

    `owner` and `branch` name the branch that it is of; a contributor chooses `branch`.
    """

    id: int
    event: str
    head: str
    number: int
    owner: str
    branch: str

    @classmethod
    def of(cls, about: dict[str, Any]) -> "Run":
        """From what GitHub says of one. Raises MainlineError when it is no run of a proposal."""
        path = str(about["path"]).partition("@")[0]
        if path != f".github/workflows/{WORKFLOW}":
            raise MainlineError(
                "the run is not one that trains proposals.", found=path, expected=WORKFLOW
            )
        event, head = str(about["event"]), str(about["head_sha"])
        pulls = [p for p in about.get("pull_requests") or [] if p["base"]["ref"] == "main"]
        number = int(pulls[0]["number"]) if len(pulls) == 1 else 0
        if event == "workflow_dispatch":
            started = STARTED.fullmatch(str(about["display_title"]))
            if started is None or about["head_branch"] != "main":
                raise MainlineError(
                    "the run was started by hand without a pull request.",
                    found=f"{about['display_title']!r} on {about['head_branch']}",
                    expected="'Propose NUMBER at COMMIT' on main",
                )
            number, head = int(started[1]), started[2]
        owner = ((about.get("head_repository") or {}).get("owner") or {}).get("login", "")
        return cls(int(about["id"]), event, head, number, str(owner), str(about["head_branch"]))


def newest(api: Api, number: int, head: str) -> Run:
    """The newest run of a pull request's head that is over. Raises MainlineError without one."""
    runs = f"actions/workflows/{WORKFLOW}/runs?status=completed"
    asked = (f"{runs}&head_sha={head}", f"{runs}&event=workflow_dispatch")
    listed = [each for path in asked for each in api.pages(path, "workflow_runs")]
    wanted = f"Propose {number} at {head}"
    of_it = [
        each
        for each in listed
        if (each["head_sha"] == head and each["event"] == "pull_request")
        or (each["event"] == "workflow_dispatch" and each["display_title"] == wanted)
    ]
    if not of_it:
        raise MainlineError(
            f"no run of {WORKFLOW} for {head[:12]}, pull request {number}, is over.",
            hint=f"`gh workflow run {WORKFLOW} -f number={number} -f head={head}` starts one.",
        )
    return Run.of(max(of_it, key=lambda each: int(each["id"])))


def jobs(api: Api, run: Run) -> dict[str, str]:
    """How each job of a run ended, by name: `success`, `failure`, `skipped` and so on."""
    listed = api.pages(f"actions/runs/{run.id}/jobs?filter=latest", "jobs")
    return {str(each["name"]): str(each["conclusion"]) for each in listed}


def pull_of(api: Api, run: Run) -> int:
    """The open pull request to main whose head a run is of; 0 when there is none."""
    if run.number:
        return run.number
    of_branch = quote(f"{run.owner}:{run.branch}", safe="")
    listed = api.pages(f"pulls?state=open&base=main&head={of_branch}")
    return next((int(each["number"]) for each in listed if each["head"]["sha"] == run.head), 0)
