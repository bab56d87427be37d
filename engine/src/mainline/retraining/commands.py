"""The command for retrainings."""

from pathlib import Path

from mainline.core.command import Command, Options, flag

WHY: Options = {
    "--reason": {"metavar": "TEXT", "help": "why, in one line; it is kept in git"},
    "--trigger": {
        "metavar": "NAME",
        "help": "of monitoring.triggers, or several with commas (default: event)",
    },
    "--evidence": {"metavar": "JSON", "help": "a JSON object, or a file with one"},
    "--as-of": {
        "metavar": "DAY",
        "help": "the new data.as_of (default: the newest day that is over)",
    },
    "--from-verdict": {
        "metavar": "FILE",
        "type": Path,
        "help": "instead of a reason: what this verdict of `monitor` fires",
    },
}
COMMANDS = {
    "retrain": Command(
        "retraining.retrain",
        "make the branch of a retraining on newer rows, with its reason",
        WHY
        | flag("--dispatched", "take trigger and reason from the event that started this job")
        | flag("--dispatch", "start retrain.yml with it, and make nothing here")
        | flag("--push", "push the branch and open the pull request, or join the open one"),
        alone=True,
    ),
}
