"""The command `publish`: pushes the model image to its registry, by digest and without a tag.

A proposal may push: no environment uses the image until a release file that names it is merged.
"""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.k8s.placeholder import PLACEHOLDER, unset
from mainline.registry.oci_layout import OciLayout
from mainline.registry.repository import Repository
from mainline.release.release_file import Release


def run(root: Path) -> None:
    """Publish and print the result."""
    print(publish(root), flush=True)


def publish(root: Path) -> str:
    """Push the image that the release file names. Returns a line for the terminal.

    Raises MainlineError when the local image is another one or incomplete, or the push fails.
    """
    release = Release.read(root)
    image = release.image.partition("@")[0]
    layout = OciLayout.read(Layout(root).image)
    if layout.digest != release.digest:
        raise MainlineError(
            f"{Layout.image} is {layout.digest}, and {Layout.release} names {release.image}: only "
            "the image of the release is published. `dvc repro` makes them one again."
        )
    _settled(image)
    repository = Repository.of(image)
    if repository.has(layout.digest):
        return f"image     {release.image} is there already"
    repository.push(layout)
    return f"image     {release.image} pushed, {layout.size / 1e6:.2f} MB"


def _settled(image: str) -> None:
    if unset(image):
        raise MainlineError(
            f"`package.image` in params.yaml is still {image}; {PLACEHOLDER} is a placeholder. Set "
            "it to a repository that you may push to, such as ghcr.io/OWNER/NAME, and run "
            "`make run`."
        )
