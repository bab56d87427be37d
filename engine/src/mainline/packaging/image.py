"""The model image: an OCI image whose digest is a pure function of the model's bytes.

One uncompressed layer holds `/models/<name>/<version>/`. Owner, mode and time of every entry are
fixed and entries are sorted, so the digest can be recomputed from the model.
"""

import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import sha256, staged, tree_files

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
BLOBS = "blobs/sha256"


@dataclass(frozen=True)
class Image:
    """An OCI layout in memory: `files` by their path in it; `digest` is the manifest's."""

    digest: str
    files: dict[str, bytes]

    @property
    def size(self) -> int:
        """Bytes of the blobs, which a registry stores and a node pulls."""
        return sum(len(data) for path, data in self.files.items() if path.startswith(BLOBS))

    def write(self, layout: Path) -> None:
        """Write the layout directory, atomically."""
        with staged(layout) as temporary:
            (temporary / BLOBS).mkdir(parents=True)
            for path, data in self.files.items():
                (temporary / path).write_bytes(data)


def build(model: Path, name: str, version: int) -> Image:
    """The image of a SavedModel directory. Raises MainlineError when there is no model."""
    layer = _layer(model, PurePosixPath("models") / name / str(version))
    config = _json(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _about(CONFIG, config),
            "layers": [_about(LAYER, layer)],
        }
    )
    index = _json(
        {
            "schemaVersion": 2,
            "manifests": [
                _about(MANIFEST, manifest)
                | {"annotations": {"org.opencontainers.image.ref.name": str(version)}}
            ],
        }
    )
    files = {f"{BLOBS}/{sha256(data)}": data for data in (manifest, config, layer)}
    files |= {"index.json": index, "oci-layout": _json({"imageLayoutVersion": "1.0.0"})}
    return Image(_digest(manifest), files)


def _layer(model: Path, inside: PurePosixPath) -> bytes:
    target = io.BytesIO()
    names = tree_files(model)
    if not names:
        raise MainlineError(f"{model} has no model; `dvc repro package` writes it.")
    folders = {inside / name.parent.as_posix() for name in names}
    folders |= {parent for folder in folders for parent in folder.parents if parent.name}
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in sorted(folders):
            entry = _entry(folder, 0o755)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
        for name in names:
            data = (model / name).read_bytes()
            entry = _entry(inside / name.as_posix(), 0o644)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return target.getvalue()


def _entry(path: PurePosixPath, mode: int) -> tarfile.TarInfo:
    """A tar entry owned by root, dated 1970. These are TarInfo's defaults, set explicitly."""
    entry = tarfile.TarInfo(path.as_posix())
    entry.mode, entry.mtime = mode, 0
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _about(media_type: str, data: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": _digest(data), "size": len(data)}


def _digest(data: bytes) -> str:
    return "sha256:" + sha256(data)


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
