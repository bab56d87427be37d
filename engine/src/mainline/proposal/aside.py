"""A branch of one commit, made beside index and working tree: both stay as they are."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.git import Git


def branch(
    git: Git,
    name: str,
    start: str,
    files: Mapping[Path, str],
    message: str,
    *,
    identity: Sequence[str] = (),
    after: str = "",
) -> str:
    """Make the branch `name`: `start`, and one commit in which `files` have these texts.

    Returns its commit, also when the branch is there with the same files. Raises MainlineError when
    it is there with others; the hint ends with `after`.
    """
    made = tree(git, start, files)
    there = git.resolve(f"refs/heads/{name}")
    if there:
        if same(git, there, made, start):
            return there
        raise MainlineError(
            f"the branch {name} exists with other settings.",
            found=git.describe(there),
            hint=f"`git branch -D {name}`, then run this command again{after}.",
        )
    commit = git.run(*identity, "commit-tree", made, "-p", start, "-m", message).strip()
    git.run("update-ref", f"refs/heads/{name}", commit, "")
    return commit


def tree(git: Git, start: str, files: Mapping[Path, str]) -> str:
    """The tree of `start` with these files; paths are as seen from `git.root`."""
    directory = Layout(git.root).directory
    with tempfile.TemporaryDirectory() as scratch:
        aside = {"GIT_INDEX_FILE": f"{scratch}/index"}
        git.run("read-tree", start, environment=aside)
        for path, text in files.items():
            file = Path(scratch) / "file"
            write_text(file, text)
            blob = git.run("hash-object", "-w", "--no-filters", str(file)).strip()
            entry = f"100644,{blob},{(directory / path).as_posix()}"
            git.run("update-index", "--add", "--cacheinfo", entry, environment=aside)
        return git.run("write-tree", environment=aside).strip()


def same(git: Git, commit: str, made: str, start: str) -> bool:
    """Whether a commit has this tree and follows `start`."""
    alike = git.run("rev-parse", f"{commit}^{{tree}}").strip() == made
    return alike and git.resolve(f"{commit}^") == git.resolve(start)
