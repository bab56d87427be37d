"""A run that is followed by what it says, so that a fault hits a chosen phase on any machine."""

import re
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise

from loop_project import alone_again

from mainline.stages import STAGES

PHASES = ("start", *STAGES, "judge")
PATIENCE = 600  # seconds; a hang, not slowness, on the slowest machine
STAGE = re.compile(r"(?:Running stage|Stage) '(\w+)'")
DVC_IS_DONE = ("Use `dvc push`", "Data and pipelines are up to date")


@dataclass(frozen=True)
class Moment:
    """Some seconds after a phase has begun."""

    phase: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s into {PHASES[self.phase]}"


@dataclass
class Followed:
    """A started run and how far it is."""

    process: "subprocess.Popen[str]"
    said: str = ""
    begun: list[float] = field(default_factory=lambda: [time.monotonic()])

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.said += line
                if (phase := _phase(line)) is not None:
                    missing = phase + 1 - len(self.begun)
                    self.begun += [time.monotonic()] * missing
                    self._news.notify_all()
        with self._news:
            self.begun += [time.monotonic()] * (len(PHASES) + 1 - len(self.begun))
            self._news.notify_all()

    def until(self, moment: Moment) -> bool:
        """Wait for it. Returns whether the run still goes on."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.begun) > moment.phase, PATIENCE), self.said
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(moment.seconds)
        return self.process.poll() is None

    def end(self) -> int:
        """The exit code, once everything that the run has started is gone."""
        code = self.process.wait(PATIENCE)
        assert alone_again(self.process.pid), f"something lives on: {self.said[-3000:]}"
        self._reader.join(PATIENCE)
        return code

    def moment(self, share: float) -> Moment:
        """The moment in a run that has ended, as a share of its time."""
        after = self.begun[0] + share * (self.begun[-1] - self.begun[0])
        spans = enumerate(pairwise(self.begun))
        phase = next(number for number, (_, end) in spans if after < end)
        return Moment(phase, after - self.begun[phase])


def _phase(line: str) -> int | None:
    if named := STAGE.match(line):
        return PHASES.index(named[1])
    return len(PHASES) - 1 if line.startswith(DVC_IS_DONE) else None
