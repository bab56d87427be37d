"""The commands for deployments."""

from pathlib import Path

from mainline.core.command import Command, Options, flag
from mainline.request_log.commands import SETTINGS, SPOOL, STORE

PROMOTE: Options = {
    "--evidence": {
        "dest": "smoked",
        "metavar": "FILE",
        "type": Path,
        "help": "the file that `smoke` wrote",
    },
    "--override": {
        "metavar": "REASON",
        "help": "promote without evidence of TensorFlow Serving; the reason is kept in git",
    },
    "--experiment": {
        "metavar": "FILE",
        "type": Path,
        "help": "the JSON that `experiment` wrote, for the text of the pull request",
    },
}
COMMANDS = {
    "publish": Command("delivery.publish", "push the model image that the release file names"),
    "smoke": Command(
        "delivery.smoke",
        "send the golden rows to a server: does it serve the released model?",
        {
            "url": {"metavar": "URL", "help": "its REST address, such as http://127.0.0.1:8501"},
            "--grpc": {"metavar": "HOST:PORT", "help": "default: port 8500 of the same host"},
            "--budget-ms": {
                "type": float,
                "default": 250.0,
                "help": "largest p99 of one row (250)",
            },
            "--evidence": {
                "type": Path,
                "metavar": "FILE",
                "help": "write the results here, for promote",
            },
            "--wait": {
                "type": float,
                "default": 0.0,
                "metavar": "SECONDS",
                "help": "how long to wait until the version is served (0)",
            },
        },
    ),
    "promote": Command(
        "delivery.promote",
        "prepare the branch that brings staging's release to production",
        PROMOTE
        | flag("--dispatched", "take evidence or reason from the event that started this job")
        | flag("--signed", "only if release.yml has signed the image")
        | flag("--push", "push the branch and open the pull request"),
    ),
    "challenge": Command(
        "delivery.propose_challenger",
        "prepare the branch that runs an earlier release beside an environment's own",
        {
            "--version": {"required": True, "help": "of a release that staging had"},
            "--environment": {"default": "production", "help": "staging or production (default)"},
        },
    ),
    "deployed": Command(
        "delivery.deployed",
        "list releases on main that GitHub has no deployment record of",
        flag("--record", "make the records")
        | flag("--again", "also list recorded releases: they are published and signed again"),
    ),
    "healthy": Command(
        "delivery.healthy", "record that a release is healthy, from Argo CD's dispatch"
    ),
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
    "image-size": Command(
        "delivery.image_size",
        "check that an image which was built here is small enough, unpacked",
        {
            "image": {"metavar": "NAME:TAG", "help": "as `make image-name` says"},
            "--most": {
                "type": int,
                "default": 200,
                "metavar": "MB",
                "help": "megabytes (%(default)s, for the gateway)",
            },
            "--builder": {"default": "docker", "help": "docker (default) or podman"},
        },
    ),
    "rollback": Command(
        "delivery.rollback",
        "prepare the branch that rolls an environment back by one release",
        {"environment": {"help": "staging or production"}},
    ),
    "diff": Command(
        "delivery.diff",
        "show the changes in the cluster between two revisions",
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
        "list the deployments of each environment, with date and author",
        {"environment": {"nargs": "?", "help": "staging or production (default: both)"}},
    ),
    "verify": Command(
        "delivery.verify",
        "rebuild the released images from the DVC cache and compare them",
        {
            "environment": {"nargs": "?", "help": "staging or production (default: both)"},
            "--at": {
                "metavar": "REV",
                "help": "the releases at that commit of main (default: now)",
            },
        }
        | flag("--registry", "also check that the registry has the image"),
    ),
    "trace": Command(
        "delivery.trace",
        "find the change that made the version that a server reports, or that answered a request",
        {
            "version": {"nargs": "?", "help": "a whole number"},
            "--request": {
                "metavar": "ID",
                "help": "instead of a version: the x-request-id of an answer, from the log",
            },
        }
        | SPOOL
        | SETTINGS
        | STORE,
    ),
}
