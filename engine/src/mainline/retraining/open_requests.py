"""The pull requests of retrainings: one open for a model, and further reasons join it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mainline.git import Git
from mainline.github import starting
from mainline.github.api import Api
from mainline.github.comments import Comments
from mainline.github.pulls import Pulls
from mainline.github.workflow import run_url
from mainline.retraining import cool_down, request_body
from mainline.retraining.asked import Asked
from mainline.retraining.on_main import is_of
from mainline.retraining.pushed_branch import push

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

    def last(self) -> dict[str, date]:
        """When each trigger had its last one opened or closed, by the marks in the bodies."""
        seen = (
            (_last(each), request_body.triggers(each.get("body") or "")) for each in self._all()
        )
        return cool_down.newest(seen)

    def judged(self) -> tuple[str, int]:
        """The content hash of the rows of the last one that was closed unmerged, and its number.

        Of those that a bot opened, since a body is words; ("", 0) without one.
        """
        for each in self._all():
            by_bot = (each.get("user") or {}).get("type") == "Bot"
            if by_bot and each["state"] == "closed" and not each.get("merged_at"):
                return request_body.rows_of(each.get("body") or ""), int(each["number"])
        return "", 0

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
        """Put a further reason into the body of an open one, and into a comment, once.

        After MOST such comments the run alone has it: a flood of reasons ends there.
        """
        number = int(pull["number"])
        comments = Comments(self.api, number)
        known = request_body.begins(asked)
        told = request_body.at_line(known, pull.get("body") or "") >= 0
        text = request_body.joined(pull.get("body") or "", asked, run_url())
        if text is not None:
            self.api.patch(f"pulls/{number}", {"body": text})
        by_bots = (it for it in comments.all() if (it.get("user") or {}).get("type") == "Bot")
        before = [] if told else [it["body"] or "" for it in by_bots]
        full = len([it for it in before if request_body.SECTION.search(it)]) >= request_body.MOST
        if not told and not full:

            def same() -> Any:
                shown = ((it, it["body"] or "") for it in comments.all())
                return next(
                    (it for it, said in shown if request_body.at_line(known, said) >= 0), None
                )

            said = {"body": request_body.joins(asked, run_url())}
            self.api.create(f"issues/{number}/comments", said, same)
        print(f"joined    {pull['html_url']}: {', '.join(asked.triggers)}")

    def propose(
        self, git: Git, branch: str, main: str, words: tuple[str, str], asked: Asked
    ) -> None:
        """Push the branch and open its pull request, or join one that came in between.

        `main` is the commit before it; `words` are title and body. Raises MainlineError when GitHub
        refuses, or a person's commits are on that branch.
        """
        push(git, branch, main)
        title, body = words
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


def _day(pull: Pull) -> date:
    return _date(pull["created_at"])


def _last(pull: Pull) -> date:
    """The day on which it was closed; of an open one, on which it was opened."""
    return max(_day(pull), _date(pull.get("closed_at") or pull["created_at"]))


def _date(text: str) -> date:
    return datetime.fromisoformat(str(text)).date()
