"""Asks GitHub who approved each deployment. Git does not record approvals."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mainline.core.errors import MainlineError
from mainline.delivery.deployments import Deployment
from mainline.git import Git
from mainline.github.api import Api
from mainline.github.patience import Patience
from mainline.github.reviews import approvers, pull_of

LIMIT = 50  # only the newest changes are looked up: each needs two requests
TIMEOUT = 10.0
HOW = "approvals come from GitHub. To show them, run: GITHUB_TOKEN=$(gh auth token)"
_GITHUB = re.compile(r"(?:https://(?:[^@/]*@)?|ssh://git@|git@)github\.com[/:]([^/]+/[^/]+?)/?")


@dataclass
class Approvals:
    """Asks `api` about one deployment after another. After an error it stops; `note` says why."""

    api: Api | None
    note: str = ""
    known: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, git: Git, environment: Mapping[str, str] | None = None) -> "Approvals":
        """With GitHub's address and token from this environment. Sends no request."""
        values = dict(os.environ if environment is None else environment)
        if not values.get("GITHUB_REPOSITORY"):
            values["GITHUB_REPOSITORY"] = origin_of(git)
        if not values.get("GITHUB_TOKEN") or not values["GITHUB_REPOSITORY"]:
            where = "" if values["GITHUB_REPOSITORY"] else "GITHUB_REPOSITORY=owner/name "
            return cls(None, f"{HOW} {where}mainline history")
        try:
            api = Api.from_environment(values)
        except MainlineError as error:
            return cls(None, f"no approvals are shown: {error}")
        # A person is waiting: fail fast, they can run the command again.
        return cls(replace(api, timeout=TIMEOUT, patience=Patience(attempts=1)))

    def words(self, each: Deployment) -> str:
        """Who approved a deployment; empty when that is not known."""
        if self.api and each.commit not in self.known:
            if len(self.known) >= LIMIT:
                self._stop(f"approvals of the newest {LIMIT} changes are shown.")
            else:
                self._ask(self.api, each)
        return self.known.get(each.commit, "")

    def _ask(self, api: Api, each: Deployment) -> None:
        try:
            self.known[each.commit] = _words(api, each)
        except MainlineError as error:
            self._stop(f"no more approvals are shown: {error}")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._stop(f"no more approvals are shown: unexpected answer of GitHub ({error!r}).")

    def _stop(self, why: str) -> None:
        self.api, self.note = None, why


def origin_of(git: Git) -> str:
    """`owner/name` when the remote `origin` is on github.com; else empty."""
    address = git.run("remote", "get-url", "origin", check=False).strip()
    found = _GITHUB.fullmatch(address.removesuffix("/").removesuffix(".git"))
    return found[1] if found else ""


def _words(api: Api, each: Deployment) -> str:
    """The approvers. GitHub's record of the pull request is used, not the commit's subject."""
    pull = pull_of(api, each.commit)
    if pull is None:
        return "no pull request"
    named = "" if pull == each.pull else f"#{pull} "
    who = approvers(api, pull)
    return f"{named}approved by {', '.join(who)}" if who else f"{named}no approval"
