"""Posts the comment: with CML if that is safe, else with our own client."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from mainline.core.errors import MainlineError
from mainline.github import cml
from mainline.github.api import Api
from mainline.github.comments import LIMIT, Comments
from mainline.github.watermark import signed, taken_by_cml


@dataclass(frozen=True)
class Posted:
    """`by` is the poster. `why` is the reason not to use CML; empty if CML posted."""

    url: str
    by: str
    why: str = ""

    def line(self) -> str:
        """For the log."""
        return f"comment   {self.url} ({self.by})" + (f": {self.why}" if self.why else "")


def post(
    api: Api, number: int, sha: str, text: str, environment: Mapping[str, str] | None = None
) -> Posted:
    """Create or update the one comment of a pull request.

    Raises MainlineError when both fail; its last line is GitHub's reason.
    """
    values = os.environ if environment is None else environment
    comments = Comments(api, number)
    why = _why_not_cml(comments, text, sha)
    if not why:
        try:
            return Posted(cml.update(cml.found() or "cml", text, number, values), "CML")
        except cml.CmlError as error:
            why = str(error)
    try:
        return Posted(comments.upsert(text, sha), "our client", why)
    except MainlineError as error:
        raise MainlineError(f"the comment was not posted. {why}.\n{error}") from None


def _why_not_cml(comments: Comments, text: str, sha: str) -> str:
    if cml.found() is None:
        return "CML is not installed"
    if len(signed(text, sha)) > LIMIT:
        return "the comment is too long, and CML does not check the length"
    there = comments.all()
    ours = comments.ours(there)
    if (ours["id"] if ours else None) != taken_by_cml(there):
        return "CML reads 30 comments and does not check authors: it would not find ours"
    return ""
