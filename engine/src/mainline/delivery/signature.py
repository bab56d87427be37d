"""Keyless signatures by cosign. The signer is the release workflow on main.

cosign gets the same registry login as `publish`, in a temporary folder.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.registry import login

ISSUER = "https://token.actions.githubusercontent.com"
WORKFLOW = ".github/workflows/release.yml@refs/heads/main"
EVERY, MINUTES = 30.0, 20  # seconds between two attempts, and how long to wait for a signature


class Unsigned(MainlineError):  # noqa: N818  the name describes a state
    """The image is not signed, or not yet."""


def sign(image: str) -> None:
    """Sign an image (name@digest) as this job. Raises MainlineError when cosign fails."""
    said = _cosign(image, "sign", "--yes", image)
    if said:
        raise MainlineError(
            f"{image} could not be signed: {said} The job needs `id-token: write` and the "
            "registry login of `publish`."
        )


def verify(image: str, environment: Mapping[str, str] | None = None) -> None:
    """Raises Unsigned unless release.yml of this repository's main has signed the image."""
    values = os.environ if environment is None else environment
    server = values.get("GITHUB_SERVER_URL") or "https://github.com"
    repository = values.get("GITHUB_REPOSITORY")
    if not repository:
        raise MainlineError("GITHUB_REPOSITORY is not set, so the expected signer is unknown.")
    signer = f"{server}/{repository}/{WORKFLOW}"
    expected = ["--certificate-identity", signer, "--certificate-oidc-issuer", ISSUER]
    said = _cosign(image, "verify", "--output", "text", *expected, image)
    if said:
        raise Unsigned(
            f"{image} is not signed by {signer}: {said} Check that release.yml succeeded for the "
            "commit that released it. You can run it again by hand: it signs the images on main."
        )


def awaited(image: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """Repeat `verify` until the image is signed: after a merge, Argo CD may be faster."""
    for _ in range(int(MINUTES * 60 / EVERY)):
        try:
            verify(image)
            break
        except Unsigned as error:
            print(f"waiting   {error}", flush=True)
            sleep(EVERY)
    else:
        verify(image)


def _cosign(image: str, *arguments: str) -> str:
    """Run cosign. Returns the error in one line, or "" on success."""
    program = shutil.which("cosign")
    if program is None:
        raise MainlineError(
            "cosign is not installed; https://docs.sigstore.dev/cosign/system_config/installation"
        )
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [program, *arguments],
            env=os.environ | _known(image, Path(scratch)),
            capture_output=True,
            text=True,
            check=False,
        )
    if not done.returncode:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    said = " ".join(lines[-2:])[:500] or f"cosign exited with {done.returncode}"
    return said.rstrip(".") + "."


def _known(image: str, folder: Path) -> dict[str, str]:
    """Environment variables that give cosign our registry login, in Docker's format."""
    host, _ = login.split(image)
    found = login.find(host)
    if found is None:
        return {}
    auth = base64.b64encode(f"{found.user}:{found.password}".encode()).decode()
    config = folder / "config.json"
    config.touch(mode=0o600)
    key = login.DOCKER_HUB[-1] if host in login.DOCKER_HUB else host
    config.write_text(json.dumps({"auths": {key: {"auth": auth}}}), encoding="utf-8")
    return {"DOCKER_CONFIG": str(folder)}
