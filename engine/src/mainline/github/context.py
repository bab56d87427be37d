"""What names a pull request and the run that works on it. This is the only place that finds it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mainline.core.errors import MainlineError
from mainline.github import event
from mainline.github.api import Api
from mainline.github.pulls import Pulls
from mainline.github.workflow import run_url


@dataclass(frozen=True)
class Context:
    """`number`, `head` and `branch` are those of a pull request; empty where there is none.

    `head` is the commit that is judged, `base` the revision that it is held to. A contributor
    chooses the name of the branch: it comes from GitHub as data and never passes a shell.
    """

    number: int = 0
    head: str = ""
    branch: str = ""
    base: str | None = None
    run_url: str = ""

    @classmethod
    def of(
        cls, number: int | None = None, environment: Mapping[str, str] | None = None
    ) -> "Context":
        """The pull request of this number, or else the event's; without one, the run alone.

        GitHub's API is asked where the event does not describe that pull request: in a
        `workflow_dispatch`, on a laptop. Raises MainlineError when there is no such pull request,
        or the event's file does not hold what its event promises.
        """
        values = os.environ if environment is None else environment
        run, started_by = cls(run_url=run_url(values)), event.name(values)
        if started_by == "pull_request":
            with event.described(values) as about:
                found = _of_pull(run, about["pull_request"])
            return found if number in (None, found.number) else _asked(run, number, values)
        if started_by == "merge_group":
            with event.described(values) as about:
                group = about["merge_group"]
                run = replace(run, head=str(group["head_sha"]), base=str(group["base_sha"]))
        return _asked(run, number, values) if number else run


def _asked(run: Context, number: int | None, environment: Mapping[str, str]) -> Context:
    api = Api.from_environment(environment)
    pull = Pulls(api).get(number or 0)
    try:
        return _of_pull(run, pull)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise MainlineError(
            f"what {api.url} says of the pull request {number} cannot be read: {error!r}."
        ) from None


def _of_pull(run: Context, pull: dict[str, Any]) -> Context:
    """An event and the API describe a pull request alike."""
    head, base = pull["head"], pull["base"]
    return replace(
        run,
        number=int(pull["number"]),
        head=str(head["sha"]),
        branch=str(head["ref"]),
        base=f"origin/{base['ref']}",
    )
