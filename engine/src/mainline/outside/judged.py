"""What `judge` decided, for `keep`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import sha256, write_json

OUTCOME, COMMENT, VERDICT = "outcome.json", "comment.md", "verdict.json"


@dataclass(frozen=True)
class Judged:
    """`touched` says whether there is a model to keep; `artifact` is the one that was judged."""

    number: int
    head: str
    branch: str
    event: str
    open: bool
    touched: bool
    description: str
    artifact: str = ""

    def write(self, folder: Path) -> None:
        """Write `outcome.json`."""
        write_json(folder / OUTCOME, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Judged | None":
        """None when there is none: the job broke off before. Raises MainlineError on another."""
        path = folder / OUTCOME
        if not path.is_file():
            return None
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise MainlineError(
                f"is no outcome of `mainline judge`: {error}.", where=path
            ) from None


def digest(folder: Path) -> str:
    """The SHA-256 of all that `judge` wrote.

    It goes from job to job beside the artifact, which other jobs of the run could replace.
    """
    there = (folder / name for name in (OUTCOME, COMMENT, VERDICT))
    return sha256(
        "".join(sha256(it.read_bytes()) if it.is_file() else "-" for it in there).encode()
    )
