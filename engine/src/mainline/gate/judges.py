"""The files that judge a proposal, and whether it changes them. Needs git and nothing else."""

from pathlib import Path

from mainline.core.layout import Layout
from mainline.git import Git

# A change of these changes how models are judged, and this very judgement ran on them. With the
# pipeline's `dvc.yaml` they are the files by which a proposal can do that. Each has an owner.
JUDGES = (
    # What CI runs and installs: workflows, rules, the command `make setup`, locks.
    Layout.workflows.parent,
    Path("Makefile"),
    Layout.engine_lock.parent,
    # What the job `test` of a proposal runs.
    Path("tests"),
    # The engine, which a project names or this repository holds.
    Layout.engine,
    Layout.engine_source,
    Layout.engine_source.parent / "pyproject.toml",
    Layout.vendor,
    # Which files DVC sees, and where it has them from.
    Layout.dvc_config,
    Layout.dvc_ignore,
    # A project's own: checks and metrics, what they import, the source, and whose package it is.
    Layout.pyproject,
    Layout.source,
)
# The gate runs no code of these two: it judges the model that they made.
JUDGED = (Layout.source / "*/features.py", Layout.source / "*/network.py")
# In any folder: which bytes git keeps of a file, and whether it keeps it.
HIDDEN = (".gitattributes", ".gitignore")
SHOWN = 10  # files in the note


def changed(git: Git, base: str | None) -> list[str]:
    """Files that this proposal changes and that judged it."""
    if base is None:
        return []
    since = git.fork_point(base) or base
    seen = Layout(git.root).seen
    names = [str(Layout.pipeline), *map(seen, JUDGES), *(f":(top,glob)**/{it}" for it in HIDDEN)]
    names += [f":(exclude,glob){seen(path)}" for path in JUDGED]
    files = [path for path, _, _ in git.changed(since, *names)]
    if not files:
        return []
    more = [f"{len(files) - SHOWN} more files"] if len(files) > SHOWN else []
    shown = ", ".join([*files[:SHOWN], *more])
    return [f"this proposal changes what judges it, so read its code: {shown}."]
