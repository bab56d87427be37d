"""The command `trace`: finds the change that made a version, or that answered a request."""

from pathlib import Path

from mainline.core.errors import MainlineError, SettingsError
from mainline.core.layout import Layout
from mainline.delivery.deployments import (
    Deployment,
    committed,
    deployments,
    led,
    origin,
)
from mainline.git import Git
from mainline.k8s.environments import ENVIRONMENTS, challenger_at, main, release_at
from mainline.packaging.content import version_prefix
from mainline.release.release_file import Release


def run(
    root: Path,
    version: str | None = None,
    *,
    request: str | None = None,
    spool: Path | None = None,
    settings_file: Path | None = None,
    store: str | None = None,
) -> None:
    """Print version, content, image, change, data, figures and current environments.

    With `request`, the log of the gateway tells the version. Raises MainlineError when main never
    released such a version, or when the log has no such request.
    """
    if (version is None) is (request is None):
        raise SettingsError("name either a version or --request ID.")
    if version is not None:
        print(_words(root, version))
        return
    from mainline.delivery.answered import answered  # noqa: PLC0415  it loads Arrow

    for each in answered(root, str(request), spool, settings_file, store):
        print(_words(root, each))


def _words(root: Path, version: str) -> str:
    git = Git(root)
    head = main(git)
    release = find(git, head, version)
    made = origin(git, head, release)
    lines = {
        "version": release.version,
        "content": release.content,
        "image": release.image,
        **(_change(git, made) if made else {}),
        "runs in": ", ".join(_running(git, head, release)) or "no environment",
    }
    return "\n".join(f"{name:<10}{value}" for name, value in lines.items())


def find(git: Git, head: str, version: str) -> Release:
    """The release of a version, from main's history. Raises MainlineError when there is none."""
    for environment in ENVIRONMENTS:
        for each in deployments(git, head, environment):
            if each.release and each.release.version == version:
                return each.release
    if not version.isdigit() or int(version) >= 2**48:
        raise MainlineError(f"'{version}' is not a version: expected a whole number below 2^48.")
    prefix = version_prefix(int(version))
    raise MainlineError(
        f"main, as far as this clone has it, never released version {version}; `git fetch` brings "
        f"what is newer. A model of this version has the content "
        f"sha256:{prefix}…, which another branch or repository may know: "
        f"`git log --all -S{prefix} -- {Layout.release}`."
    )


def _change(git: Git, made: Deployment) -> dict[str, str]:
    data = committed(git, made.commit, Layout.catalogue)
    trained = git.trailer(made.commit, "Trained-on")
    return {
        "commit": f"{made.commit} {made.subject} ({made.author}, {made.when:%Y-%m-%d %H:%M})",
        **({"pull": f"#{made.pull}"} if made.pull else {}),
        **({"trained on": trained} if trained else {}),
        "data": f"{data.get('content', 'unknown')}, {data.get('rows', 0):,} rows of "
        f"{data.get('source', 'an unknown source')}, as of {data.get('as_of', 'unknown')}",
        "figures": led(git, made) or "none",
    }


def _running(git: Git, head: str, release: Release) -> list[str]:
    beside = [
        f"{it} as challenger" for it in ENVIRONMENTS if challenger_at(git, head, it) == release
    ]
    return [it for it in ENVIRONMENTS if release_at(git, head, it) == release] + beside
