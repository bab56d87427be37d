"""Retries for a server that is busy or unreachable."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mainline.github.answers import GaveUp, Unreachable

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """At most `attempts` and `total` seconds of waiting, with pauses of 1, 2, 4 … seconds."""

    attempts: int = 5
    first: float = 1.0
    total: float = 90.0

    def with_retries(self, ask: Callable[[], Answer], sleep: Callable[[float], None]) -> Answer:
        """The first answer. Raises GaveUp after the last attempt; other errors are not retried."""
        waited = 0.0
        for attempt in range(1, self.attempts + 1):
            try:
                return ask()
            except Unreachable as error:
                pause = self.first * 2 ** (attempt - 1) if error.wait is None else error.wait
                if attempt == self.attempts or waited + pause > self.total:
                    tries = "1 attempt" if attempt == 1 else f"{attempt} attempts"
                    raise GaveUp(f"{error} Gave up after {tries}.") from None
                sleep(pause)
                waited += pause
        raise AssertionError("attempts is at least 1")


PATIENCE = Patience()
