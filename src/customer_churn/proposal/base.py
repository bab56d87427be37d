"""How a branch lies to its base: what is said when main has moved on."""

import subprocess
from pathlib import Path

from customer_churn.loop.pipeline import GENERATED


def note(root: Path, base: str) -> str:
    """One line about a stale branch; empty when it holds all of `base`."""
    behind = _git(root, "rev-list", "--count", f"HEAD..{base}").strip()
    if behind in ("", "0"):
        return ""
    conflicts = _conflicts(root, base)
    if conflicts:
        return (
            f"{base} has moved on and conflicts in {', '.join(conflicts[:3])}. Take its side of "
            f"the generated files and train again: `git merge {base}`, `git checkout {base} -- "
            f"{' '.join(GENERATED[:1])}`, `make run`."
        )
    return f"This branch lacks {behind} commits of {base}; it was judged against the newest."


def _conflicts(root: Path, base: str) -> list[str]:
    said = _git(root, "merge-tree", "--write-tree", "--name-only", "--no-messages", "HEAD", base)
    return said.splitlines()[1:]  # the first line is the tree


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout
