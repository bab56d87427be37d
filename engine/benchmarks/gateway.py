"""The gateway before a model server, beside that server alone, with its log and its check on.

Loads come from wrk (Debian package `wrk`), by turns, so that all see the same other work. A stub
that answers constant bytes shows what the gateway can pass on at most. `MINUTES=10` watches its
memory for longer than the default of half a minute.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import rows
import score
from measure import ROOT, Result, command, main, ratios, rounds

from mainline.core.layout import Layout
from mainline.k8s.server_image import server_image
from mainline.serving import container_engine, ports
from mainline.serving.served import LOOPBACK
from mainline.serving.staged import golden

SHARE, ADDED_MS, MEMORY_MB, FLAT = 0.5, 5.0, 150, 1.1  # the targets
SECONDS = 3  # of each load
MINUTES = float(os.environ.get("MINUTES", "0.5"))
NAME = "bench"
SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [==[{body}]==]
"""
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass
class Load:
    """What a load showed: requests a second, the 99th percentile, CPU of each a request."""

    rate: float
    p99: float  # in ms
    server: float  # in microseconds, as is the next
    gateway: float


@dataclass
class Running:
    """What is asked at a port: a server's process, and that of a gateway before it, if any."""

    port: int
    server: psutil.Process
    gateway: psutil.Process | None = None
    grpc: int = 0


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Sizes are numbers of connections."""
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing: `apt-get install wrk` (Debian, Ubuntu) installs it.")
    root = score.trained(rows.contract(4, 2))
    engine, image = container_engine.choose()[0], server_image(ROOT)
    found = []
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = scratch / "predict.lua"
        row = json.dumps({"instances": golden(Layout(root).saved_model).rows[:1]})
        script.write_text(SCRIPT.format(body=row))
        servers = {"stub": stub, "embedded": lambda: served(root, "embedded")}
        if engine and container_engine.has_image(engine, image):  # none is pulled
            servers["TF Serving"] = lambda: served(root, engine, f"--image={image}")
        for name, start in servers.items():
            with start() as alone, gateway(scratch / name, alone) as through:
                for size in sizes:
                    steps = {
                        "alone": lambda at=alone, size=size: load(script, at, size),
                        "through": lambda at=through, size=size: load(script, at, size),
                    }
                    rounds(steps, 1)  # warm
                    found += compared(name, f"{size} connections", rounds(steps, repeat))
                if name == "embedded":
                    found += memory(script, through)
    return found


def compared(name: str, size: str, loads: dict[str, list[Load]]) -> list[Result]:
    """Rates, their ratio, and what a request costs more."""
    rates = {which: [each.rate for each in of] for which, of in loads.items()}
    p99 = {which: [each.p99 for each in of] for which, of in loads.items()}
    own = [each.gateway for each in loads["through"]]
    cpu_over = [(each.server + each.gateway) / each.server for each in loads["through"]]
    real = name != "stub"
    added = [one - other for one, other in zip(p99["through"], p99["alone"], strict=True)]
    share = ratios(rates["through"], rates["alone"])
    return [
        Result.of(f"{name} alone", size, rates["alone"], "requests/s"),
        Result.of(f"{name} through the gateway", size, rates["through"], "requests/s"),
        Result.of(f"{name}, through over alone", size, share, "x", least=SHARE if real else None),
        Result.of(f"{name}, p99 alone", size, p99["alone"], "ms"),
        Result.of(f"{name}, p99 added", size, added, "ms", most=ADDED_MS if real else None),
        Result.of(f"{name}, gateway's CPU a request", size, own, "us"),
        Result.of(f"{name}, CPU with over without the gateway", size, cpu_over, "x"),
    ]


def load(script: Path, at: Running, connections: int, seconds: float = SECONDS) -> Load:
    """Ask for some seconds. Stops the benchmark when an answer is not 200."""
    before = cpu(at)
    url = f"http://{LOOPBACK}:{at.port}/v1/models/{NAME}:predict"
    line = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency"]
    line += ["--timeout", "30s", "-s", str(script)]
    done = subprocess.run([*line, url], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(done.stdout)
    count = int(re.search(r"(\d+) requests in", done.stdout)[1])
    rate = float(re.search(r"Requests/sec: +([\d.]+)", done.stdout)[1])
    p99 = re.search(r"99% +([\d.]+)(us|ms|s)", done.stdout)
    used = [(one - other) / count * 1e6 for one, other in zip(cpu(at), before, strict=True)]
    return Load(rate, float(p99[1]) * UNITS[p99[2]], *used)


def cpu(at: Running) -> list[float]:
    """Seconds of CPU that server and gateway have taken."""
    both = (at.server, at.gateway)
    return [sum(each.cpu_times()[:2]) if each else 0.0 for each in both]


def memory(script: Path, at: Running) -> list[Result]:
    """The memory of the gateway and its children while it is asked, twice a second.

    A child that ships shares most of its pages with its parent: they count once in the most.
    """
    sums: list[float] = []
    once: list[float] = []
    url = f"http://{LOOPBACK}:{at.port}/v1/models/{NAME}:predict"
    line = ["wrk", "-t1", "-c16", f"-d{MINUTES * 60:.0f}s", "-s", str(script), url]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL) as asking:
        while asking.poll() is None:
            rss, pss = resident(at.gateway)
            sums.append(rss)
            once.append(pss)
            time.sleep(0.5)
    size = f"{MINUTES:g} minutes"
    part = max(1, len(sums) // 4)
    growth = sum(sums[-part:]) / sum(sums[:part])
    most = "gateway, shipper and its child, most, shared pages once"
    return [
        Result.of("gateway and its children, RSS", size, sums, "MB"),
        Result.of("gateway and its children, most RSS", size, [max(sums)], "MB", most=MEMORY_MB),
        Result.of(most, size, [max(once)], "MB", most=MEMORY_MB),
        Result.of("memory, last quarter over first", size, [growth], "x", most=FLAT),
    ]


def resident(process: psutil.Process) -> tuple[float, float]:
    """MB in memory of a process and its children: sums of RSS, and of PSS."""
    rss = pss = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # a child that has ended since
            used = each.memory_full_info()
            rss, pss = rss + used.rss, pss + getattr(used, "pss", used.uss)  # Linux has both
    return rss / 2**20, pss / 2**20


@contextmanager
def stub() -> Iterator[Running]:
    """The server of constant answers."""
    port = ports.free(LOOPBACK)
    line = [sys.executable, str(Path(__file__).parent / "stub_server.py"), str(port)]
    with process(line, Path.cwd(), lambda: answers(port)) as running:
        yield Running(port, psutil.Process(running.pid))


@contextmanager
def served(root: Path, using: str, *more: str) -> Iterator[Running]:
    """The project's model, without a gateway."""
    rest, grpc = ports.free(LOOPBACK), ports.free(LOOPBACK)
    line = command("serve", "--with", using, "--without-gateway", *more)
    line += [f"--rest-port={rest}", f"--grpc-port={grpc}"]
    with process(line, root, lambda: answers(rest)) as running:
        yield Running(rest, psutil.Process(running.pid), grpc=grpc)


@contextmanager
def gateway(scratch: Path, server: Running) -> Iterator[Running]:
    """The gateway before a server, with a log that is shipped into a folder."""
    scratch.mkdir()
    rest, grpc, metrics = (ports.free(LOOPBACK) for _ in range(3))
    line = command("gateway", "--name", NAME)
    line += ["--upstream-rest", f"http://{LOOPBACK}:{server.port}"]
    line += ["--upstream-grpc", f"{LOOPBACK}:{server.grpc}"]
    line += ["--rest-port", str(rest), "--grpc-port", str(grpc), "--metrics-port", str(metrics)]
    line += ["--spool", str(scratch / "spool"), "--store", str(scratch / "store")]
    with process(line, scratch, lambda: answers(rest)) as running:
        yield Running(rest, server.server, psutil.Process(running.pid), grpc)


@contextmanager
def process(
    line: list[str], cwd: Path, ready: Callable[[], bool]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program during the block, from when it is ready."""
    with subprocess.Popen(line, cwd=cwd, stdout=subprocess.DEVNULL) as running:
        try:
            until = time.monotonic() + 120
            while not ready():
                if running.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{line[1]} does not answer")
                time.sleep(0.1)
            yield running
        finally:
            running.terminate()


def answers(port: int) -> bool:
    """Whether the model's status can be asked for."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/v1/models/{NAME}", timeout=5):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main(__doc__, measure, [16], 5)
