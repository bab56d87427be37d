"""The command `demo`."""

from pathlib import Path

from mainline.core.command import Command, Options, flag

OPTIONS: Options = {
    "--requests": {
        "type": int,
        "default": 10_000,
        "metavar": "N",
        "help": "of three simulated months (%(default)s)",
    },
    "--into": {
        "type": Path,
        "metavar": "DIR",
        "help": "an empty directory for the copy (default: a temporary one)",
    },
}
COMMANDS = {
    "demo": Command(
        "demo.demo",
        "see the loop close: customers ask, their data drifts, a new model is proposed",
        OPTIONS | flag("--no-browser", "open none"),
    )
}
