"""What git knows of this repository, asked by calling git."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from customer_churn.core.errors import UserError


@dataclass(frozen=True)
class Git:
    """The repository around `root`. Every revision is a name that git understands."""

    root: Path

    def resolve(self, revision: str) -> str | None:
        """The commit that a revision names, 40 hex digits; None when it names none."""
        found = self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", check=False)
        return found.strip() or None

    def fork_point(self, revision: str) -> str | None:
        """The newest commit that HEAD and `revision` share; None when there is none."""
        return self._run("merge-base", "HEAD", revision, check=False).strip() or None

    def show(self, revision: str, path: Path) -> str | None:
        """A file's text at a revision; None when it is not there."""
        listed = self._run("ls-tree", revision, "--", path.as_posix())
        return self._run("show", f"{revision}:{path.as_posix()}") if listed.strip() else None

    def commits_touching(self, text: str, path: Path, revision: str) -> list[str]:
        """Commits on `revision`'s own line that brought `text` into `path` or took it out.

        First parents only: what a merged branch held in passing was never on `revision` itself.
        """
        found = self._run(
            "log",
            "--format=%H",
            "--first-parent",
            "-m",
            f"-S{text}",
            revision,
            "--",
            path.as_posix(),
        )
        return found.split()

    def changed(self, revision: str, *paths: str) -> list[tuple[str, int, int]]:
        """Files that differ from `revision` in the working tree: path, lines added and removed."""
        lines = self._run("diff", "--numstat", revision, "--", *paths).splitlines()
        new = self._run("ls-files", "--others", "--exclude-standard", "--", *paths).splitlines()
        split = [line.split("\t") for line in lines]
        tracked = [(path, _count(added), _count(removed)) for added, removed, path in split]
        return tracked + [(path, _lines(self.root / path), 0) for path in new]

    def describe(self, revision: str) -> str:
        """Short hash and subject of a commit."""
        return self._run("log", "-1", "--format=%h %s", revision).strip()

    def inside(self) -> bool:
        """Whether `root` lies in a git repository at all."""
        return bool(self._run("rev-parse", "--git-dir", check=False))

    def _run(self, *arguments: str, check: bool = True) -> str:
        try:
            done = subprocess.run(
                ["git", "-C", str(self.root), *arguments], capture_output=True, check=False
            )
        except FileNotFoundError:
            raise UserError("git is not installed, and everything here runs from git.") from None
        if done.returncode:
            if not check:
                return ""
            reason = done.stderr.decode(errors="replace").strip()
            raise UserError(f"`git {' '.join(arguments)}` failed: {reason}")
        return done.stdout.decode(errors="replace")


def _count(number: str) -> int:
    return int(number) if number.isdigit() else 0  # git prints - for binary files


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0
