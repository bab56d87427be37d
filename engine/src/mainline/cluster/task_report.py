"""The command `task report`: a workflow's exit handler. It says how the workflow ended."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mainline.core.progress import say
from mainline.github.api import Api
from mainline.github.statuses import Statuses
from mainline.proposal.secrets import masked

STATES = {"Succeeded": "success", "Failed": "failure"}  # of a workflow, and of a commit


def run(work: Path, *, workflow: str, status: str, failures: str, revision: str) -> None:
    """Print the status and what failed. With a token and a revision, set a commit status.

    Raises MainlineError when GitHub refuses the status.
    """
    del work  # Argo says all
    failed = _failures(failures)
    say("workflow", f"{workflow} ended: {status}")
    for line in failed:
        say("failed", line)
    if not (revision and os.environ.get("GITHUB_TOKEN")):
        return
    api = Api.from_environment()
    commit = str(api.get(f"commits/{quote(revision, safe='')}")["sha"])
    said = "; ".join(failed) or status
    Statuses(api).set(commit, f"workflow/{workflow}", STATES.get(status, "error"), said)
    say("status", f"workflow/{workflow} is set on {commit[:12]}")


def _failures(text: str) -> list[str]:
    """`task: message` of each failed pod, the first failure first.

    Argo writes a JSON list, or null, and quotes it once more as a JSON string.
    """
    try:
        values: Any = json.loads(text or "null")
        values = json.loads(values) if isinstance(values, str) else values
        nodes = sorted(values or [], key=lambda node: str(node["finishedAt"]))
        # A task's own node comes after its pods' and repeats the last message or has none.
        said = [(str(node["displayName"]), str(node["message"])) for node in nodes]
    except (ValueError, TypeError, KeyError):
        return [f"cannot be told: Argo's list is not readable: {masked(text)[:200]}"]
    return [masked(f"{name}: {_error(why)}") for name, why in said if why.strip()]


def _error(message: str) -> str:
    """Argo's words and the last line of a log's end, which is the command's error."""
    first, *rest = [" ".join(line.split()) for line in message.splitlines() if line.strip()]
    before, code, _ = first.partition("): ")
    return f"{before}{code}{rest[-1]}" if rest else first
