"""The branch with the best values: one commit that changes params.yaml and nothing else."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.tuning.edited import edited
from mainline.tuning.result import Result


def settled(git: Git, today: Mapping[str, Any]) -> None:
    """Before a search: HEAD has the settings and the code, and its values can be changed.

    Raises MainlineError when a branch could not be made at the end.
    """
    files = [str(Layout.params), Layout(git.root).seen(str(Layout.source))]
    names = sorted({path for path, _, _ in git.changed("HEAD", *files)})
    if names:
        raise MainlineError(
            f"not committed: {', '.join(names[:3])}. The branch with the best settings starts at "
            "the last commit.",
            hint="Commit first.",
        )
    edited(git.show("HEAD", Layout.params) or "", today, name=str(Layout.params))


def branch(git: Git, name: str, result: Result, identity: Sequence[str] = ()) -> str:
    """Make the branch `name` on top of HEAD. Index and working tree stay as they are.

    Returns its commit. Raises MainlineError when the branch is there with something else.
    """
    path = Layout(git.root).directory / Layout.params
    text = git.show("HEAD", Layout.params) or ""
    new = edited(text, result.changes(), name=str(Layout.params))
    with tempfile.TemporaryDirectory() as scratch:
        aside = {"GIT_INDEX_FILE": f"{scratch}/index"}
        file = Path(scratch) / "params.yaml"
        write_text(file, new)
        blob = git.run("hash-object", "-w", "--no-filters", str(file)).strip()
        git.run("read-tree", "HEAD", environment=aside)
        entry = f"100644,{blob},{path.as_posix()}"
        git.run("update-index", "--cacheinfo", entry, environment=aside)
        tree = git.run("write-tree", environment=aside).strip()
    there = git.resolve(f"refs/heads/{name}")
    if there:
        if _same(git, there, tree):
            return there
        raise MainlineError(
            f"the branch {name} exists with other settings.",
            found=git.describe(there),
            hint=f"`git branch -D {name}`, then run this command again: no trial is repeated.",
        )
    message = message_of(result)
    made = git.run(*identity, "commit-tree", tree, "-p", "HEAD", "-m", message).strip()
    git.run("update-ref", f"refs/heads/{name}", made, "")
    return made


def message_of(result: Result) -> str:
    """Subject, result and table."""
    return "\n".join([title(result), "", result.sentence, "", *result.lines(), ""])


def title(result: Result) -> str:
    """One line, for the commit and the pull request."""
    count = len(result.trials.finished)
    return f"Settings from {count} trials: loss {result.today.value:.4f} -> {result.best.value:.4f}"


def _same(git: Git, commit: str, tree: str) -> bool:
    same = git.run("rev-parse", f"{commit}^{{tree}}").strip() == tree
    return same and git.resolve(f"{commit}^") == git.resolve("HEAD")
