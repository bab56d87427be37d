"""Where a proposal runs, as GitHub Actions tells it; on a laptop there is little to tell."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.github.workflow import run_url


@dataclass(frozen=True)
class Context:
    """`number`, `head` and `branch` are those of a pull request; empty where there is none.

    What a contributor chose (a branch name) comes from the event file and never passes a shell.
    """

    event: str = ""
    number: int = 0
    head: str = ""
    branch: str = ""
    base: str | None = None
    fork: bool = False
    run_url: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Context":
        """Raises MainlineError when the event file is not what its event promises."""
        values = os.environ if environment is None else environment
        event = values.get("GITHUB_EVENT_NAME", "")
        if event not in ("pull_request", "merge_group"):
            return cls(event=event, run_url=run_url(values))
        try:
            about = json.loads(Path(values["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
            made = _merge_group(about) if event == "merge_group" else _pull_request(about)
        except (KeyError, TypeError, OSError, ValueError) as error:
            raise MainlineError(
                f"the file of the event {event} cannot be read: {error!r}."
            ) from None
        return cls(event=event, run_url=run_url(values), **made)


def _pull_request(about: dict[str, Any]) -> dict[str, Any]:
    pull = about["pull_request"]
    head, base = pull["head"], pull["base"]
    ours = (head.get("repo") or {}).get("full_name")  # none: the fork has been deleted
    return {
        "number": int(pull["number"]),
        "head": str(head["sha"]),
        "branch": str(head["ref"]),
        "base": f"origin/{base['ref']}",
        "fork": ours != base["repo"]["full_name"],
    }


def _merge_group(about: dict[str, Any]) -> dict[str, Any]:
    group = about["merge_group"]
    return {"head": str(group["head_sha"]), "base": str(group["base_sha"])}
