"""The command `sign`: a signature for the image that an environment's release names."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.delivery import signature
from mainline.git import Git
from mainline.k8s.environments import release_at


def run(root: Path, environment: str) -> None:
    """Sign the image that HEAD names, even if it is signed. Raises MainlineError on failure."""
    release = release_at(Git(root), "HEAD", environment)
    if release is None:
        raise MainlineError(f"{environment} has no release, so there is nothing to sign.")
    signature.sign(release.image)
    print(f"signed    {release.image}")
