"""The files that judge a proposal, and whether it changes them. Needs git and nothing else."""

from mainline.core.layout import Layout
from mainline.git import Git
from mainline.lock.engine_file import NAME as ENGINE

# A change here changes how models are judged, and this very judgement ran on it.
JUDGES = (
    Layout.pipeline.as_posix(),
    ".dvc/config",
    ".dvcignore",
    ENGINE,
    "engine/src",
    "requirements/engine.txt",
    "vendor",
)
SHOWN = 10  # files in the note


def changed(git: Git, base: str | None) -> list[str]:
    """Files that this proposal changes and that judged it."""
    if base is None:
        return []
    since = git.fork_point(base) or base
    files = [path for path, _, _ in git.changed(since, *JUDGES)]
    if not files:
        return []
    more = [f"{len(files) - SHOWN} more files"] if len(files) > SHOWN else []
    names = ", ".join([*files[:SHOWN], *more])
    return [f"this proposal changes what judges it, so read its code: {names}."]
