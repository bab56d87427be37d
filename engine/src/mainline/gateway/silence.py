"""How long a challenger that gave no answer is left alone: each request would wait for it."""

import time

SILENT_SECONDS = 5.0


class Silence:
    """Of one challenger over one protocol."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def over(self) -> bool:
        """Whether it may be asked."""
        return time.monotonic() >= self._until

    def begin(self) -> None:
        """It was asked and said nothing."""
        self._until = time.monotonic() + SILENT_SECONDS
