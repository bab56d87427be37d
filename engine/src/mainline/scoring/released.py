"""The model that scores: staging's in the working tree, or the one that an environment runs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mainline.core.errors import MainlineError, OutOfReachError
from mainline.core.layout import Layout
from mainline.delivery.deployments import origin
from mainline.dvc.outputs import fetch
from mainline.git import Git
from mainline.k8s.environments import release_path
from mainline.packaging.content import content_hash
from mainline.release.release_file import Release
from mainline.serving.staged import staged_model


@contextmanager
def released(root: Path, environment: str | None) -> Iterator[tuple[Release, Path]]:
    """The release and its model's directory, which may be gone after the block.

    Without an environment it is the model in the working tree, which must be staging's. Another
    version comes from DVC, as the commit that released it locks it. Raises MainlineError when there
    is no release or its bytes cannot be had.
    """
    if environment is None:
        yield staged_model(root)
        return
    path = release_path(environment)
    if not (root / path).is_file():
        raise MainlineError(
            f"{path} does not exist: {environment} has no release.",
            hint="`mainline history` lists what was released.",
        )
    release = Release.parse((root / path).read_text(encoding="utf-8"), name=str(path))
    here = Layout(root).saved_model
    if here.is_dir() and content_hash(here) == release.content:
        yield release, here
        return
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        _fetch(root, release, model)
        yield release, model


def _fetch(root: Path, release: Release, target: Path) -> None:
    git = Git(root)
    made = origin(git, "HEAD", release) if git.inside() else None
    if made is None:
        raise MainlineError(
            f"version {release.version} was never staging's in the history of this checkout, so no "
            "commit says where its bytes are.",
            hint="`git fetch --unshallow` brings the rest of a shallow clone.",
        )
    try:
        fetch(git, made.commit, Layout.saved_model, target, remotes_of_today=True)
    except OutOfReachError as error:
        raise OutOfReachError(f"version {release.version} cannot be had: {error}") from None
    found = content_hash(target)
    if found != release.content:
        raise MainlineError(
            f"the copy of version {release.version} that DVC has is damaged: its content is "
            f"{found[:19]}…, the release names {release.content[:19]}…"
        )
