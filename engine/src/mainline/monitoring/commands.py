"""The command `monitor`."""

from pathlib import Path

from mainline.core.command import Command, Options, flag
from mainline.request_log.commands import SETTINGS, STORE

WINDOW: Options = {
    "--environment": {
        "metavar": "NAME",
        "help": "staging or production (default: production, if it has a release)",
    },
    "--from": {
        "dest": "first",
        "metavar": "DAY",
        "help": "the first day of the window (default: by monitoring.window_days)",
    },
    "--to": {
        "dest": "last",
        "metavar": "DAY",
        "help": "its last day (default: the last whole day of the log)",
    },
    "--as-of": {"metavar": "DAY", "help": "as if this day were today"},
    "--out": {
        "metavar": "DIR",
        "type": Path,
        "help": "the folder for the verdict (default: reports/monitor)",
    },
}
OUTPUTS: Options = {
    "--textfile": {
        "metavar": "FILE",
        "type": Path,
        "help": "write the series for the textfile collector of Prometheus' node exporter",
    },
    "--push": {"metavar": "URL", "help": "push the series to this Pushgateway of Prometheus"},
    "--no-record": {"dest": "record", "action": "store_false", "help": "write no run to MLflow"},
}
COMMANDS = {
    "monitor": Command(
        "monitoring.monitor",
        "what the log shows about the released model: drift, scores, latency, errors, quality",
        WINDOW
        | SETTINGS
        | STORE
        | OUTPUTS
        | flag("--page", "draw Evidently's page of a sample, too"),
    ),
}
