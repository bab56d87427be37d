"""The server of the demo: the staged model with the demo's gateway before it, as one child.

Run in the project's directory. It says its address, and ends when its standard input does: also
when the process that started it was killed.
"""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.demo.project_copy import apart
from mainline.process.children import end
from mainline.serving import ports
from mainline.serving.fronted import behind, fronted
from mainline.serving.served import LOOPBACK, Served
from mainline.serving.staged import staged_model

READY = "ready "
STARTED_WITHIN = 120.0  # seconds
PATIENCE = 60.0  # seconds for the log to be shipped


def main() -> None:
    """Serve until the end of standard input."""
    clock, settings = sys.argv[1:]
    root = Path()
    release, directory = staged_model(root)
    from mainline.packaging.settings import operations  # noqa: PLC0415  after the quick checks
    from mainline.serving import embedded  # noqa: PLC0415  imports TensorFlow

    asked = Served(directory, release.name, int(release.version), operations=operations(root))
    asked = replace(asked, grpc_port=ports.free(LOOPBACK), rest_port=ports.free(LOOPBACK))
    server = behind(asked)
    gateway = [sys.executable, "-m", "mainline.demo.dated_gateway"]
    gateway += ["--clock", clock, "--settings", settings]
    with embedded.serving(server), fronted(asked, server, release.digest, command=gateway):
        print(f"{READY}{asked.rest}", flush=True)
        sys.stdin.read()


@contextmanager
def running(root: Path, clock: Path, settings: Path, log: Path) -> Iterator[str]:
    """Run it during the block, its output in `log`. Yields its REST address.

    Raises MainlineError when it does not start.
    """
    command = [sys.executable, "-m", __name__, str(clock), str(settings)]
    with log.open("ab") as said:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=apart(root),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        try:
            yield _address(process, log)
        finally:
            _ended(process)


def _address(process: "subprocess.Popen[str]", log: Path, within: float = STARTED_WITHIN) -> str:
    said: queue.Queue[str] = queue.Queue()

    def read() -> None:
        lines = (line for line in process.stdout or () if line.startswith(READY))
        said.put(next(lines, ""))

    threading.Thread(target=read, daemon=True).start()
    try:
        line = said.get(timeout=within)
    except queue.Empty:
        end(process)
        raise MainlineError(f"the server did not start within {within:g} s.", where=log) from None
    if not line:
        raise MainlineError("the server did not start.", where=log)
    return line.removeprefix(READY).strip()


def _ended(process: "subprocess.Popen[str]") -> None:
    """Close its input, and wait until its log is shipped."""
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        end(process)


if __name__ == "__main__":
    main()
