"""A load of gRPC: `python grpc_load.py ADDRESS CONNECTIONS SECONDS` asks for one row at a time.

Each connection has one request under way. Prints the seconds that each request took, as JSON.
"""

import asyncio
import json
import sys
import time

import grpc.aio
import uvloop
from plain_model import NAME, NUMBERS, TEXT

from mainline.request_log import messages

PREDICT = "/tensorflow.serving.PredictionService/Predict"
ONE_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]  # or all channels would share one


def question() -> bytes:
    """A PredictRequest of one row."""
    made = messages.PredictRequest()
    made.model_spec.name = NAME
    for name in (*NUMBERS, TEXT):
        tensor = made.inputs[name]
        tensor.dtype = 7 if name == TEXT else 1
        tensor.tensor_shape.dim.add(size=1)
        if name == TEXT:
            tensor.string_val.append(b"ulm")
        else:
            tensor.float_val.append(1.5)
    return made.SerializeToString()


async def load(address: str, connections: int, seconds: float) -> list[float]:
    """What each request took. The first of each connection is not counted."""
    body, took = question(), []

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
    where, count, length = sys.argv[1:]
    print(json.dumps(uvloop.run(load(where, int(count), float(length)))))
