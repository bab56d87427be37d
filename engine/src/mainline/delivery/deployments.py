"""The deployment history, read from the git history of the release files."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.evaluation.names import FIGURES, leading
from mainline.evaluation.words import estimate
from mainline.git import Git
from mainline.k8s.environments import STAGING, parsed, release_path
from mainline.release.release_file import Release

_PULL = re.compile(r"\s*\(#(\d+)\)\s*$|^Merge pull request #(\d+) from ")


@dataclass(frozen=True)
class Deployment:
    """One change of an environment's release file on main.

    `release` is None when the file was removed, or is of an older format that cannot be read
    (`unreadable`). `pull` is the pull request, if the subject names one.
    """

    git: Git = field(repr=False, compare=False)

    environment: str
    commit: str
    when: datetime
    author: str
    subject: str
    release: Release | None
    rollback: bool
    unreadable: bool
    began: datetime | None  # None for a merge: `lead` then looks up its first commit

    @property
    def lead(self) -> timedelta:
        """Time from the first commit of the change to the commit on main."""
        return self.when - (self.began or self.git.begun(self.commit))

    @property
    def pull(self) -> int | None:
        """The number of the pull request that the commit's subject names."""
        found = _PULL.search(self.subject)
        return int(found[1] or found[2]) if found else None

    @property
    def title(self) -> str:
        """The subject without the pull request's number."""
        return _PULL.sub("", self.subject)


def deployments(git: Git, revision: str, environment: str) -> list[Deployment]:
    """Every deployment on `revision`'s first-parent line, oldest first.

    A release that the environment had before is a rollback. Raises MainlineError only when the
    newest file cannot be read: an old unreadable file must not prevent a rollback.
    """
    path = release_path(environment)
    commits = git.line(revision, path)[::-1]
    found: list[Deployment] = []
    seen: set[str] = set()
    texts = git.texts([commit.hash for commit in commits], path)
    for commit, text in zip(commits, texts, strict=True):
        try:
            release = parsed(text, path, commit.hash)
        except MainlineError:
            if commit is commits[-1]:
                raise
            release = None
        image = release.image if release else ""
        found.append(
            Deployment(
                git,
                environment,
                commit.hash,
                commit.when,
                commit.author,
                commit.subject,
                release,
                rollback=release is not None and image in seen,
                unreadable=release is None and text is not None,
                began=None if commit.merge else commit.authored,
            )
        )
        seen.add(image)
    return found


def origin(git: Git, revision: str, release: Release) -> Deployment | None:
    """The first deployment of a release to staging: the change that made the model."""
    return origins(git, revision).get(release)


def origins(git: Git, revision: str) -> dict[Release, Deployment]:
    """Every release that staging had, with its first deployment."""
    found: dict[Release, Deployment] = {}
    for each in deployments(git, revision, STAGING):
        if each.release:
            found.setdefault(each.release, each)
    return found


def committed(git: Git, commit: str, path: Path) -> dict[str, Any]:
    """A generated JSON file at a commit; empty when it is missing or malformed."""
    text = git.show(commit, path)
    try:
        return read_yaml(text, name=f"{path} at {commit[:12]}") if text else {}
    except MainlineError:
        return {}


def led(git: Git, each: Deployment) -> str:
    """The leading figure that was committed with a model, in words; empty when there is none."""
    evaluation = committed(git, each.commit, Layout.figures)
    task = str(evaluation.get("task", "binary"))
    if task not in FIGURES:
        return ""
    figure = leading(task)
    found = (evaluation.get("model") or {}).get(figure.name)
    return f"{figure.short} {estimate(found)}" if found else ""
