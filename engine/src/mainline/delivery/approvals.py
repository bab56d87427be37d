"""Who approved each deployment, as far as the forge is known and answers; git alone cannot say."""

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

LIMIT = 50  # changes asked for, the newest; each is two requests
TIMEOUT = 10.0
HOW = "who approved is what GitHub knows: GITHUB_TOKEN=$(gh auth token)"
_GITHUB = re.compile(r"(?:https://(?:[^@/]*@)?|ssh://git@|git@)github\.com[/:]([^/]+/[^/]+?)/?")


@dataclass
class Approvals:
    """Asks `api` for one deployment after another, until it has to stop; `note` says why then."""

    api: Api | None
    note: str = ""
    known: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, git: Git, environment: Mapping[str, str] | None = None) -> "Approvals":
        """With what this environment says about the forge; nothing is asked yet."""
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
        # A person waits, and can ask again.
        return cls(replace(api, timeout=TIMEOUT, patience=Patience(attempts=1)))

    def words(self, each: Deployment) -> str:
        """Who approved a deployment; empty when that cannot be asked any more."""
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
            self._stop(f"no more approvals are shown: GitHub's answer is strange ({error!r}).")

    def _stop(self, why: str) -> None:
        self.api, self.note = None, why


def origin_of(git: Git) -> str:
    """`owner/name` when the remote `origin` is on github.com; else empty."""
    address = git.run("remote", "get-url", "origin", check=False).strip()
    found = _GITHUB.fullmatch(address.removesuffix("/").removesuffix(".git"))
    return found[1] if found else ""


def _words(api: Api, each: Deployment) -> str:
    """A subject may name any pull request: the forge says which one the commit came by."""
    pull = pull_of(api, each.commit)
    if pull is None:
        return "no pull request"
    named = "" if pull == each.pull else f"#{pull} "
    who = approvers(api, pull)
    return f"{named}approved by {', '.join(who)}" if who else f"{named}no approval"
