"""The options of the command `serve`, and what they are by default."""

from argparse import ArgumentTypeError
from typing import Any

from customer_churn.serving.served import LOOPBACK

IMAGE = "docker.io/tensorflow/serving:2.20.0"  # a test holds it to what the cluster runs
GRPC_PORT, REST_PORT = 8500, 8501  # TensorFlow Serving's own


def port(text: str) -> int:
    """A port's number. Raises ArgumentTypeError for what is none."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 2**16):
        raise ArgumentTypeError(f"'{text}' is no port: a whole number from 1 to 65535")
    return int(text)


OPTIONS: dict[str, dict[str, Any]] = {
    "--with": {
        "dest": "using",
        "choices": ("auto", "docker", "podman", "embedded"),
        "default": "auto",
        "help": "TensorFlow Serving in an engine, or the development server in this process; auto "
        "takes an engine when one answers, and has it pull the image once",
    },
    "--image": {"default": IMAGE, "help": "for an engine (%(default)s)"},
    "--host": {"default": LOOPBACK, "help": "where to listen (%(default)s)"},
    "--grpc-port": {"type": port, "default": GRPC_PORT, "help": "(%(default)s)"},
    "--rest-port": {"type": port, "default": REST_PORT, "help": "(%(default)s)"},
}
