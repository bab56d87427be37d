"""What `receive` found out of a proposal, for the commands after it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_json

ABOUT, PARCEL = "received.json", "proposed"
WELL = ("success", "skipped", "neutral")


@dataclass(frozen=True)
class Received:
    """The proposal's commit `head`, and the commit of main, `base`, that it is held to.

    `number` is 0 in a merge group. `artifact` is the SHA-256 of what its training handed over,
    empty when there is nothing; `refused` says why that was not unpacked. `jobs` says how the jobs
    of its own run ended.
    """

    event: str
    run: int
    number: int
    head: str
    base: str
    branch: str = ""
    fork: bool = False
    artifact: str = ""
    refused: str = ""
    jobs: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write `received.json`."""
        write_json(folder / ABOUT, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Received":
        """Raises MainlineError when nothing was received there."""
        try:
            return cls(**json.loads((folder / ABOUT).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise MainlineError(
                f"nothing was received there ({error}).",
                where=folder,
                hint="`mainline receive` comes first.",
            ) from None

    def failed(self, needs: list[str]) -> list[str]:
        """The jobs that failed, and those of `needs` that did not succeed, each with its end."""
        wanted = {name: self.jobs.get(name, "not there") for name in needs}
        return sorted(
            {f"{name}: {end}" for name, end in self.jobs.items() if end not in WELL}
            | {f"{name}: {end}" for name, end in wanted.items() if end != "success"}
        )
