"""The options of the command `serve`, and what they are by default."""

import re
from argparse import ArgumentTypeError
from typing import Any

from mainline.serving.served import LOOPBACK

# A test holds these to what the cluster runs: a client meets here that connections end.
CHANNEL_ARGUMENTS = "grpc.max_connection_age_ms=10000"
GRPC_PORT, REST_PORT = 8500, 8501  # TensorFlow Serving's own


def port(text: str) -> int:
    """A port's number. Raises ArgumentTypeError for what is none."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 2**16):
        raise ArgumentTypeError(f"'{text}' is no port: a whole number from 1 to 65535")
    return int(text)


def channel_arguments(text: str) -> str:
    """The text itself. Raises ArgumentTypeError when it is no list of NAME=VALUE."""
    try:
        parsed(text)
    except ValueError as wrong:
        raise ArgumentTypeError(str(wrong)) from None
    return text


def parsed(arguments: str) -> list[tuple[str, int | str]]:
    """Channel arguments as TensorFlow Serving reads them: a whole number becomes an int.

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
        "help": "TensorFlow Serving in an engine, or the development server in this process; auto "
        "takes an engine when one answers, and has it pull the image once",
    },
    "--image": {"help": "for an engine (default: the one that k8s/settings names)"},
    "--host": {"default": LOOPBACK, "help": "where to listen (%(default)s)"},
    "--grpc-port": {"type": port, "default": GRPC_PORT, "help": "(%(default)s)"},
    "--rest-port": {"type": port, "default": REST_PORT, "help": "(%(default)s)"},
    "--grpc-channel-arguments": {
        "type": channel_arguments,
        "default": CHANNEL_ARGUMENTS,
        "metavar": "NAME=VALUE,...",
        "help": "as the cluster's server has them (%(default)s); '' for none",
    },
}
