"""Pull requests of one repository: asked for, opened once for a branch, closed."""

from dataclasses import dataclass
from typing import Any

from mainline.core.errors import MainlineError
from mainline.github.answers import Refused
from mainline.github.api import Api

NOT_ALLOWED = (
    "The branch is pushed, but the pull request could not be opened. Set "
    "`Settings > Actions > General > Allow GitHub Actions to create and approve pull requests`, "
    "or use an app (docs/continuous-integration.md). To open it by hand: "
)


@dataclass(frozen=True)
class Pulls:
    """Those that a workflow opens come from branches of the repository's own."""

    api: Api

    def get(self, number: int) -> Any:
        """What GitHub says of one. Raises MainlineError when there is none of this number."""
        try:
            return self.api.get(f"pulls/{number}")
        except Refused as error:
            if error.status != 404:
                raise
            raise MainlineError(
                f"{self.api.repository} has no pull request {number}, or the token may not see it.",
                hint="`gh pr list` shows the numbers.",
            ) from None

    def open(self, branch: str) -> dict[str, Any] | None:
        """The open pull request of a branch; None when there is none."""
        owner = self.api.repository.partition("/")[0]
        listed = self.api.pages(f"pulls?state=open&head={owner}:{branch}")
        return next(iter(listed), None)

    def make(self, branch: str, title: str, body: str) -> dict[str, Any]:
        """Open a pull request to main, or update the title and body of an open one.

        Raises MainlineError, with the manual command, when Actions is not allowed to open one.
        """
        says = {"title": title, "body": body}
        made, _ = self.opened(branch, title, body)
        if says != {key: made[key] for key in says}:
            self.api.patch(f"pulls/{made['number']}", says)
        return made

    def opened(self, branch: str, title: str, body: str) -> tuple[dict[str, Any], bool]:
        """The open pull request of a branch, and whether this call opened it.

        Raises MainlineError as `make` does.
        """
        wanted = {"title": title, "body": body, "head": branch, "base": "main"}
        before: list[dict[str, Any] | None] = []

        def find() -> dict[str, Any] | None:
            before.append(self.open(branch))
            return before[-1]

        try:
            found = dict(self.api.create("pulls", wanted, find))
        except Refused as error:
            there = self.open(branch) if error.status == 422 else None  # opened at the same time
            if there is None:
                raise self._refused(error, branch) from None
            return there, False
        return found, before[0] is None

    def _refused(self, error: Refused, branch: str) -> MainlineError:
        by_hand = f"`gh pr create --head {branch} --base main`"
        return MainlineError(f"{error}\n{NOT_ALLOWED}{by_hand}.") if error.status == 403 else error

    def close(self, prefix: str, why: str, keep: int | None = None) -> list[int]:
        """Close a bot's pull requests from our branches that begin with `prefix`, except `keep`.

        Returns their numbers.
        """
        closed = []
        for pull in list(self.api.pages("pulls?state=open&base=main")):
            number = int(pull["number"])
            if number == keep or not self.by_bot(pull, prefix):
                continue
            self.close_one(pull, why)
            closed.append(number)
        return closed

    def close_one(self, pull: dict[str, Any], why: str) -> None:
        """Close one with a comment that says why."""
        number = int(pull["number"])
        self._say(number, f"{why}, so this one is closed.")
        self.api.patch(f"pulls/{number}", {"state": "closed"})

    def _say(self, number: int, said: str) -> None:
        comments = f"issues/{number}/comments"

        def same() -> Any:
            return next((each for each in self.api.pages(comments) if each["body"] == said), None)

        self.api.create(comments, {"body": said}, same)

    def by_bot(self, pull: dict[str, Any], prefix: str) -> bool:
        """Whether a bot opened it from our branch. A person's pull request is left alone."""
        head = pull["head"]
        ours = (head.get("repo") or {}).get("full_name") == self.api.repository
        bot = (pull.get("user") or {}).get("type") == "Bot"
        return bool(ours and bot and head["ref"].startswith(prefix))
