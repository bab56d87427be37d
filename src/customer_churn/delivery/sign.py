"""The command `sign`: a signature for the image that an environment's release names."""

from pathlib import Path

from customer_churn.core.errors import MainlineError
from customer_churn.delivery import signature
from customer_churn.delivery.environments import release_at
from customer_churn.git import Git


def run(root: Path, environment: str) -> None:
    """Sign what HEAD names, once more if it is signed. Raises MainlineError when that fails."""
    release = release_at(Git(root), "HEAD", environment)
    if release is None:
        raise MainlineError(f"{environment} has no release, so there is nothing to sign.")
    signature.sign(release.image)
    print(f"signed    {release.image}")
