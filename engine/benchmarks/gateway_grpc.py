"""gRPC through the gateway beside the same server alone, with the log on.

The load is Python's grpc.aio, which takes about as much of the CPU as the gateway.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import rows
import score
from measure import ROOT, Result, main, ratios, rounds

import gateway
from gateway import NAME, SECONDS, Load, Running, cpu
from mainline.core.layout import Layout
from mainline.k8s.server_image import server_image
from mainline.request_log import messages
from mainline.serving import container_engine
from mainline.serving.served import LOOPBACK
from mainline.serving.staged import golden

SHARE, CLIENTS = 0.4, 2


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Sizes are numbers of connections."""
    root = score.trained(rows.contract(4, 2))
    engine, image = container_engine.choose()[0], server_image(ROOT)
    servers = {"embedded": partial(gateway.served, root, "embedded")}
    if engine and container_engine.has_image(engine, image):  # none is pulled
        servers["TF Serving"] = partial(gateway.served, root, engine, f"--image={image}")
    found: list[Result] = []
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "request"
        file.write_bytes(question(golden(Layout(root).saved_model).rows[0]))
        for name, start in servers.items():
            with start() as alone, gateway.gateway(Path(scratch) / name, alone) as through:
                for size in sizes:
                    steps: dict[str, Callable[[], Load]] = {
                        "alone": partial(load, file, alone, size),
                        "through": partial(load, file, through, size),
                    }
                    rounds(steps, 1)  # warm
                    found += compared(name, f"{size} connections", rounds(steps, repeat))
    return found


def question(row: dict[str, object]) -> bytes:
    """A PredictRequest of one row."""
    made = messages.PredictRequest()
    made.model_spec.name = NAME
    for name, value in row.items():
        tensor = made.inputs[name]
        tensor.tensor_shape.dim.add(size=1)
        if isinstance(value, str):
            tensor.dtype, values = 7, tensor.string_val
            values.append(value.encode())
        else:
            tensor.dtype, values = 1, tensor.float_val
            values.append(float("nan") if value is None else value)
    return made.SerializeToString()


def compared(name: str, size: str, loads: dict[str, list[Load]]) -> list[Result]:
    """Rates, their ratio, and what a request costs more."""
    rates = {which: [each.rate for each in of] for which, of in loads.items()}
    pairs = zip(loads["through"], loads["alone"], strict=True)
    share = ratios(rates["through"], rates["alone"])
    micros = [each.gateway for each in loads["through"]]
    return [
        Result.of(f"{name} alone, gRPC", size, rates["alone"], "requests/s"),
        Result.of(f"{name} through the gateway, gRPC", size, rates["through"], "requests/s"),
        Result.of(f"{name}, through over alone, gRPC", size, share, "x", least=SHARE),
        Result.of(
            f"{name}, p99 added, gRPC", size, [one.p99 - two.p99 for one, two in pairs], "ms"
        ),
        Result.of(f"{name}, gateway's CPU a request, gRPC", size, micros, "us"),
    ]


def load(file: Path, at: Running, connections: int) -> Load:
    """Ask for some seconds, from some processes. Stops the benchmark when a call fails."""
    clients, before = min(CLIENTS, connections), cpu(at)
    script = Path(__file__).parent / "grpc_load.py"
    processes = []
    for first in range(clients):
        share = len(range(first, connections, clients))
        words = [script, f"{LOOPBACK}:{at.grpc}", str(share), str(SECONDS), file]
        processes.append(subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE))
    took = sorted(each for process in processes for each in json.loads(process.communicate()[0]))
    used = [(one - other) / len(took) * 1e6 for one, other in zip(cpu(at), before, strict=True)]
    return Load(len(took) / SECONDS, took[len(took) * 99 // 100] * 1000, *used)


if __name__ == "__main__":
    main(__doc__, measure, [16], 3)
