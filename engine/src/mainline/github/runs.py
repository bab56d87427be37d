"""Runs of the workflow that trains proposals."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mainline.core.errors import MainlineError
from mainline.github.api import Api

WORKFLOW = "propose.yml"
EVENTS = ("pull_request", "merge_group", "workflow_dispatch")
STARTER = "start-judge"  # the run's last job, where that starts the judge: it is under way then


@dataclass(frozen=True)
class Run:
    """A run of a proposal. `number` is the pull request's where the run says it, else 0.

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
        path, event = str(about["path"]).partition("@")[0], str(about["event"])
        if path != f".github/workflows/{WORKFLOW}" or event not in EVENTS:
            raise MainlineError(
                "the run is not of a proposal.",
                found=f"{path} on {event}",
                expected=f"{WORKFLOW} on {', '.join(EVENTS)}",
            )
        pulls = [p for p in about.get("pull_requests") or [] if p["base"]["ref"] == "main"]
        number = int(pulls[0]["number"]) if len(pulls) == 1 else 0
        owner = str((about.get("head_repository") or {}).get("full_name", "")).partition("/")[0]
        head, branch = str(about["head_sha"]), str(about["head_branch"])
        return cls(int(about["id"]), event, head, number, owner, branch)


def newest(api: Api, number: int, head: str) -> Run:
    """The newest run of a pull request's head whose jobs have all ended.

    Raises MainlineError when there is none.
    """
    path = f"actions/workflows/{WORKFLOW}/runs?head_sha={head}"
    listed = [each for each in api.pages(path, "workflow_runs") if each["head_sha"] == head]
    of_it = [each for each in listed if each["event"] in EVENTS and each["event"] != "merge_group"]
    for about in sorted(of_it, key=lambda each: int(each["id"]), reverse=True):
        run = Run.of(about)
        if all(jobs(api, run).values()):
            return run
    raise MainlineError(
        f"no run of {WORKFLOW} for {head[:12]}, pull request {number}, is over.",
        hint=f"`gh workflow run {WORKFLOW} --ref BRANCH --field number={number}` starts one.",
    )


def jobs(api: Api, run: Run) -> dict[str, str]:
    """How each job of a run ended, by name: `success`, `skipped` and so on; empty until then."""
    listed = api.pages(f"actions/runs/{run.id}/jobs?filter=latest", "jobs")
    return {
        str(each["name"]): str(each["conclusion"] or "")
        for each in listed
        if each["name"] != STARTER
    }


def pull_of(api: Api, run: Run) -> int:
    """The open pull request to main whose head a run is of; 0 when there is none."""
    if run.number:
        return run.number
    of_branch = quote(f"{run.owner}:{run.branch}", safe="")
    listed = api.pages(f"pulls?state=open&base=main&head={of_branch}")
    return next((int(each["number"]) for each in listed if each["head"]["sha"] == run.head), 0)
