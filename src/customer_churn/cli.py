"""The command line: options in, one function called, an exit code out."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from customer_churn.commands import COMMANDS
from customer_churn.core.errors import UserError
from customer_churn.hush import hushed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 for a failure that a message explains."""
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    try:
        return 0 if _run(command, Path(), options) else 1
    except UserError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{command}: stopped", file=sys.stderr)
        return 130


def _run(command: str, root: Path, options: dict[str, Any]) -> bool:
    """Whether all is well: only a verdict can say no without an error."""
    about = COMMANDS[command]
    with hushed():
        module = importlib.import_module(f"{__package__}.{about.module}")
    result = getattr(module, about.function)(root, **options)
    return result is None or bool(getattr(result, "open", result))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="customer-churn", description="Customer Churn: models ship from main."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in COMMANDS.items():
        of_command = commands.add_parser(name, help=about.help)
        for option, settings in about.options.items():
            of_command.add_argument(option, **settings)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
