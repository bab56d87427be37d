"""The embedded server with a model that costs little: `python plain_model.py GRPC_PORT REST_PORT`.

The sum of ten columns, and a column of text, so a server's own cost is what is measured.
"""

import signal
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

NAME, NUMBERS, TEXT = "plain", [f"number_{index}" for index in range(10)], "city"
VERSION = 7


def save(directory: Path) -> None:
    """Write the SavedModel."""
    import tensorflow as tf  # noqa: PLC0415  seconds, and the load needs the names alone

    def answer(**inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"score": tf.sigmoid(tf.add_n([inputs[name] for name in NUMBERS]) / 1000)}

    kinds = dict.fromkeys(NUMBERS, tf.float32) | {TEXT: tf.string}
    specs = {name: tf.TensorSpec([None], kind, name) for name, kind in kinds.items()}
    module = tf.Module()
    signature = tf.function(answer, autograph=False).get_concrete_function(**specs)
    tf.saved_model.save(module, str(directory), signatures=signature)


def serve(grpc_port: int, rest_port: int) -> None:
    """Answer until SIGTERM."""
    from mainline.serving.embedded import serving  # noqa: PLC0415  as above
    from mainline.serving.served import Served  # noqa: PLC0415

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with tempfile.TemporaryDirectory() as scratch:
        save(Path(scratch) / "model")
        model = Served(Path(scratch) / "model", NAME, VERSION)
        with serving(replace(model, grpc_port=grpc_port, rest_port=rest_port)):
            print("ready", flush=True)
            stop.wait()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
