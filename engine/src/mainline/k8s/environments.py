"""The environments, and the one file that says what each of them runs."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.release.release_file import Release

STAGING, PRODUCTION = "staging", "production"
ENVIRONMENTS = (STAGING, PRODUCTION)
CHALLENGER = "challenger.yaml"  # beside the release file, in the same form


def release_path(environment: str) -> Path:
    """Where an environment's release file stands. Raises MainlineError for an unknown name."""
    if environment not in ENVIRONMENTS:
        known = " and ".join(ENVIRONMENTS)
        raise MainlineError(f"there is no environment '{environment}'; there are {known}.")
    return Layout.overlays / environment / Layout.release.name


def challenger_path(environment: str) -> Path:
    """Where the release of an environment's challenger stands, if it has one."""
    return release_path(environment).with_name(CHALLENGER)


def challenger_at(git: Git, revision: str, environment: str) -> Release | None:
    """The challenger that an environment had at a revision; None without one.

    Raises MainlineError when the file is not a release file.
    """
    path = challenger_path(environment)
    return parsed(git.show(revision, path), path, revision)


def release_at(git: Git, revision: str, environment: str) -> Release | None:
    """What an environment ran at a revision; None before its first release.

    Raises MainlineError when the file is not a release file.
    """
    path = release_path(environment)
    return parsed(git.show(revision, path), path, revision)


def parsed(text: str | None, path: Path, revision: str) -> Release | None:
    """The release in a file's text at a revision; None when there is no file."""
    return None if text is None else Release.parse(text, name=f"{path} at {revision[:12]}")


def on_main(git: Git, revision: str) -> str | None:
    """The commit that `revision` names, when it is part of main's history; else None."""
    commit = git.resolve(revision)
    return commit if commit and git.reaches(main(git), commit) else None


def main(git: Git) -> str:
    """The commit that main stands at: the remote's, or else the local one.

    Raises MainlineError when neither is known, or when this clone lacks a part of its history: that
    is the record of what was released, and a part of it tells another story.
    """
    if not git.inside():
        raise MainlineError("there is no git repository here; run this in the project's directory.")
    if git.shallow():
        raise MainlineError(
            "this clone has only the end of main's history, which is the record of releases: "
            "`git fetch --unshallow` brings the rest."
        )
    name = git.main()
    if name is None:
        raise MainlineError("neither origin/main nor main is known here; fetch the branch first.")
    return str(git.resolve(name))
