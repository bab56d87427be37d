"""The pull requests of retrainings: one open for a model, and further reasons join it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mainline.core.errors import GitError, MainlineError
from mainline.git import Git
from mainline.github import starting
from mainline.github.api import Api
from mainline.github.comments import Comments
from mainline.github.identity import authenticated
from mainline.github.pulls import Pulls
from mainline.github.workflow import run_url
from mainline.proposal import aside
from mainline.retraining import request_body
from mainline.retraining.asked import Asked
from mainline.retraining.on_main import is_of

Pull = dict[str, Any]
YEAR = 400  # days; a busy repository has thousands of older pull requests


@dataclass(frozen=True)
class Requests:
    """Those of the model `name`, not older than YEAR. A fork's branch of such a name is none."""

    api: Api
    name: str
    today: date

    def open(self) -> Pull | None:
        """The one that is open; the first one if there are several."""
        found = [each for each in self.api.pages("pulls?state=open&base=main") if self._is(each)]
        return min(found, key=lambda each: int(each["number"]), default=None)

    def last(self) -> date | None:
        """The day on which the newest one, in any state, was opened; None without one."""
        return next((_day(each) for each in self._all()), None)

    def of_branch(self, branch: str) -> Pull | None:
        """The newest one of a branch, in any state."""
        return next((each for each in self._all() if each["head"]["ref"] == branch), None)

    def _all(self) -> Iterator[Pull]:
        newest_first = "pulls?state=all&base=main&sort=created&direction=desc"
        since = self.today - timedelta(days=YEAR)
        recent = itertools.takewhile(lambda it: _day(it) >= since, self.api.pages(newest_first))
        return (each for each in recent if self._is(each))

    def _is(self, pull: Pull) -> bool:
        ours = (pull["head"].get("repo") or {}).get("full_name") == self.api.repository
        return ours and is_of(self.name, str(pull["head"]["ref"]))

    def join(self, pull: Pull, asked: Asked) -> None:
        """Put a further reason into the body of an open one, and into a comment, once."""
        number = int(pull["number"])
        comments = Comments(self.api, number)
        known = request_body.begins(asked)
        told = known in (pull.get("body") or "")
        text = request_body.joined(pull.get("body") or "", asked, run_url())
        if text is not None:
            self.api.patch(f"pulls/{number}", {"body": text})
        if not told:
            said = {"body": request_body.joins(asked, run_url())}
            self.api.create(
                f"issues/{number}/comments",
                said,
                lambda: next((it for it in comments.all() if known in (it["body"] or "")), None),
            )
        print(f"joined    {pull['html_url']}: {', '.join(asked.triggers)}")

    def propose(self, git: Git, branch: str, title: str, body: str, asked: Asked) -> None:
        """Push the branch and open its pull request, or join one that came in between.

        Raises MainlineError when GitHub refuses.
        """
        push(git, branch)
        pull, made = Pulls(self.api).opened(branch, title, body)
        if not made:
            self.join(pull, asked)
            return
        first = self.open()
        if first is not None and first["number"] != pull["number"]:  # of another day, just now
            self.join(first, asked)
            Pulls(self.api).close_one(pull, f"#{first['number']} was opened at the same time")
            return
        print(f"retrain   {pull['html_url']}")
        starting.propose(self.api, branch, int(pull["number"]))


def push(git: Git, branch: str) -> None:
    """Push a new branch; one of the same files that is there already stays.

    Another one was left behind without an open pull request, and is replaced, unless it changes
    meanwhile. Raises MainlineError then.
    """
    target, as_bot = f"refs/heads/{branch}", authenticated()
    there = git.run("ls-remote", "origin", target, environment=as_bot).split()[:1]
    if there:
        git.run("fetch", "--quiet", "origin", target, environment=as_bot)
        tree = git.run("rev-parse", f"{branch}^{{tree}}").strip()
        if aside.same(git, there[0], tree, f"{branch}^"):
            return
    lease = f"--force-with-lease={target}:{there[0] if there else ''}"
    try:
        git.run("push", "--quiet", lease, "origin", f"+{branch}:{target}", environment=as_bot)
    except GitError:
        now = git.run("ls-remote", "origin", target, environment=as_bot).split()[:1]
        if now == there or not now:
            raise
        git.run("fetch", "--quiet", "origin", target, environment=as_bot)
        tree = git.run("rev-parse", f"{branch}^{{tree}}").strip()
        if not aside.same(git, now[0], tree, f"{branch}^"):
            raise MainlineError(
                f"the branch {branch} was pushed by another job meanwhile, with other files.",
                hint="Run this again: the reason then joins its pull request.",
            ) from None


def _day(pull: Pull) -> date:
    return datetime.fromisoformat(str(pull["created_at"])).date()
