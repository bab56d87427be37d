"""Docker or Podman: whether one can be used now, and the calls that are made of it."""

import platform
import shutil
import subprocess

from mainline.core.errors import MainlineError

ENGINES = ("docker", "podman")
BUILT_FOR = ("x86_64", "amd64")  # the server's image is for no other processor
PATIENCE = 20.0  # seconds for an engine to say whether it runs


def usable(engine: str) -> bool:
    """Whether the engine itself answers: a client without its daemon, or its machine, does not."""
    if not shutil.which(engine):
        return False
    try:
        asked = subprocess.run([engine, "info"], capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def choose() -> tuple[str | None, str]:
    """An engine that can run the server's image, or None; and why, in words."""
    if platform.machine().lower() not in BUILT_FOR:
        return None, f"the server's image is not made for {platform.machine()}"
    found = [engine for engine in ENGINES if shutil.which(engine)]
    for engine in found:
        if usable(engine):
            return engine, f"{engine} answers"
    if found:
        return None, f"{' and '.join(found)} is here, but no engine answers"
    return None, "neither Docker nor Podman is here"


def has_image(engine: str, image: str) -> bool:
    """Whether the image is on this machine already."""
    command = [engine, "image", "inspect", image]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pull(engine: str, image: str) -> None:
    """Get the image; the engine shows its progress. Raises MainlineError when it cannot be had."""
    if subprocess.run([engine, "pull", image], check=False).returncode:
        raise MainlineError(
            f"`{engine} pull {image}` failed; `--with embedded` serves without an image."
        )
