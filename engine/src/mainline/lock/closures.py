"""`closures.json`: for each stage the files of the engine that it imports, and their hash.

`lock.build` writes it when the engine is built. This imports the standard library alone.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.stages import STAGES

ENGINE = Path(__file__).parents[1]  # the folder of the package
PLACE = ENGINE / "closures.json"
PROJECT = ENGINE.parents[1] / "pyproject.toml"  # of a source tree; a wheel is installed without it
BUILD = "python -m mainline.lock.build"


@dataclass(frozen=True)
class Closure:
    """Files of a stage, below the folder that holds the package, and their hash when built."""

    files: list[str]
    hash: str

    def now(self) -> str:
        """The hash of the files as they are now. Raises MainlineError when one is not there."""
        return hash_of(ENGINE.parent, self.files)


@dataclass(frozen=True)
class Closures:
    """The engine's version and its stages."""

    version: str
    stages: dict[str, Closure]


def editable() -> bool:
    """Whether the engine that runs is a source tree, whose files a person changes."""
    return PROJECT.is_file()


def read() -> Closures:
    """What the engine that runs was built with. Raises MainlineError when that is not on record."""
    made_by = "mainline lock" if editable() else BUILD
    try:
        found = read_json(PLACE, made_by=made_by)
        stages = {name: Closure(**found["stages"][name]) for name in STAGES}
        return Closures(str(found["version"]), stages)
    except (KeyError, TypeError, AttributeError):
        raise MainlineError(
            "does not list the engine's stages.", where=PLACE, hint=f"`{made_by}` writes it."
        ) from None


def hash_of(folder: Path, names: Iterable[str]) -> str:
    """SHA-256 over names and contents of files in `folder`, 64 hex digits.

    The order of `names` and the kind of line ends change nothing. Raises MainlineError when a file
    cannot be read.
    """
    whole = hashlib.sha256()
    for name in sorted(names):
        whole.update(f"{_content(folder / name)} {name}\n".encode())
    return whole.hexdigest()


def _content(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError as error:
        raise MainlineError(
            f"cannot be read ({error.strerror}), but a stage of the engine imports it.",
            where=path,
            hint="`mainline lock` finds the imports anew." if editable() else "`make setup`",
        ) from None
