"""Which revision is meant: an environment, a version that a server reports, or any of git's."""

from dataclasses import dataclass

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery.deployments import deployments, origin
from mainline.git import Git
from mainline.k8s.environments import (
    ENVIRONMENTS,
    STAGING,
    main,
    on_main,
    release_at,
)
from mainline.release.release_file import Release


@dataclass(frozen=True)
class Revision:
    """A commit that holds a lock and its release, as `name` calls it."""

    commit: str
    name: str
    release: Release


def find(git: Git, asked: str | None, *, only_main: bool) -> Revision | None:
    """The revision that is meant; None when staging is, and nothing was ever released.

    Raises MainlineError when there is no such revision, it has no release or, with `only_main`,
    main does not have it.
    """
    if not git.inside():
        raise MainlineError("there is no git repository here; run this in the project's directory.")
    if asked is None and release_at(git, main(git), STAGING) is None:
        return None
    commit, name = _named(git, asked or STAGING)
    if only_main and on_main(git, commit) is None:
        raise MainlineError(f"{name} is not on main, and only what was reviewed is run here.")
    text = git.show(commit, Layout.release)
    if text is None or git.show(commit, Layout.lock) is None:
        raise MainlineError(
            f"{name} holds no model: {Layout.release} or {Layout.lock} is not in {commit[:12]}. "
            "`mainline history` lists what was released."
        )
    return Revision(commit, name, Release.parse(text, name=f"{Layout.release} at {commit[:12]}"))


def _named(git: Git, asked: str) -> tuple[str, str]:
    if asked in ENVIRONMENTS:
        head = main(git)
        release = release_at(git, head, asked)
        if release is None:
            raise MainlineError(
                f"{asked} has no release on main, so there is nothing to reproduce."
            )
        return _origin(git, head, release), f"{asked}'s release, version {release.version}"
    released = _version(git, asked) if asked.isdigit() else None
    if released:
        return _origin(git, main(git), released), f"version {asked}"
    commit = git.resolve(asked)
    if commit is None:
        raise MainlineError(
            f"'{asked}' is neither {' nor '.join(ENVIRONMENTS)}, nor a version that main released, "
            "nor a revision that git knows here; `git fetch` brings what is newer."
        )
    return commit, git.describe(commit)


def _version(git: Git, version: str) -> Release | None:
    if git.main() is None:
        return None
    head = main(git)
    found = (each.release for name in ENVIRONMENTS for each in deployments(git, head, name))
    return next((release for release in found if release and release.version == version), None)


def _origin(git: Git, head: str, release: Release) -> str:
    made = origin(git, head, release)
    if made is None:
        raise MainlineError(
            f"version {release.version} was never staging's on main, so no commit says how it was "
            "made."
        )
    return made.commit
