"""The command `judge`."""

from pathlib import Path


def run(root: Path, *, received: Path, out: Path) -> None:
    """Judge."""
    raise NotImplementedError
