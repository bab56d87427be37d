"""`record` in a process of its own, beside the gate: both take seconds, and neither waits."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mainline.process.children import end, environment

LONGEST = 60  # seconds that the summary waits for `record`, once everything else is done


@contextmanager
def recording(root: Path) -> Iterator[Callable[[], str]]:
    """Record the model in `root`; what is yielded waits and returns the last line of `record`.

    The process does not outlive the block.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "mainline", "record"],
        cwd=root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield lambda: _last_line(process)
    finally:
        end(process)


def _last_line(process: "subprocess.Popen[str]") -> str:
    """The verdict does not wait for a tracking server for long."""
    try:
        said, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        again = "`mainline record` does it"
        return f"not recorded: MLflow took more than {LONGEST} s; {again}"
    return (said.strip().splitlines() or ["not recorded: it said nothing"])[-1]
