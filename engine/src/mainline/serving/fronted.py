"""Runs the gateway, as a process of its own, in front of a server of this machine."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from mainline.core.errors import MainlineError
from mainline.process.children import end
from mainline.serving import ports
from mainline.serving.served import LOOPBACK, Served

START_SECONDS, DRAIN_SECONDS = 20.0, 30.0
ROLL_SECONDS = 5.0  # so that a person soon sees what was asked
LOG = "reports/requests"  # the store and the spool are the gateway's defaults
GATEWAY = (sys.executable, "-m", "mainline.cli.main", "gateway")
Check = Callable[[], None]  # raises MainlineError when a process has ended by itself


def behind(asked: Served) -> Served:
    """Where the server listens when the gateway listens at the address that is asked for.

    Raises MainlineError when the gateway could not.
    """
    ports.check(asked.host, asked.grpc_port, "--grpc-port")
    ports.check(asked.host, asked.rest_port, "--rest-port")
    return replace(
        asked, host=LOOPBACK, grpc_port=ports.free(LOOPBACK), rest_port=ports.free(LOOPBACK)
    )


@contextmanager
def fronted(
    asked: Served, server: Served, digest: str, *, command: Sequence[str] = GATEWAY
) -> Iterator[Check]:
    """Run the gateway at `asked`, before `server`, during the block.

    Raises MainlineError when it does not start.
    """
    metrics = ports.free(LOOPBACK)
    process = subprocess.Popen(
        [
            *command,
            *("--name", asked.name, "--digest", digest, "--listen-host", asked.host),
            *("--rest-port", str(asked.rest_port), "--grpc-port", str(asked.grpc_port)),
            *("--upstream-rest", server.rest, "--upstream-grpc", server.grpc),
            *("--metrics-port", str(metrics), "--roll-seconds", str(ROLL_SECONDS)),
        ],
        start_new_session=True,  # Ctrl-C only reaches us; we then stop it, before the server
    )

    def check() -> None:
        if process.poll() is not None:
            raise MainlineError("the gateway ended; see its output above.")

    try:
        _wait(f"http://{LOOPBACK}:{metrics}/healthz", check)
        yield check
    finally:
        process.terminate()
        try:
            process.wait(DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            end(process)


def _wait(url: str, check: Check) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        check()
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  http:// as written above
                return
        except OSError:
            time.sleep(0.05)
    raise MainlineError(f"the gateway was not ready within {START_SECONDS:.0f} s.")
