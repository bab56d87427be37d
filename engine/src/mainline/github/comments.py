"""Creates or updates our one comment on a pull request."""

from dataclasses import dataclass
from typing import Any

from mainline.core.errors import MainlineError
from mainline.github.answers import Refused
from mainline.github.api import Api
from mainline.github.watermark import carries, signed

Comment = dict[str, Any]
LIMIT = 65_536


@dataclass(frozen=True)
class Comments:
    """The comments of one pull request."""

    api: Api
    number: int

    def all(self) -> list[Comment]:
        """All comments, oldest first."""
        return list(self.api.pages(f"issues/{self.number}/comments"))

    def ours(self, comments: list[Comment]) -> Comment | None:
        """The newest comment that we wrote; None when there is none.

        The mark alone is no proof: any author can copy it into a comment.
        """
        for comment in reversed(comments):
            if carries(comment.get("body") or "") and self._by_us(comment):
                return comment
        return None

    def upsert(self, text: str, sha: str) -> str:
        """Update our comment or create it. Returns its address."""
        body = signed(text, sha)
        if len(body) > LIMIT:
            raise MainlineError(
                f"the comment has {len(body):,} characters; GitHub accepts {LIMIT:,}. Shorten the "
                "report to markdown.LIMIT, which leaves room for the marks."
            )
        there: Comment = self.api.create(
            f"issues/{self.number}/comments", {"body": body}, lambda: self.ours(self.all())
        )
        if there["body"] != body:
            self.api.patch(f"issues/comments/{there['id']}", {"body": body})
        return str(there["html_url"])

    def _by_us(self, comment: Comment) -> bool:
        author = comment.get("user") or {}
        if author.get("type") == "Bot":
            return True
        try:  # a personal token has a user; an app's token has no access to /user
            return bool(author.get("login") == self.api.get("/user")["login"])
        except Refused:
            return False
