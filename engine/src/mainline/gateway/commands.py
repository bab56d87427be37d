"""The command `gateway`: its options and their defaults."""

from pathlib import Path

from mainline.core.command import Command, Options
from mainline.serving.options import GRPC_PORT, REST_PORT, port
from mainline.serving.served import LOOPBACK

METRICS_PORT = 9100
UPSTREAM_REST, UPSTREAM_GRPC = "http://127.0.0.1:8511", "127.0.0.1:8510"
SPOOL = Path("reports/spool")

OPTIONS: Options = {
    "--name": {"metavar": "MODEL", "required": True, "help": "the served model"},
    "--listen-host": {"default": LOOPBACK, "help": "where to listen (%(default)s)"},
    "--rest-port": {"type": port, "default": REST_PORT, "help": "(%(default)s)"},
    "--grpc-port": {"type": port, "default": GRPC_PORT, "help": "(%(default)s)"},
    "--metrics-port": {
        "type": port,
        "default": METRICS_PORT,
        "help": "of /metrics and /healthz (%(default)s)",
    },
    "--upstream-rest": {
        "metavar": "URL",
        "default": UPSTREAM_REST,
        "help": "the model server's REST address (%(default)s)",
    },
    "--upstream-grpc": {
        "metavar": "HOST:PORT",
        "default": UPSTREAM_GRPC,
        "help": "its gRPC address (%(default)s)",
    },
    "--challenger-rest": {"metavar": "URL", "help": "likewise, of a challenger"},
    "--challenger-grpc": {"metavar": "HOST:PORT", "help": "likewise, of a challenger"},
    "--digest": {"default": "", "help": "the image that the model server runs, for the log"},
    "--challenger-digest": {"default": "", "help": "likewise, of a challenger"},
    "--spool": {
        "type": Path,
        "default": SPOOL,
        "metavar": "DIR",
        "help": "where the log waits until it is shipped (%(default)s)",
    },
    "--settings": {"type": Path, "metavar": "FILE", "help": "a YAML file (default: none)"},
    "--store": {"metavar": "URI", "help": "instead of `log.store` in the settings"},
    "--roll-seconds": {"type": float, "metavar": "N", "help": "instead of `log.roll_seconds`"},
}
COMMANDS = {
    "gateway": Command(
        "gateway.start",
        "pass predictions through to a model server, and log each of them",
        OPTIONS,
    )
}
