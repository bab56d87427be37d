"""How often and how long a busy server is asked again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mainline.github.answers import GaveUp, Unreachable

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """At most `attempts`, at most `total` seconds of waiting; 1, 2, 4 … seconds between them."""

    attempts: int = 5
    first: float = 1.0
    total: float = 90.0

    def with_retries(self, ask: Callable[[], Answer], sleep: Callable[[float], None]) -> Answer:
        """The first answer. Raises GaveUp when patience runs out, and at once what is final."""
        waited = 0.0
        for attempt in range(1, self.attempts + 1):
            try:
                return ask()
            except Unreachable as error:
                pause = self.first * 2 ** (attempt - 1) if error.wait is None else error.wait
                if attempt == self.attempts or waited + pause > self.total:
                    tries = "1 attempt" if attempt == 1 else f"{attempt} attempts"
                    raise GaveUp(f"{error} Given up after {tries}.") from None
                sleep(pause)
                waited += pause
        raise AssertionError("attempts is at least 1")


PATIENCE = Patience()
