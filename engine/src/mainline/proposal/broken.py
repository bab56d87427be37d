"""The command `broken`: after a run that failed early, replaces an older verdict's comment."""

from pathlib import Path

from mainline.github.api import Api
from mainline.github.context import Context
from mainline.github.poster import post as post_comment
from mainline.proposal import words


def run(root: Path, *, post: bool, pr: int | None = None) -> bool:
    """Print the comment, and post it if asked to. Returns False: nothing was judged."""
    del root  # GitHub says all
    where = Context.of(pr)
    comment = words.of_commit(words.broken_off(), where)
    print(comment, flush=True)
    if post and where.number:
        print(post_comment(Api.from_environment(), where.number, where.head, comment).line())
    return False
