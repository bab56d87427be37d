"""Every command: the function that does it, its line of help, its options.

An option's destination is the name of the function's parameter. Nothing is imported here but the
names of modules, so that `--help` answers at once.
"""

from pathlib import Path

from mainline.cluster.commands import COMMANDS as CLUSTER
from mainline.core.command import Command, Options, flag
from mainline.core.layout import Layout
from mainline.delivery.commands import COMMANDS as DELIVERY
from mainline.demo.commands import COMMANDS as DEMO
from mainline.experiments.commands import COMMANDS as EXPERIMENTS
from mainline.gateway.commands import COMMANDS as GATEWAY
from mainline.monitoring.commands import COMMANDS as MONITORING
from mainline.outside.commands import COMMANDS as OUTSIDE
from mainline.request_log.commands import COMMANDS as REQUEST_LOG
from mainline.retraining.commands import COMMANDS as RETRAINING
from mainline.scoring.commands import COMMANDS as SCORING
from mainline.serving.options import OPTIONS as SERVE
from mainline.stages import STAGES

STAGE_HELP = {
    "ingest": "read the source into one typed table and its catalogue entry",
    "validate": "check the table against the rules in params.yaml",
    "split": "divide the table into training, validation and test rows",
    "train": "train network, trees and a baseline; choose what ships",
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
PULL: Options = {
    "--pr": {
        "metavar": "NUMBER",
        "type": int,
        "help": "the pull request, as GitHub describes it (default: the event's)",
    }
}
GROUPS = {  # first of two words
    "log": "the log of every prediction that the gateway writes",
    "task": "what each pod of a workflow on the cluster runs",
}
RETRAIN = flag("--retrain", "a model must be better than main's, as on a branch retrain/…")


COMMANDS = (
    {
        name: Command(module.partition(".")[2], f"stage: {STAGE_HELP[name]}")
        for name, module in STAGES.items()
    }
    | {
        "params": Command("params.params", "check params.yaml and the project's functions"),
        "check": Command(
            "check.check",
            "check manifests, workflows and Dockerfile; exit 1 when a rule is broken",
            {
                "--list": {
                    "action": "store_true",
                    "dest": "only_names",
                    "help": "name the rules instead",
                }
            },
        ),
        "lock": Command(
            "lock.lock",
            "write engine.yaml: the engine that runs, and its code for each stage",
            flag("--check", "write nothing; exit 1 when engine.yaml is out of date"),
        ),
        "workflows": Command(
            "dvc.workflow_stages",
            "write which stages of dvc.yaml each pod of pipelines/argo runs",
        ),
        "gate": Command(
            "gate.gate",
            "judge the model against main; exit 1 when closed",
            AGAINST | RETRAIN,
            alone=True,
        ),
        "report": Command("report.report", "write the pull request comment", alone=True),
        "preview": Command(
            "preview.preview",
            "show the comment, or any Markdown, in a browser as GitHub would",
            {
                "file": {"nargs": "?", "type": Path, "help": "default: reports/comment.md"},
                "--port": {"type": int, "default": 0, "help": "default: any free one"},
                "--out": {"type": Path, "metavar": "FILE", "help": "write the page instead"},
            }
            | flag("--no-browser", "open none"),
        ),
        "drift": Command(
            "monitoring.show",
            "how far the training rows have moved from those of main's model",
            AGAINST
            | {
                "--page": {
                    "nargs": "?",
                    "const": Layout.drift,
                    "metavar": "FILE",
                    "type": Path,
                    "help": "write Evidently's page (default: %(const)s)",
                }
            },
        ),
        "record": Command("tracking.record", "record the model in MLflow"),
        "run": Command(
            "pipeline.run",
            "the whole loop: pipeline, gate, comment, record",
            AGAINST | RETRAIN,
            alone=True,
        ),
        "try": Command(
            "pipeline.trial",
            "run the loop on your own data, in a scratch copy",
            {
                "--params": {
                    "dest": "settings",
                    "metavar": "FILE",
                    "type": Path,
                    "required": True,
                    "help": "a params file",
                },
                "--data": {"help": "a file or URL for data.source.path; other sources need none"},
                "--into": {"type": Path, "help": "an empty directory (default: a temporary one)"},
            },
        ),
        "tune": Command(
            "tuning.tune",
            "search the settings in the section `tune`, or go on; make a branch of the best",
            alone=True,
        ),
        "snapshot": Command(
            "snapshots.snapshot",
            "ask the live source and keep its answer as a batch; exit 1 when old ones differ",
            {"--as-of": {"metavar": "DAY", "help": "the day to ask for (default: data.as_of)"}}
            | flag("--check", "ask for every batch again, and say what the source says differently")
            | {"--again": {"metavar": "DAY", "help": "take the batch of a day anew"}},
            alone=True,
        ),
        "propose": Command(
            "proposal.propose",
            "train and judge a proposal here, and show the comment that CI would make",
            AGAINST
            | PULL
            | RETRAIN
            | {
                "--pack": {
                    "dest": "into",
                    "metavar": "DIR",
                    "type": Path,
                    "help": "judge nothing: train, and pack what was made for `receive`",
                }
            },
            alone=True,
        ),
        "touched": Command(
            "proposal.touched",
            "list what of a proposal a model depends on",
            AGAINST | PULL,
        ),
        "fork": Command(
            "proposal.fork", "check a proposal from a fork: it may touch no model", AGAINST | PULL
        ),
        "reproduce": Command(
            "reproduce.reproduce",
            "train a revision's model again in a temporary clone, and compare",
            {
                "revision": {
                    "metavar": "REV",
                    "nargs": "?",
                    "help": "staging (the default), production, a version, or any git revision",
                }
            }
            | flag("--only-main", "refuse what is not on main"),
        ),
        "retain": Command(
            "retention.retain",
            "list what DVC keeps beyond releases, branches and this tree, and remove it",
            flag("--delete", "remove it (default: only list)")
            | flag("--cloud", "in the DVC remote, too"),
            alone=True,
        ),
        "rules": Command(
            "github.rules",
            "apply the ruleset in .github to the repository, through gh",
            flag("--dry-run", "show, and change nothing"),
        ),
        "serve": Command(
            "serving.serve", "serve the model that staging runs, on this machine", SERVE
        ),
        **GATEWAY,
        **SCORING,
        **REQUEST_LOG,
        **EXPERIMENTS,
        **DEMO,
        **MONITORING,
        "set-image": Command(
            "delivery.set_image",
            "write the digests of our own images into the kustomizations that name them",
            {"images": {"metavar": "NAME:TAG@DIGEST", "nargs": "+", "help": "as a registry has it"}}
            | flag("--push", "open the pull request instead of writing here"),
        ),
    }
    | DELIVERY
    | OUTSIDE
    | RETRAINING
    | CLUSTER
)
