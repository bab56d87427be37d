"""The command line: one command a step, wired here and written elsewhere.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from customer_churn.core.errors import UserError
from customer_churn.hush import hushed
from customer_churn.stages import STAGES

HELP = {
    "ingest": "stage: read the source into one typed table and its catalogue entry",
    "validate": "stage: check the table against the rules in params.yaml",
    "split": "stage: divide the table into training, validation and test rows",
    "train": "stage: train the network and its baseline",
    "evaluate": "stage: compute figures with intervals on the test rows",
    "package": "stage: write SavedModel, model image, descriptor and model card",
    "release": "stage: write the release file that Kustomize reads",
    "params": "check params.yaml",
    "gate": "judge the model against main; exit 1 when closed",
    "report": "write the pull request comment",
    "record": "record the model in MLflow",
    "run": "the whole loop: pipeline, gate, comment, record",
    "propose": "what CI does with a pull request; posts and pushes by option only",
    "carry": "give the bot's commit the check results of its parent",
    "fork": "check a proposal from a fork: it may touch no model",
    "try": "run the loop on your own data, in a scratch copy",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 for a failure that a message explains."""
    options = _parser().parse_args(arguments)
    try:
        return 0 if _run(options, Path()) else 1
    except UserError as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{options.command}: stopped", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace, root: Path) -> bool:
    """Whether all is well: only a gate can say no without an error."""
    package = __package__
    command = options.command
    if command in STAGES:
        _load(STAGES[command]).run(root)
    elif command == "params":
        _load(f"{package}.params").check(root)
    elif command == "report":
        _load(f"{package}.report.report").run(root)
    elif command == "record":
        _load(f"{package}.tracking.record").run(root)
    elif command == "fork":
        _load(f"{package}.proposal.fork").run(root, against=options.against)
    elif command == "carry":
        carry = _load(f"{package}.proposal.carry")
        return bool(carry.run(root, options.parent, options.child))
    elif command == "propose":
        propose = _load(f"{package}.proposal.propose")
        asked = {name: getattr(options, name) for name in ("against", "retrain", "post", "push")}
        return bool(propose.run(root, **asked))
    elif command == "try":
        trial = _load(f"{package}.loop.trial")
        return bool(trial.run(root, options.params, options.data, options.into))
    elif command == "gate":
        gate = _load(f"{package}.gate.gate")
        return bool(gate.run(root, against=options.against, retrain=options.retrain).open)
    else:
        loop = _load(f"{package}.loop.run")
        return bool(loop.run(root, against=options.against, retrain=options.retrain))
    return True


def _load(module: str) -> Any:
    with hushed():
        return importlib.import_module(module)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="customer-churn", description="Customer Churn: models ship from main."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    parsers = {name: commands.add_parser(name, help=text) for name, text in HELP.items()}
    for name in ("gate", "run", "propose", "fork"):
        parsers[name].add_argument(
            "--against", metavar="REV", help="base revision (default: origin/main, or else main)"
        )
    for name in ("gate", "run", "propose"):
        parsers[name].add_argument(
            "--retrain", action="store_true", help="a retrain must be better, not just not worse"
        )
    for name, text in (("post", "post the comment"), ("push", "push data, model and commit")):
        parsers["propose"].add_argument(f"--{name}", action="store_true", help=text)
    for name in ("parent", "child"):
        parsers["carry"].add_argument(f"--{name}", metavar="SHA", required=True)
    trial = parsers["try"]
    trial.add_argument("--params", type=Path, required=True, help="a params file")
    trial.add_argument("--data", required=True, help="a file or URL for data.source.path")
    trial.add_argument("--into", type=Path, help="an empty directory (default: a temporary one)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
