"""The command `task report`: a workflow's exit handler. It says how the workflow ended."""

import os
from pathlib import Path
from urllib.parse import quote

from mainline.cluster import failures as failed_pods
from mainline.cluster.checkout import address
from mainline.core.errors import MainlineError
from mainline.core.progress import say
from mainline.github.api import Api
from mainline.github.statuses import Statuses

STATES = {"Succeeded": "success", "Failed": "failure"}  # of a workflow, and of a commit


def run(work: Path, *, workflow: str, status: str, failures: str, revision: str) -> None:
    """Print the status and what failed. With a token and a revision, set a commit status.

    If GitHub refuses the commit status, that is printed: a report does not change how its workflow
    ended.
    """
    del work  # Argo says all
    failed = failed_pods.lines(failures)
    say("workflow", f"{workflow} ended: {status}")
    for line in failed:
        say("failed", line)
    if revision and os.environ.get("GITHUB_TOKEN"):
        said = "; ".join(failed) or status
        try:
            commit = _tell(revision, f"workflow/{workflow}", STATES.get(status, "error"), said)
        except MainlineError as error:
            say("status", f"workflow/{workflow} is not set: {' '.join(str(error).split())}")
        else:
            say("status", f"workflow/{workflow} is set on {commit[:12]}")


def _tell(revision: str, name: str, state: str, said: str) -> str:
    """Set the commit status. Returns the commit. Raises MainlineError when GitHub refuses."""
    address()  # sets the server that gets the token: `clone` does it in other tasks
    api = Api.from_environment()
    commit = str(api.get(f"commits/{quote(revision, safe='')}")["sha"])
    Statuses(api).set(commit, name, state, said)
    return commit
