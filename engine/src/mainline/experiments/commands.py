"""The command `experiment`."""

from pathlib import Path

from mainline.core.command import Command, Options
from mainline.request_log.commands import STORE

OPTIONS: Options = {
    "name": {
        "nargs": "?",
        "metavar": "NAME",
        "help": "an experiment of main's history (default: the one that runs)",
    },
    "--environment": {"help": "production (default where it has a release) or staging"},
    "--to": {"dest": "last", "metavar": "DAY", "help": "the last day (default: today)"},
    "--as-of": {"metavar": "DAY", "help": "labels as they were known then (default: today)"},
    "--settings": {
        "dest": "settings_file",
        "metavar": "FILE",
        "type": Path,
        "help": "the gateway's, as main has them (default: k8s/settings/gateway/settings.yaml)",
    },
    "--out": {
        "type": Path,
        "metavar": "FOLDER",
        "help": "where NAME.json and NAME.md are written (default: reports/experiments)",
    },
}
COMMANDS = {
    "experiment": Command(
        "experiments.experiment",
        "is the challenger better than main's model, on the figure that was named before",
        OPTIONS | STORE,
    )
}
