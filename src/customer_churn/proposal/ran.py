"""What a run of the pipeline came to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stopped:
    """The stage that failed, empty when none had started, and the last lines."""

    stage: str
    lines: list[str]

    @property
    def command(self) -> str:
        """What shows the same on a laptop."""
        return f"dvc repro {self.stage}".strip()


@dataclass(frozen=True)
class Ran:
    """The stages that were run, in their order, and where it stopped, if it did."""

    stages: list[str]
    stopped: Stopped | None = None
