"""Stage `release`: what the descriptor says becomes the file that Kustomize reads."""

from pathlib import Path

from mainline.core import paths
from mainline.core.files import read_json, write_text
from mainline.core.progress import say
from mainline.release.release_file import Release


def run(root: Path) -> None:
    """Write `paths.RELEASE` from `paths.DESCRIPTOR`."""
    descriptor = read_json(root / paths.DESCRIPTOR, made_by="dvc repro package")
    release = Release.from_descriptor(descriptor)
    write_text(root / paths.RELEASE, release.render())
    say("release", f"{paths.RELEASE} names version {release.version}")
