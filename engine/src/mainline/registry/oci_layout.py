"""Reads the model image that the stage `package` wrote, and checks every byte."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import sha256


@dataclass(frozen=True)
class OciLayout:
    """One image: its digest, its manifest's exact bytes, and a file for every blob it names."""

    digest: str
    manifest: bytes
    blobs: dict[str, Path]

    @property
    def size(self) -> int:
        """Bytes of all blobs."""
        return sum(path.stat().st_size for path in self.blobs.values())

    @classmethod
    def read(cls, directory: Path) -> "OciLayout":
        """Raises MainlineError when a part is missing or is not what its digest says."""
        try:
            [entry] = json.loads((directory / "index.json").read_bytes())["manifests"]
            digest = str(entry["digest"])
            manifest = _file(directory, digest).read_bytes()
            about = json.loads(manifest)
            blobs = {part["digest"]: _blob(directory, part) for part in _parts(about)}
        except FileNotFoundError as error:
            raise _damaged(directory, f"{error.filename} is missing") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged(directory, str(error)) from None
        return cls(digest, manifest, blobs)


def _parts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [manifest["config"], *manifest["layers"]]


def _blob(directory: Path, part: dict[str, Any]) -> Path:
    return _file(directory, part["digest"])


def _file(directory: Path, digest: str) -> Path:
    """The blob's file. Raises ValueError when its bytes have another digest."""
    kind, _, name = digest.partition(":")
    if kind != "sha256" or len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise ValueError(f"{digest!r} is not a sha256 digest")
    path = directory / "blobs" / "sha256" / name
    if sha256(path.read_bytes()) != name:
        raise ValueError(f"{path} does not match its name")
    return path


def _damaged(directory: Path, why: str) -> MainlineError:
    return MainlineError(
        f"{directory} is not a complete image: {why}. `dvc checkout` restores it, "
        "`dvc repro package` makes it."
    )
