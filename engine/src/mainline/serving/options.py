"""The options of the command `serve`, and their defaults."""

import re
from argparse import ArgumentTypeError
from typing import Any

from mainline.serving.served import LOOPBACK

# The same as in the cluster (a test checks it), so that clients meet closing connections here too.
CHANNEL_ARGUMENTS = "grpc.max_connection_age_ms=10000"
GRPC_PORT, REST_PORT = 8500, 8501  # TensorFlow Serving's defaults


def port(text: str) -> int:
    """Parse a port number. Raises ArgumentTypeError when it is invalid."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 2**16):
        raise ArgumentTypeError(f"'{text}' is not a port: a whole number from 1 to 65535")
    return int(text)


def channel_arguments(text: str) -> str:
    """The text itself. Raises ArgumentTypeError when it is not a list of NAME=VALUE."""
    try:
        parsed(text)
    except ValueError as wrong:
        raise ArgumentTypeError(str(wrong)) from None
    return text


def parsed(arguments: str) -> list[tuple[str, int | str]]:
    """Parse channel arguments like TensorFlow Serving: a whole number becomes an int.

    Raises ValueError for a part that is not NAME=VALUE.
    """
    found: list[tuple[str, int | str]] = []
    for part in filter(None, arguments.split(",")):
        name, equals, value = part.partition("=")
        if not (name.strip() and equals):
            raise ValueError(f"'{part}' is not NAME=VALUE, such as {CHANNEL_ARGUMENTS}")
        whole = re.fullmatch("-?[0-9]{1,10}", value) and -(2**31) <= int(value) < 2**31
        found.append((name.strip(), int(value) if whole else value))
    return found


OPTIONS: dict[str, dict[str, Any]] = {
    "--with": {
        "dest": "using",
        "choices": ("auto", "docker", "podman", "embedded"),
        "default": "auto",
        "help": "TensorFlow Serving in a container engine, or the development server in this "
        "process; auto uses an engine if one answers, and pulls the image once",
    },
    "--image": {"help": "for an engine (default: the one that k8s/settings names)"},
    "--host": {"default": LOOPBACK, "help": "where to listen (%(default)s)"},
    "--grpc-port": {"type": port, "default": GRPC_PORT, "help": "(%(default)s)"},
    "--rest-port": {"type": port, "default": REST_PORT, "help": "(%(default)s)"},
    "--grpc-channel-arguments": {
        "type": channel_arguments,
        "default": CHANNEL_ARGUMENTS,
        "metavar": "NAME=VALUE,...",
        "help": "default: as in the cluster (%(default)s); '' for none",
    },
    "--without-gateway": {
        "action": "store_true",
        "help": "clients ask the server itself, and nothing is logged",
    },
}
