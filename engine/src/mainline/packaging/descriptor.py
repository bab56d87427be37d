"""The descriptor: the identity of a packaged model, for later stages and checks."""

from typing import Any

from mainline.packaging.content import version
from mainline.packaging.image import Image
from mainline.packaging.settings import PackageSettings


def of(package: PackageSettings, content: str, image: Image) -> dict[str, Any]:
    """Names, version, content hash, digest and size (bytes) of a model."""
    return {
        "name": package.name,
        "image": package.image,
        "version": version(content),
        "content": content,
        "digest": image.digest,
        "size": image.size,
    }
