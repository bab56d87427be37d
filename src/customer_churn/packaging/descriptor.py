"""What identifies a packaged model, in one small file for the stages and checks that follow."""

from typing import Any

from customer_churn.packaging.content import version
from customer_churn.packaging.image import Image
from customer_churn.packaging.settings import PackageSettings


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
