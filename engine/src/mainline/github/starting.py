"""Starts propose.yml for a pull request that a job's own token opened: no event does.

The run is of the branch, not of main: the branch's code gets neither main's OIDC subject nor a
right to write main's caches.
"""

import os

from mainline.core.errors import MainlineError
from mainline.github.api import Api

WORKFLOW = "propose.yml"


def propose(api: Api, branch: str, number: int) -> None:
    """Start it, unless an app's token pushed the branch: then the push has started it.

    Raises MainlineError with the manual command when GitHub refuses.
    """
    if os.environ.get("PUSH_TOKEN"):
        return
    about = {"ref": branch, "inputs": {"number": str(number)}}
    try:
        api.post(f"actions/workflows/{WORKFLOW}/dispatches", about)
    except MainlineError as error:
        raise MainlineError(
            f"the pull request {number} is there, but its checks could not be started. {error}",
            hint=f"`gh workflow run {WORKFLOW} --ref {branch} --field number={number}`",
        ) from None
    print(f"checks    started for #{number}")
