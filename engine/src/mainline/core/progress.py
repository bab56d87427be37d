"""Progress of a stage: lines of text, or a moving bar on a terminal."""

import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm


def say(stage: str, text: str) -> None:
    """Print one line in the form `stage  text`."""
    print(f"{stage:<9} {text}", flush=True)


class Progress:
    """Shows how many of `total` units of `what` are done, and the time left.

    On a terminal it is a moving bar. Elsewhere (CI, a file) it is a line of text, at most once in
    `every` seconds, and one for the `last` unit.
    """

    def __init__(
        self, stage: str, what: str, total: int, *, every: float = 5.0, last: bool = True
    ) -> None:
        self.stage, self.what, self.total, self.every = stage, what, total, every
        self.last = last
        self.done, self.start, self.said = 0, time.monotonic(), time.monotonic()
        self.bar = (
            tqdm(total=total, desc=f"{stage:<9}", unit=f" {what}", leave=False, file=sys.stdout)
            if sys.stdout.isatty()
            else None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self.bar.close()

    def step(self, units: int = 1, note: str = "") -> None:
        """Count `units` more. `note` is shown with them, for example a loss."""
        self.done += units
        if self.bar is not None:
            self.bar.set_postfix_str(note, refresh=False)
            self.bar.update(units)
            return
        now = time.monotonic()
        if now - self.said < self.every and not (self.last and self.done >= self.total):
            return
        self.said = now
        left = (now - self.start) / max(self.done, 1) * (self.total - self.done)
        say(self.stage, f"{self.what} {self.done}/{self.total}  {note}  {left:.0f} s left")
