"""gRPC through the gateway beside the same server alone, with the log on.

Sizes are connections; each has one request of one row under way.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import grpc
from measure import Result, command, main, ratios, rounds
from plain_model import NAME

from mainline.serving import ports
from mainline.serving.served import LOOPBACK

HERE = Path(__file__).parent
LEAST, SECONDS, CLIENTS = 0.4, 4.0, 2
Load = tuple[float, float, float]  # requests a second, seconds of the slowest hundredth, CPU s each


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Requests a second, their slowest hundredth, and what the gateway itself takes of the CPU."""
    found: list[Result] = []
    with tempfile.TemporaryDirectory() as scratch, running(Path(scratch)) as (server, gateway, own):
        for size in sizes:
            steps: dict[str, Callable[[], Load]] = {
                "alone": partial(loaded, server, size, own),
                "gateway": partial(loaded, gateway, size, own),
            }
            for step in steps.values():
                step()  # warm
            loads = rounds(steps, repeat)
            found += results(size, loads["alone"], loads["gateway"])
    return found


def results(size: int, alone: list[Load], through: list[Load]) -> list[Result]:
    """Each figure of both."""
    about = f"{size} connections"
    rates = [[load[0] for load in loads] for loads in (alone, through)]
    late = [[load[1] * 1000 for load in loads] for loads in (alone, through)]
    more = [ours - theirs for ours, theirs in zip(late[1], late[0], strict=True)]
    return [
        Result.of("gRPC, server alone", about, rates[0], "requests/s"),
        Result.of("gRPC, through the gateway", about, rates[1], "requests/s"),
        Result.of(
            "gRPC, gateway to server alone", about, ratios(rates[1], rates[0]), "", least=LEAST
        ),
        Result.of("gRPC, gateway's p99 above the server's", about, more, "ms"),
        Result.of(
            "gRPC, gateway's CPU a request", about, [1e6 * load[2] for load in through], "us"
        ),
    ]


def loaded(address: str, connections: int, gateway: int) -> Load:
    """One load from some client processes; `gateway` is the process whose CPU counts."""
    clients, start = min(CLIENTS, connections), cpu_seconds(gateway)
    shares = [len(range(first, connections, clients)) for first in range(clients)]
    load = HERE / "grpc_load.py"
    processes = [
        subprocess.Popen(
            [sys.executable, load, address, str(share), str(SECONDS)], stdout=subprocess.PIPE
        )
        for share in shares
    ]
    took = sorted(each for process in processes for each in json.loads(process.communicate()[0]))
    used = cpu_seconds(gateway) - start
    return len(took) / SECONDS, took[len(took) * 99 // 100], used / len(took)


def cpu_seconds(process: int) -> float:
    """What a process has used, without its children."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(scratch: Path) -> Iterator[tuple[str, str, int]]:
    """The addresses of a server and of a gateway in front of it, and the gateway's process."""
    grpc_port, rest_port, listen, rest, metrics = (ports.free(LOOPBACK) for _ in range(5))
    line = [sys.executable, HERE / "plain_model.py", str(grpc_port), str(rest_port)]
    server, gateway = f"{LOOPBACK}:{grpc_port}", f"{LOOPBACK}:{listen}"
    options = {
        "--name": NAME,
        "--rest-port": rest,
        "--grpc-port": listen,
        "--metrics-port": metrics,
        "--upstream-rest": f"http://{LOOPBACK}:{rest_port}",
        "--upstream-grpc": server,
        "--spool": scratch / "spool",
        "--store": scratch / "store",
    }
    words = [str(word) for option in options.items() for word in option]
    with (
        started(line, server, scratch),
        started(command("gateway", *words), gateway, scratch) as own,
    ):
        yield server, gateway, own


@contextmanager
def started(line: list[str | Path], address: str, cwd: Path) -> Iterator[int]:
    """A process during the block, from when its gRPC answers."""
    with subprocess.Popen(
        line, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            with grpc.insecure_channel(address) as channel:
                grpc.channel_ready_future(channel).result(timeout=60)
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main(__doc__, measure, [1, 16], 5)
