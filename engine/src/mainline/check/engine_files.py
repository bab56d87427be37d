"""The manifests that come from Mainline: k8s/base, k8s/components, pipelines/argo/base, by hash.

`python -m mainline.check.engine_files` at the top of this repository renders dashboards and alerts
and writes the hashes anew.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.k8s import workflow_files

FOLDERS = (Layout.base.parent, Layout.components, workflow_files.BASE)
HASHES = Path(__file__).with_name("engine_files.json")
File = tuple[str, str | None, str | None]  # path, the hash here, the hash as shipped


def files(root: Path) -> list[File]:
    """Each file that is in a project or was shipped, with both hashes; None where it is not.

    A project without pipelines/argo lacks none of its files.
    """
    shipped: dict[str, str] = json.loads(HASHES.read_text(encoding="utf-8"))
    if not (root / workflow_files.FOLDER).is_dir():
        below = f"{workflow_files.BASE.as_posix()}/"
        shipped = {path: it for path, it in shipped.items() if not path.startswith(below)}
    here = hashes(root)
    paths = sorted(shipped.keys() | here.keys())
    return [(path, here.get(path), shipped.get(path)) for path in paths]


def hashes(root: Path) -> dict[str, str]:
    """SHA-256 (hex) of each file below these folders, by its path in the project."""
    paths = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): _hash(path.read_bytes()) for path in paths}


def as_shipped(file: File) -> Iterator[str]:
    """Files of k8s/base, k8s/components and pipelines/argo/base are as Mainline ships them."""
    _, here, shipped = file
    if here is None:
        yield "it is missing"
    elif shipped is None:
        yield "it does not come from Mainline"
    elif here != shipped:
        yield "it was edited"


def write(root: Path) -> None:
    """Take the files in `root` as those that are shipped."""
    write_text(HASHES, json.dumps(hashes(root), indent=2, sort_keys=True) + "\n")


def made(root: Path) -> None:
    """Render dashboards and alerts in `root`, then take the files there as shipped."""
    # It imports the gateway, which `mainline check` does not need.
    from mainline.check import rendered_files  # noqa: PLC0415

    rendered_files.write(root)
    write(root)


def _hash(content: bytes) -> str:
    """Of the text with Unix line ends, whichever git wrote."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


RULES = (as_shipped,)

if __name__ == "__main__":
    made(Path())
