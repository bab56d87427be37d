"""What was deployed when, read from git: the release file's own history is the record."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.strict_yaml import read_yaml
from customer_churn.delivery.environments import STAGING, release_at, release_path
from customer_churn.git import Git
from customer_churn.release.file import Release
from customer_churn.report.figures import estimate

_PULL = re.compile(r"\s*\(#(\d+)\)\s*$|^Merge pull request #(\d+) from ")


@dataclass(frozen=True)
class Deployment:
    """One change of an environment's release file on main.

    `release` is None when the environment was emptied. `lead` runs from the first commit of the
    change to its arrival on main; `pull` is the pull request, where the subject names one.
    """

    environment: str
    commit: str
    when: datetime
    author: str
    subject: str
    release: Release | None
    lead: timedelta
    rollback: bool

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
    """Every deployment on `revision`'s own line, oldest first.

    A release that the environment had before is a rollback.
    """
    found: list[Deployment] = []
    seen: set[str] = set()
    for commit in reversed(git.line(revision, release_path(environment))):
        release = release_at(git, commit.hash, environment)
        image = release.image if release else ""
        found.append(
            Deployment(
                environment,
                commit.hash,
                commit.when,
                commit.author,
                commit.subject,
                release,
                commit.when - git.begun(commit.hash),
                rollback=image in seen,
            )
        )
        seen.add(image)
    return found


def origin(git: Git, revision: str, release: Release) -> Deployment | None:
    """The deployment to staging that brought a release first: the change that made the model."""
    for each in deployments(git, revision, STAGING):
        if each.release == release:
            return each
    return None


def committed(git: Git, commit: str, path: Path) -> dict[str, Any]:
    """A generated JSON file as it was committed; empty when it is absent or none."""
    text = git.show(commit, path)
    try:
        return read_yaml(text, name=f"{path} at {commit[:12]}") if text else {}
    except UserError:
        return {}


def roc_auc(git: Git, each: Deployment) -> str:
    """The ROC AUC that was committed with a model, in words; empty when there is none."""
    found = (committed(git, each.commit, paths.FIGURES).get("model") or {}).get("roc_auc")
    return f"ROC AUC {estimate(found)}" if found else ""
