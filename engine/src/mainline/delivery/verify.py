"""The command `verify`: rebuilds a release from the DVC cache and compares it."""

import tempfile
from dataclasses import fields
from pathlib import Path

from mainline.core.errors import MainlineError, OutOfReachError
from mainline.core.layout import Layout
from mainline.delivery.deployments import origin
from mainline.dvc.outputs import fetch, intact
from mainline.git import Git
from mainline.k8s.environments import ENVIRONMENTS, challenger_at, main, on_main, release_at
from mainline.packaging.content import content_hash, version
from mainline.packaging.image import build
from mainline.registry.repository import Repository
from mainline.release.release_file import Release


def run(root: Path, environment: str | None, registry: bool, at: str | None = None) -> None:
    """Print a line for each environment whose release on main equals the rebuilt one.

    `at` is an earlier commit of main; its own releases are then verified.

    Raises MainlineError that lists every environment whose release differs, cannot be rebuilt or,
    with `registry`, is missing in its registry.
    """
    git = Git(root)
    head = main(git)
    if at is not None:
        known = on_main(git, at)
        if known is None:
            raise MainlineError(f"main has no commit '{at}', so nothing was released there.")
        head = known
    wanted = (environment,) if environment else ENVIRONMENTS
    found = {name: release_at(git, head, name) for name in wanted}
    if environment and found[environment] is None:
        raise MainlineError(f"{environment} has no release on main, so there is nothing to verify.")
    found |= {f"challenger of {name}": challenger_at(git, head, name) for name in wanted}
    if not any(found.values()):
        print("nothing is released on main yet")
    problems = []
    for name, release in found.items():
        try:
            if release:
                print(f"{name}: {_verified(git, head, release, registry)}", flush=True)
        except MainlineError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise MainlineError("\n".join(problems))


def _verified(git: Git, head: str, release: Release, registry: bool) -> str:
    made = origin(git, head, release)
    if made is None:
        raise MainlineError(
            f"version {release.version} was never in staging on main, so no commit shows how it "
            "was made. Roll it back: "
            "`mainline rollback production`."
        )
    compare(git, made.commit, release)
    said = f"version {release.version} is what {made.commit[:7]} makes, {release.digest}"
    if not registry:
        return said
    image = release.image.partition("@")[0]
    if not Repository.of(image).shows(release.digest):
        raise MainlineError(
            f"{image} has no {release.digest}: no new pod can start. To restore it, check out this "
            f"model (`git switch --detach {made.commit[:7]} && dvc pull`) and run "
            "`mainline publish`."
        )
    return f"{said}, and its registry has it"


def compare(git: Git, commit: str, release: Release) -> None:
    """Rebuild the image of the model that a commit's lock names, and compare it with a release.

    Raises OutOfReachError when the model is not available, MainlineError when something differs.
    """
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        try:
            fetch(git, commit, Layout.saved_model, model, remotes_of_today=True)
        except OutOfReachError as error:
            raise OutOfReachError(
                f"version {release.version} cannot be rebuilt: {error} On a machine that has the "
                "model, run `dvc push --all-commits`; then run this again. Without a copy, run "
                f"`dvc repro` at {commit[:7]}: it makes the same bytes on the CPU class of the "
                "training."
            ) from None
        different = _differences(release, rebuilt(model, release))
        if not different:
            return
        if not intact(git, commit, Layout.saved_model, model):
            raise MainlineError(
                f"the copy of {Layout.saved_model} that DVC has is damaged: it is not what "
                f"{Layout.lock} at {commit[:7]} names, so it says nothing about version "
                f"{release.version}. Move .dvc/cache away and run this again: the remote's copy "
                "is taken then."
            )
    raise MainlineError(f"{'; '.join(different)}. {_meaning(commit, different)}")


def rebuilt(model: Path, release: Release) -> Release:
    """The release that is built from the files of `model`, with the names of `release`."""
    content = content_hash(model)
    number = version(content)
    digest = build(model, release.name, number).digest
    image = f"{release.image.partition('@')[0]}@{digest}"
    return Release(release.name, str(number), image, digest, content)


def _differences(release: Release, made: Release) -> list[str]:
    return [
        f"{field.name} is {getattr(release, field.name)}, rebuilt {getattr(made, field.name)}"
        for field in fields(Release)
        if field.name != "image" and getattr(release, field.name) != getattr(made, field.name)
    ]


def _meaning(commit: str, different: list[str]) -> str:
    if any(each.startswith("content ") for each in different):
        return (
            f"The release file does not belong to the model that {commit[:7]} locks, so its origin "
            "is unknown. Roll it back, then release with `dvc repro`: "
            "`mainline rollback ENVIRONMENT`."
        )
    return (
        f"The model is the one that {commit[:7]} locks, but image or version differ: the file "
        "was not written by `dvc repro`, or the packaging code has changed since (then "
        f"`verify` at {commit[:7]} passes). If neither is true, roll the release back: "
        "`mainline rollback ENVIRONMENT`."
    )
