"""Stores a model that was judged: image, objects and the bot's commit. Nothing of it is loaded."""

from pathlib import Path

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery import publish
from mainline.dvc import objects
from mainline.git import Git
from mainline.github.workflow import group
from mainline.outside import placed
from mainline.outside.received import Received
from mainline.packaging.content import content_hash, version
from mainline.packaging.image import build
from mainline.packaging.settings import PackageSettings
from mainline.proposal import commit, remote
from mainline.release.release_file import Release


def store(root: Path, about: Received, received: Path) -> tuple[str | None, bool]:
    """Push the bytes first, then the commit that names them.

    Returns the commit, None when nothing changed, and whether a model was trained. Raises
    MainlineError when anything is not what it should be, or does not arrive.
    """
    with group("Push"):
        remote.check(root)
        model = placed.clone(root, about, received)
        named = placed.fill(root, model, about, received)
        _same_image(model)
        print(publish.publish(model), flush=True)
        objects.push(root, named)
        print(f"data      {len(named)} objects are in the DVC remote", flush=True)
        parcel = placed.handed(received)
        machine = parcel.trained_on if parcel else ""
        made = commit.commit(model, machine=machine)
        if made:
            origin = Git(root).run("remote", "get-url", "origin").strip()
            Git(model).run("remote", "set-url", "origin", origin)
            made = commit.push(model, about.branch)
        print(f"commit    {made or 'nothing changed'}", flush=True)
    return made, bool(machine)


def _same_image(model: Path) -> None:
    """Raises MainlineError unless the release names the image of the SavedModel's bytes."""
    package = config.section(model, "package", PackageSettings)
    content = content_hash(Layout(model).saved_model)
    built = build(Layout(model).saved_model, package.name, version(content)).digest
    named = Release.read(model).digest
    if built != named:
        raise MainlineError(
            f"{Layout.release} names another image than that of {Layout.saved_model}.",
            found=named,
            expected=built,
        )
