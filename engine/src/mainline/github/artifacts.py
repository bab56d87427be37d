"""Downloads an artifact of a workflow's run."""

import hashlib
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from mainline.core.errors import MainlineError
from mainline.github.answers import Refused, Unreachable
from mainline.github.api import Api

BLOCK = 1 << 20
TIMEOUT = 120.0
LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Artifact:
    """An artifact, and the SHA-256 of its archive as GitHub recorded it; empty where it did not."""

    number: int
    digest: str = ""


def find(api: Api, run: int, name: str) -> Artifact | None:
    """The newest artifact of this name that a run uploaded; None when there is none."""
    listed = api.pages(f"actions/runs/{run}/artifacts?name={name}", "artifacts")
    found = [each for each in listed if each["name"] == name and not each.get("expired")]
    if not found:
        return None
    newest = max(found, key=lambda each: int(each["id"]))
    return Artifact(int(newest["id"]), str(newest.get("digest") or "").removeprefix("sha256:"))


def download(api: Api, artifact: Artifact, target: Path, limit: int) -> str:
    """Write the archive to `target`. Returns its SHA-256, 64 hex digits.

    Raises MainlineError when it has more than `limit` bytes or is not what GitHub recorded.
    """
    address = _address(api, artifact)
    found = api.patience.with_retries(lambda: _copied(address, target, limit), api.sleep)
    if artifact.digest and found != artifact.digest:
        raise MainlineError(
            f"the artifact {artifact.number} is not what was uploaded.",
            found=f"SHA-256 {found}",
            expected=artifact.digest,
        )
    return found


def _address(api: Api, artifact: Artifact) -> str:
    """Where the archive lies: an address of a storage, which the token is not sent to."""
    path = f"actions/artifacts/{artifact.number}/zip"
    try:
        api.get(path)
    except Refused as error:
        parts = urlsplit(error.location)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
        if error.status == 302 and safe:
            return error.location
        raise
    raise Refused(f"GET {path}: the answer of {api.url} is not a redirect.", 0)


def _copied(address: str, target: Path, limit: int) -> str:
    whole, size = hashlib.sha256(), 0
    try:
        with (
            urllib.request.urlopen(address, timeout=TIMEOUT) as answer,  # noqa: S310  checked
            target.open("wb") as file,
        ):
            while block := answer.read(BLOCK):
                size += len(block)
                if size > limit:
                    raise MainlineError(f"the artifact has more than {limit:,} bytes.")
                whole.update(block)
                file.write(block)
    except (OSError, HTTPException) as error:
        raise Unreachable(f"the artifact could not be downloaded ({error}).") from None
    return whole.hexdigest()
