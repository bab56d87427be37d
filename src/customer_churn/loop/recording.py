"""`record` in a process of its own, beside the gate: both take seconds, and neither waits."""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from customer_churn.loop.pipeline import end, environment

LONGEST = 60  # seconds that the summary waits for `record`, once everything else is done


class Recording:
    """Leaving the block ends the process: none of ours outlives the command."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Record the model in `root`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__.partition('.')[0]}.cli", "record"],
            cwd=self._root,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def said(self) -> str:
        """The last line of `record`. The verdict does not wait for a tracking server for long."""
        if self._process is None:
            return "not recorded"
        try:
            said, _ = self._process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            self._process.kill()
            late = f"not recorded: MLflow took more than {LONGEST} s"
            return f"{late}; `customer-churn record` does it"
        return (said.strip().splitlines() or ["not recorded: it said nothing"])[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            end(self._process)
