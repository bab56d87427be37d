"""Stage `release`: writes the release file for Kustomize from the descriptor."""

from pathlib import Path

from mainline.core.files import read_json, write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.release.release_file import Release


def run(root: Path) -> None:
    """Write `Layout.release` from `Layout.descriptor`."""
    descriptor = read_json(Layout(root).descriptor, made_by="dvc repro package")
    release = Release.from_descriptor(descriptor)
    write_text(Layout(root).release, release.render())
    say("release", f"{Layout.release} names version {release.version}")
