"""Compares a branch with its base: is it behind, and does it hold an unresolved conflict?"""

import os
import re
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.dvc.repro import generated
from mainline.git import Git, below, short

_MARK = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)


def settled(root: Path, base: str) -> None:
    """Raises MainlineError when a file of the pipeline has an unresolved merge conflict.

    Without this check each reader would report invalid YAML or JSON instead.
    """
    for name in (str(Layout.params), str(Layout.pipeline), *generated(root)):
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            found = _MARK.search(file.read_bytes()) if file.is_file() else None
            if found:
                line = file.read_bytes().count(b"\n", 0, found.start()) + 1
                raise MainlineError(_unsettled(root, os.path.relpath(file, root), line, base))


def note(root: Path, base: str) -> str:
    """One line about a branch that is behind `base`; empty when it is not."""
    git = Git(root)
    behind = git.run("rev-list", "--count", f"HEAD..{base}", check=False).strip()
    if behind in ("", "0"):
        return ""
    conflicts = _conflicts(git, base)
    if conflicts:
        return (
            f"{short(base)} has new commits, and both sides changed {', '.join(conflicts[:5])}. "
            f"Run `git merge {short(base)}`, then: {_way_out(root, conflicts, short(base))}"
        )
    commits = "1 commit" if behind == "1" else f"{behind} commits"
    return f"This branch is {commits} behind {short(base)}; it was judged against the newest."


def _unsettled(root: Path, path: str, line: int, base: str) -> str:
    return (
        f"{path}, line {line}: a merge was committed with its conflict unresolved. "
        f"{_way_out(root, [path], base)}"
    )


def _way_out(root: Path, conflicts: list[str], base: str) -> str:
    """The steps to resolve files that both sides changed."""
    made = [path for path in conflicts if below(path, generated(root))]
    written = [path for path in conflicts if path not in made]
    steps = [f"resolve {', '.join(written[:5])} by hand"] if written else []
    if made:
        steps.append(f"take the base's generated files, `git checkout {base} -- {' '.join(made)}`")
    return f"{', '.join(steps)}, train again with `make run`, commit and push."


def _conflicts(git: Git, base: str) -> list[str]:
    how = ("--write-tree", "--name-only", "--no-messages")
    said = git.run("merge-tree", *how, "HEAD", base, check=False)
    return said.splitlines()[1:]  # the first line is the tree
