"""Finds the login for a registry: from the job's variables, or from `docker login`."""

import base64
import binascii
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GITHUB = "ghcr.io"
DEFAULT = "docker.io"  # the registry of an image name without a host
DOCKER_HUB = (DEFAULT, "https://index.docker.io/v1/")  # its name in images and in Docker's file


@dataclass(frozen=True)
class Login:
    """A user's name and password. The password is not in the `repr`."""

    user: str
    password: str = field(repr=False)


def split(image: str) -> tuple[str, str]:
    """Split an image's name into registry and repository."""
    first, _, rest = image.partition("/")
    has_host = rest and (set(first) & {".", ":"} or first == "localhost")
    return (first, rest) if has_host else (DEFAULT, image)


def find(host: str, environment: Mapping[str, str] | None = None) -> Login | None:
    """The login for `host`; None when there is none.

    A login from the environment is only used for its own host: the host comes from params.yaml,
    which a proposal can change.
    """
    values = os.environ if environment is None else environment
    if host == values.get("REGISTRY") and values.get("REGISTRY_PASSWORD"):
        return Login(values.get("REGISTRY_USER", ""), values["REGISTRY_PASSWORD"])
    found = _from_docker(host, values)
    if found is None and host == GITHUB and values.get("GITHUB_TOKEN"):
        return Login(values.get("GITHUB_ACTOR") or "token", values["GITHUB_TOKEN"])
    return found


def _from_docker(host: str, environment: Mapping[str, str]) -> Login | None:
    folder = environment.get("DOCKER_CONFIG") or str(Path.home() / ".docker")
    try:
        config = json.loads((Path(folder) / "config.json").read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(config, dict):
        return None
    for key in DOCKER_HUB if host in DOCKER_HUB else (host, f"https://{host}"):
        helper = (config.get("credHelpers") or {}).get(key) or config.get("credsStore")
        entry = (config.get("auths") or {}).get(key)
        found = (_kept(entry) if entry else None) or (_asked(helper, key) if helper else None)
        if found:
            return found
    return None


def _kept(entry: dict[str, Any]) -> Login | None:
    """A login in the file: `auth` is user:password in base64, with an optional identity token."""
    try:
        said = base64.b64decode(str(entry.get("auth", "")), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    user, _, password = said.partition(":")
    password = entry.get("identitytoken") or password
    return Login(user, password) if password else None


def _asked(helper: str, host: str) -> Login | None:
    """A login from a credential helper of Docker: it gets the host and returns JSON."""
    try:
        done = subprocess.run(
            [f"docker-credential-{helper}", "get"],
            input=host,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        said = json.loads(done.stdout)
        return Login(said["Username"], said["Secret"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
