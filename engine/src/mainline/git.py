"""What git knows of this repository, asked by calling git."""

import io
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from mainline.core.errors import GitError
from mainline.core.layout import Layout

# Full names: a tag or a branch called like these must not choose what a proposal is held to.
MAINS = ("refs/remotes/origin/main", "refs/heads/main")
HASH = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Commit:
    """A commit as its own line of history shows it; `when` is when it was committed."""

    hash: str
    when: datetime
    authored: datetime
    merge: bool
    author: str
    subject: str


@dataclass(frozen=True)
class Git:
    """The repository around `root`. Every revision is a name that git understands.

    Every path, asked or answered, is as seen from `root`: `params.yaml`, `../../src/model.py`.
    """

    root: Path

    def resolve(self, revision: str) -> str | None:
        """The commit that a revision names, 40 hex digits; None when it names none."""
        found = self.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", check=False)
        return found.strip() or None

    def known(self, revision: str) -> str:
        """As `resolve`. Raises GitError when the revision names no commit."""
        commit = self.resolve(revision)
        if commit is None:
            raise GitError(f"git knows no revision '{revision}'.", hint="Fetch it first.")
        return commit

    def main(self) -> str | None:
        """The name of main, the remote's or else the local one; None when there is neither."""
        return next((name for name in MAINS if self.resolve(name)), None)

    def branch(self) -> str:
        """The name of the current branch; empty without one, as in CI."""
        return self.run("branch", "--show-current", check=False).strip()

    def fork_point(self, revision: str) -> str | None:
        """The newest commit that HEAD and `revision` share; None when there is none."""
        return self.run("merge-base", "HEAD", revision, check=False).strip() or None

    def reaches(self, revision: str, earlier: str) -> bool:
        """Whether `earlier` is part of the history of `revision`."""
        shared = self.run("merge-base", revision, earlier, check=False).strip()
        return bool(shared) and shared == self.resolve(earlier)

    def show(self, revision: str, path: Path) -> str | None:
        """A file's text at a revision; None when it is not there."""
        here = Git(self.root.resolve())  # a process may change its directory
        return (_shown if HASH.fullmatch(revision) else _show)(here, revision, path)

    def tree(self, revision: str, *patterns: str) -> list[Path]:
        """The files of a revision whose names match one of the patterns."""
        said = self.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", revision)
        paths = [Path(name) for name in said.split("\0")[:-1]]
        return [Path(self.seen(str(p))) for p in paths if any(map(p.match, patterns))]

    def texts(self, revisions: Sequence[str], path: Path) -> list[str | None]:
        """The same of a file at many revisions, in one call of git."""
        asked = "".join(f"{revision}:./{path.as_posix()}\n" for revision in revisions)
        said = io.BytesIO(self._call("cat-file", "--batch", given=asked.encode()).stdout)
        found: list[str | None] = []
        for _ in revisions:
            about = said.readline().split()  # object, kind, bytes; or what is missing
            if len(about) != 3:
                found.append(None)
                continue
            text = said.read(int(about[2]) + 1)[:-1].decode(errors="replace")
            found.append(text if about[1] == b"blob" else None)
        return found

    def commits_touching(self, text: str, path: Path, revision: str) -> list[str]:
        """Commits on `revision`'s own line that brought `text` into `path` or took it out.

        First parents only: what a merged branch held in passing was never on `revision` itself.
        """
        found = self.run(
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

    def line(self, revision: str, path: Path) -> list[Commit]:
        """Commits on `revision`'s own line (first parents) that changed `path`, newest first."""
        fields = "--format=%H%x00%cI%x00%aI%x00%P%x00%an%x00%s"
        shown = self.run("log", "--first-parent", "-m", fields, revision, "--", path.as_posix())
        # By git's own end of line: a subject may hold what Python takes for another (U+2028).
        split = [line.split("\0") for line in shown.split("\n") if line]
        return [
            Commit(commit, _time(when), _time(authored), len(parents.split()) > 1, author, subject)
            for commit, when, authored, parents, author, subject in split
        ]

    def begun(self, commit: str) -> datetime:
        """When work on a commit began: the first authored of what it merged, or its own author."""
        parents = self.run("rev-parse", f"{commit}^@", check=False).split()
        merged = [*parents[1:], f"^{parents[0]}"] if len(parents) > 1 else ["-1", commit]
        shown = self.run("log", "--format=%aI", *merged).split()
        return min(datetime.fromisoformat(when) for when in shown)

    def trailer(self, commit: str, name: str) -> str:
        """A trailer of a commit, or of one that it merged; the newest where there are several."""
        fields = f"--format=%(trailers:key={name},valueonly,separator=%x20)"
        known = self.resolve(f"{commit}^1")
        merged = [commit, f"^{known}"] if known else [commit]
        return next((line for line in self.run("log", fields, *merged).splitlines() if line), "")

    def changed(self, revision: str, *paths: str) -> list[tuple[str, int, int]]:
        """Files that differ from `revision` in the working tree: path, lines added and removed."""
        # With renames git would write `{old => new}`, and without -z it would quote names.
        how = ("--numstat", "-z", "--no-renames", "--no-relative")
        said = self.run("diff", *how, revision, "--", *paths)
        split = [entry.split("\t", 2) for entry in said.split("\0") if entry]
        found = [
            (self.seen(path), _count(added), _count(removed)) for added, removed, path in split
        ]
        new = self.files("--others", "--exclude-standard", paths=paths)
        return found + [(path, _lines(self.root / path), 0) for path in new]

    def files(self, *options: str, paths: Sequence[str] = ()) -> list[str]:
        """What `git ls-files` lists: of `paths`, or of the whole repository."""
        return self.run("ls-files", "-z", *options, "--", *(paths or [":/"])).split("\0")[:-1]

    def differing(self, *options: str) -> list[str]:
        """The files that `git diff` names with these options."""
        said = self.run("diff", "--name-only", "-z", "--no-renames", "--no-relative", *options)
        return [self.seen(name) for name in said.split("\0")[:-1]]

    def seen(self, name: str) -> str:
        """A name below the git root, as some commands of git print it, as seen from `root`."""
        return Layout(self.root).seen(name)

    def describe(self, revision: str) -> str:
        """Short hash and subject of a commit."""
        return self.run("log", "-1", "--format=%h %s", revision).strip()

    def shallow(self) -> bool:
        """Whether history was cut when this clone was made."""
        return self.run("rev-parse", "--is-shallow-repository", check=False).strip() == "true"

    def inside(self) -> bool:
        """Whether `root` lies in a git repository at all."""
        return bool(self.run("rev-parse", "--git-dir", check=False))

    def run(
        self, *arguments: str, check: bool = True, environment: dict[str, str] | None = None
    ) -> str:
        """What `git` prints; `environment` is added to this process's own.

        Raises GitError when it fails, unless `check` is False.
        """
        done = self._call(*arguments, environment=environment)
        if done.returncode and check:
            reason = done.stderr.decode(errors="replace").strip()
            raise GitError(f"`git {' '.join(arguments)}` failed: {reason}")
        return done.stdout.decode(errors="replace")

    def _call(
        self, *arguments: str, environment: dict[str, str] | None = None, given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", "-C", str(self.root), *arguments],
                env=os.environ | (environment or {}),
                input=given,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise GitError(
                "git is not installed.", hint="Install it: everything runs from git."
            ) from None


def _show(git: Git, revision: str, path: Path) -> str | None:
    listed = git.run("ls-tree", revision, "--", path.as_posix())
    return git.run("show", f"{revision}:./{path.as_posix()}") if listed.strip() else None


_shown = lru_cache(64)(_show)  # what a commit holds does not change


def below(path: str, names: Iterable[str]) -> bool:
    """Whether a path is one of these or lies in one: `metrics_x` does not lie in `metrics`."""
    return any(path == name or path.startswith(f"{name}/") for name in names)


def short(name: str) -> str:
    """A branch's name as people write it."""
    return name.removeprefix("refs/remotes/").removeprefix("refs/heads/")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _count(number: str) -> int:
    return int(number) if number.isdigit() else 0  # git prints - for binary files


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0
