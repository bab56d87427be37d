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

DOCUMENTS = {
    "ingest": "read the source into one typed table and its catalogue entry",
    "validate": "check the table against the rules in params.yaml",
    "split": "divide the table into training, validation and test rows",
    "train": "train the network and its baseline",
    "evaluate": "compute figures with intervals on the test rows",
    "package": "write SavedModel, model image, descriptor and model card",
    "release": "write the release file that Kustomize reads",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 for a failure that a message explains."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except UserError as error:
        print(f"customer-churn {options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"customer-churn {options.command}: stopped", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    root = Path()
    if options.command in STAGES:
        _load(STAGES[options.command]).run(root)
        return 0
    if options.command == "gate":
        gate = _load("customer_churn.gate.gate")
        return 0 if gate.run(root, against=options.against, retrain=options.retrain).open else 1
    if options.command == "report":
        _load("customer_churn.report.report").run(root)
        return 0
    if options.command == "record":
        _load("customer_churn.tracking.record").run(root)
        return 0
    if options.command == "params":
        _load("customer_churn.params").check(root)
        return 0
    if options.command == "try":
        trial = _load("customer_churn.loop.trial")
        return int(trial.run(root, options.params, options.data, options.into))
    loop = _load("customer_churn.loop.run")
    return int(loop.run(root, against=options.against, retrain=options.retrain))


def _load(module: str) -> Any:
    with hushed():
        return importlib.import_module(module)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="customer-churn", description="Customer Churn: models ship from main."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in STAGES:
        commands.add_parser(name, help=f"stage: {DOCUMENTS[name]}")
    commands.add_parser("params", help="check params.yaml")
    judging = argparse.ArgumentParser(add_help=False)
    judging.add_argument(
        "--against", metavar="REV", help="base revision (default: origin/main, or else main)"
    )
    judging.add_argument(
        "--retrain", action="store_true", help="an automatic retrain: must be better, not just not worse"
    )
    commands.add_parser("gate", parents=[judging], help="judge the model; exit 1 when closed")
    commands.add_parser("report", help="write the pull request comment")
    commands.add_parser("record", help="record the model in MLflow")
    commands.add_parser(
        "run", parents=[judging], help="the whole loop: pipeline, gate, comment, record"
    )
    trial = commands.add_parser("try", help="run the loop on your data, in a scratch copy")
    trial.add_argument("--params", type=Path, required=True, help="a params file")
    trial.add_argument("--data", required=True, help="a file or URL for data.source.path")
    trial.add_argument("--into", type=Path, help="an empty directory (default: a temporary one)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
