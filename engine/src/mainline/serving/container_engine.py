"""Finds a usable container engine (Docker or Podman), and pulls images."""

import platform
import shutil
import subprocess

from mainline.core.errors import MainlineError

ENGINES = ("docker", "podman")
BUILT_FOR = ("x86_64", "amd64")  # processors of the server's image
PATIENCE = 20.0  # seconds to wait for an engine's answer


def usable(engine: str) -> bool:
    """Whether the engine answers. A client without its daemon or its machine does not."""
    if not shutil.which(engine):
        return False
    try:
        asked = subprocess.run([engine, "info"], capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def choose() -> tuple[str | None, str]:
    """An engine that can run the server's image, or None, and the reason as text."""
    if platform.machine().lower() not in BUILT_FOR:
        return None, f"the server's image does not support {platform.machine()}"
    found = [engine for engine in ENGINES if shutil.which(engine)]
    for engine in found:
        if usable(engine):
            return engine, f"{engine} answers"
    if found:
        return None, f"{' and '.join(found)} is installed, but does not answer"
    return None, "neither Docker nor Podman is installed"


def has_image(engine: str, image: str) -> bool:
    """Whether the image is on this machine already."""
    command = [engine, "image", "inspect", image]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pull(engine: str, image: str) -> None:
    """Pull the image; the engine shows its progress. Raises MainlineError on failure."""
    if subprocess.run([engine, "pull", image], check=False).returncode:
        raise MainlineError(
            f"`{engine} pull {image}` failed; `--with embedded` serves without an image."
        )
