"""A load of gRPC: `python grpc_load.py ADDRESS CONNECTIONS SECONDS FILE`.

Each connection has one PredictRequest under way, that of the file. Prints the seconds that each
request took, as JSON.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import grpc.aio
import uvloop

PREDICT = "/tensorflow.serving.PredictionService/Predict"
ONE_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]  # or all channels would share one


async def load(address: str, connections: int, seconds: float, body: bytes) -> list[float]:
    """What each request took; the first of each connection is not counted."""
    took = []

    async def one() -> None:
        async with grpc.aio.insecure_channel(address, options=ONE_CONNECTION) as channel:
            ask = channel.unary_unary(PREDICT)
            await ask(body, timeout=30)
            end = time.monotonic() + seconds
            while (start := time.monotonic()) < end:
                await ask(body, timeout=30)
                took.append(time.monotonic() - start)

    await asyncio.gather(*(one() for _ in range(connections)))
    return took


if __name__ == "__main__":
    where, count, length, file = sys.argv[1:]
    question = Path(file).read_bytes()
    print(json.dumps(uvloop.run(load(where, int(count), float(length), question))))
