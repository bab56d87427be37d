"""Sets commit statuses, and reads the checks and statuses of a commit."""

from dataclasses import dataclass

from mainline.core.errors import MainlineError
from mainline.github.api import Api

CHECK = "verdict"  # the one check that a pull request needs
STATES = ("success", "failure", "error", "pending")
DESCRIPTION = 140  # GitHub's limit
GOOD = ("success", "skipped", "neutral")  # results with which a required check passes


@dataclass(frozen=True)
class Statuses:
    """The commit statuses of one repository."""

    api: Api

    def set(self, sha: str, context: str, state: str, description: str, url: str = "") -> None:
        """Set a status. The newest status of a context counts."""
        if state not in STATES:
            raise MainlineError(f"a status is one of {', '.join(STATES)}, not {state!r}.")
        body = {"state": state, "context": context, "description": shortened(description)}
        if url:
            body["target_url"] = url
        self.api.post(f"statuses/{sha}", body)

    def known(self, sha: str) -> dict[str, str]:
        """State by name, of check runs and statuses; `pending` until they are done.

        A check run overrides a status of the same name: anyone with write access can set a status.
        """
        found: dict[str, str] = {}
        runs = self.api.pages(f"commits/{sha}/check-runs?filter=latest", "check_runs")
        for run in sorted(runs, key=lambda run: int(run["id"])):  # a newer run of a name wins
            found[run["name"]] = _state(run)
        for status in self.api.pages(f"commits/{sha}/status", "statuses"):
            found.setdefault(status["context"], status["state"])
        return found


def shortened(description: str) -> str:
    """One line, cut to GitHub's limit."""
    line = " ".join(description.split())
    return line if len(line) <= DESCRIPTION else line[: DESCRIPTION - 1] + "…"


def _state(run: dict[str, str]) -> str:
    if run["status"] != "completed":
        return "pending"
    return "success" if run["conclusion"] in GOOD else "failure"
