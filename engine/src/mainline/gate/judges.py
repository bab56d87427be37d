"""The files that judge a proposal, and whether it changes them. Needs git and nothing else."""

from pathlib import Path

from mainline.core.layout import Layout
from mainline.git import Git
from mainline.lock.engine_file import NAME as ENGINE

# A change here changes how models are judged, and this very judgement ran on it.
JUDGES: tuple[Path | str, ...] = (
    Layout.dvc_config,
    Layout.dvc_ignore,
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
    names = [str(Layout.pipeline), *map(Layout(git.root).seen, JUDGES)]
    files = [path for path, _, _ in git.changed(since, *names)]
    if not files:
        return []
    more = [f"{len(files) - SHOWN} more files"] if len(files) > SHOWN else []
    shown = ", ".join([*files[:SHOWN], *more])
    return [f"this proposal changes what judges it, so read its code: {shown}."]
