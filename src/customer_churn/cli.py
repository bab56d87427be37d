"""The command line: one command a step, wired here and written elsewhere."""

import argparse
import importlib
import sys
from pathlib import Path

from customer_churn.core.errors import UserError
from customer_churn.hush import hushed
from customer_churn.stages import STAGES


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="customer-churn")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in STAGES:
        commands.add_parser(name)
    options = parser.parse_args(arguments)
    try:
        with hushed():
            stage = importlib.import_module(STAGES[options.command])
        stage.run(Path())
    except UserError as error:
        print(f"customer-churn {options.command}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
