"""The command `image-size`: checks how large the files of an image are.

The command counts them: docker and podman report a packed or an unpacked size, as they store it.
"""

import subprocess
import tarfile
from pathlib import Path

from mainline.core.errors import MainlineError


def run(_: Path, image: str, *, most: int, builder: str) -> None:
    """Print the size. Raises MainlineError if it is above `most` MB, or there is no such image."""
    size = unpacked(image, builder) / 1e6
    if size > most:
        raise MainlineError(
            "the image is too large.",
            where=image,
            found=f"{size:,.1f} MB unpacked",
            expected=f"{most} MB or less",
        )
    print(f"image-size {image}: {size:,.1f} MB unpacked, of {most} MB")


def unpacked(image: str, builder: str) -> int:
    """Bytes of all files of an image that `builder`, docker or podman, has."""
    container = _said(builder, "create", image).strip()
    try:
        with subprocess.Popen([builder, "export", container], stdout=subprocess.PIPE) as export:
            assert export.stdout is not None  # noqa: S101
            try:
                with tarfile.open(fileobj=export.stdout, mode="r|") as files:
                    size = sum(each.size for each in files)
            except tarfile.TarError as error:
                raise MainlineError(f"`{builder} export` failed: {error}", where=image) from None
            export.stdout.read()  # what fills up the last block
        if export.returncode:
            raise MainlineError(f"`{builder} export` failed.", where=image)
        return size
    finally:
        _said(builder, "rm", container)


def _said(builder: str, *words: str) -> str:
    try:
        done = subprocess.run([builder, *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MainlineError(f"{builder} is not on PATH.") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise MainlineError(f"`{builder} {words[0]}` failed: {last}", where=words[-1])
    return done.stdout
