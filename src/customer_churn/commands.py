"""Every command: the function that does it, its line of help, its options.

An option's destination is the name of the function's parameter. Nothing is imported here but the
names of modules, so that `--help` answers at once.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customer_churn.serving.options import OPTIONS as SERVE
from customer_churn.stages import STAGES

Options = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Command:
    """`module` is below our package; `function` is called with the repository and the options."""

    module: str
    help: str
    options: Options = field(default_factory=dict)
    function: str = "run"


STAGE_HELP = {
    "ingest": "read the source into one typed table and its catalogue entry",
    "validate": "check the table against the rules in params.yaml",
    "split": "divide the table into training, validation and test rows",
    "train": "train the network and its baseline",
    "evaluate": "compute figures with intervals on the test rows",
    "package": "write SavedModel, model image, descriptor and model card",
    "release": "write the release file that Kustomize reads",
}
AGAINST: Options = {
    "--against": {
        "metavar": "REV",
        "help": "base revision (default: origin/main, or else main)",
    }
}
RETRAIN: Options = {
    "--retrain": {
        "action": "store_true",
        "help": "a retrain must be better, not just not worse",
    }
}
PROMOTE: Options = {
    "--evidence": {
        "dest": "smoked",
        "metavar": "FILE",
        "type": Path,
        "help": "what `smoke` wrote about it",
    },
    "--override": {"metavar": "REASON", "help": "go without; the reason stays in git"},
}


def _flag(name: str, text: str) -> Options:
    return {name: {"action": "store_true", "help": text}}


COMMANDS = {
    name: Command(module.partition(".")[2], f"stage: {STAGE_HELP[name]}")
    for name, module in STAGES.items()
} | {
    "params": Command("params", "check params.yaml", function="check"),
    "gate": Command(
        "gate.gate", "judge the model against main; exit 1 when closed", AGAINST | RETRAIN
    ),
    "report": Command("report.report", "write the pull request comment"),
    "record": Command("tracking.record", "record the model in MLflow"),
    "run": Command(
        "loop.run", "the whole loop: pipeline, gate, comment, record", AGAINST | RETRAIN
    ),
    "try": Command(
        "loop.trial",
        "run the loop on your own data, in a scratch copy",
        {
            "--params": {
                "dest": "settings",
                "metavar": "FILE",
                "type": Path,
                "required": True,
                "help": "a params file",
            },
            "--data": {"required": True, "help": "a file or URL for data.source.path"},
            "--into": {"type": Path, "help": "an empty directory (default: a temporary one)"},
        },
    ),
    "propose": Command(
        "proposal.propose",
        "what CI does with a pull request; posts and pushes by option only",
        AGAINST
        | RETRAIN
        | _flag("--post", "post the comment")
        | _flag("--push", "push data, model and commit"),
    ),
    "touched": Command(
        "proposal.touched",
        "list what of a proposal a model depends on",
        AGAINST | _flag("--post", "comment when no model is touched"),
    ),
    "fork": Command(
        "proposal.fork", "check a proposal from a fork: it may touch no model", AGAINST
    ),
    "broken": Command(
        "proposal.broken",
        "say on the pull request that a run broke off before it judged",
        _flag("--post", "post the comment"),
    ),
    "carry": Command(
        "proposal.carry",
        "give the bot's commit the check results of its parent",
        {name: {"metavar": "SHA", "required": True} for name in ("--parent", "--child")},
    ),
    "rules": Command(
        "forge.rules",
        "apply the ruleset in .github to the repository, through gh",
        _flag("--dry-run", "show, and change nothing"),
    ),
    "serve": Command("serving.serve", "serve the model that staging runs, on this machine", SERVE),
    "publish": Command("delivery.publish", "push the model image that the release file names"),
    "pin": Command(
        "delivery.pin",
        "write the digests of outside images, as their registries say",
        {"images": {"nargs": "*", "metavar": "NAME:TAG", "help": "take this tag of it first"}}
        | _flag("--push", "open the pull request instead of writing here"),
    ),
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
        },
    ),
    "promote": Command(
        "delivery.promote",
        "prepare the branch that brings staging's release to production",
        PROMOTE
        | _flag("--dispatched", "take evidence or reason from the event that started this job")
        | _flag("--signed", "only what release.yml has signed")
        | _flag("--push", "push the branch and open the pull request"),
    ),
    "deployed": Command(
        "delivery.deployed",
        "list what main deploys that GitHub has no record of",
        _flag("--record", "make the records"),
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
        }
        | _flag("--registry", "and ask the registry whether it has the image"),
    ),
    "trace": Command(
        "delivery.trace",
        "from the version that a server reports to the change that made it",
        {"version": {"help": "a whole number"}},
    ),
}
