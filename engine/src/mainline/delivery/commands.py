"""The commands that bring a release where it runs, and back."""

from pathlib import Path

from mainline.core.command import Command, Options, flag

PROMOTE: Options = {
    "--evidence": {
        "dest": "smoked",
        "metavar": "FILE",
        "type": Path,
        "help": "what `smoke` wrote about it",
    },
    "--override": {
        "metavar": "REASON",
        "help": "go without, or with evidence of the embedded server; the reason stays in git",
    },
}
COMMANDS = {
    "publish": Command("delivery.publish", "push the model image that the release file names"),
    "smoke": Command(
        "delivery.smoke",
        "ask a server the golden rows: is it the model that was released?",
        {
            "url": {"metavar": "URL", "help": "its REST address, such as http://127.0.0.1:8501"},
            "--grpc": {"metavar": "HOST:PORT", "help": "default: port 8500 of the same host"},
            "--budget-ms": {"type": float, "default": 250.0, "help": "p99 of a row (250)"},
            "--evidence": {
                "type": Path,
                "metavar": "FILE",
                "help": "write what was seen, for promote",
            },
            "--wait": {
                "type": float,
                "default": 0.0,
                "metavar": "SECONDS",
                "help": "until the version is served, before anything is checked (0)",
            },
        },
    ),
    "promote": Command(
        "delivery.promote",
        "prepare the branch that brings staging's release to production",
        PROMOTE
        | flag("--dispatched", "take evidence or reason from the event that started this job")
        | flag("--signed", "only what release.yml has signed")
        | flag("--push", "push the branch and open the pull request"),
    ),
    "deployed": Command(
        "delivery.deployed",
        "list what main deploys that GitHub has no record of",
        flag("--record", "make the records")
        | flag("--again", "list what is on record, too: it is published and signed once more"),
    ),
    "healthy": Command("delivery.healthy", "record what Argo CD's dispatch says is healthy"),
    "sign": Command(
        "delivery.sign",
        "sign an environment's image as this job, with cosign",
        {"environment": {"help": "staging or production"}},
    ),
    "check-promotion": Command(
        "delivery.check_promotion",
        "check that production gets only what staging ran",
        {"--against": {"metavar": "REV", "default": "origin/main", "help": "default: origin/main"}},
    ),
    "rollback": Command(
        "delivery.rollback",
        "prepare the branch that takes an environment back by one release",
        {"environment": {"help": "staging or production"}},
    ),
    "diff": Command(
        "delivery.diff",
        "what changes in the cluster between two revisions",
        {
            "old": {"metavar": "OLD", "help": "a revision"},
            "new": {
                "metavar": "NEW",
                "nargs": "?",
                "default": ".",
                "help": "a revision (default: the working tree)",
            },
        },
    ),
    "history": Command(
        "delivery.history",
        "what each environment ran, when, by whom",
        {"environment": {"nargs": "?", "help": "staging or production (default: both)"}},
    ),
    "verify": Command(
        "delivery.verify",
        "rebuild what is released from the DVC cache and compare",
        {
            "environment": {"nargs": "?", "help": "staging or production (default: both)"},
            "--at": {"metavar": "REV", "help": "what main named at that commit (default: now)"},
        }
        | flag("--registry", "and ask the registry whether it has the image"),
    ),
    "trace": Command(
        "delivery.trace",
        "from the version that a server reports to the change that made it",
        {"version": {"help": "a whole number"}},
    ),
}
