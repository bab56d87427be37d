"""GitHub's deployment records, which its pages show for commits and pull requests.

They are for people. The authoritative record is git, which the command `history` reads.
"""

from dataclasses import dataclass
from typing import Any

from mainline.github.api import Api
from mainline.github.statuses import shortened

PRODUCTION = "production"
WAITING, DONE = "in_progress", "success"


@dataclass(frozen=True)
class Records:
    """The deployment records of one repository."""

    api: Api

    def find(self, environment: str, sha: str) -> int | None:
        """The id of the record of commit `sha` in an environment; None when there is none."""
        found = self._find(environment, sha)
        return int(found["id"]) if found else None

    def make(self, environment: str, sha: str, description: str, payload: dict[str, Any]) -> int:
        """Create the record, unless it exists. Returns its id."""
        body = {
            "ref": sha,
            "environment": environment,
            "description": shortened(description),
            "payload": payload,
            "auto_merge": False,
            "required_contexts": [],  # the ruleset required them before the merge
            "production_environment": environment == PRODUCTION,
        }
        made = self.api.create("deployments", body, lambda: self._find(environment, sha))
        return int(made["id"])

    def state(self, record: int) -> str:
        """The newest state of a record; empty when it has none yet."""
        newest = next(iter(self.api.pages(f"deployments/{record}/statuses")), None)
        return str(newest["state"]) if newest else ""

    def set(self, record: int, state: str, description: str, url: str = "") -> None:
        """Add a state. Sent twice, it is shown twice, without harm."""
        body = {"state": state, "description": shortened(description)}
        self.api.post(f"deployments/{record}/statuses", body | ({"log_url": url} if url else {}))

    def _find(self, environment: str, sha: str) -> dict[str, Any] | None:
        listed = self.api.pages(f"deployments?environment={environment}&sha={sha}")
        return next(iter(listed), None)
