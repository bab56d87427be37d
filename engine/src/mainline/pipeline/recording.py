"""Runs `record` in a separate process, in parallel with the gate."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mainline.process.children import end, environment

LONGEST = 60  # seconds that the summary waits for `record`


@contextmanager
def recording(root: Path) -> Iterator[Callable[[], str]]:
    """Record the model in `root`. Yields a function that waits and returns `record`'s last line.

    The process ends with the block.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "mainline", "record"],
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
    """The last line of `record`. A slow tracking server is not waited for."""
    try:
        said, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        again = "run `mainline record` later"
        return f"not recorded: MLflow took more than {LONGEST} s; {again}"
    return (said.strip().splitlines() or ["not recorded: no output"])[-1]
