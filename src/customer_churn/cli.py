"""The command line: options in, one function called, an exit code out."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from customer_churn.commands import COMMANDS
from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.hush import hushed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 for a failure that a message explains."""
    options = vars(parser().parse_args(arguments))
    command = options.pop("command")
    try:
        well = _run(command, _root(), options)
        sys.stdout.flush()
        return 0 if well else 1
    except UserError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head` has seen enough
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # for what is flushed at exit
        return 141  # as a shell says of a program that SIGPIPE ended
    except KeyboardInterrupt:
        print(f"{command}: stopped", file=sys.stderr)
        return 130


def _root() -> Path:
    """Where the command works: here. Raises UserError inside a project, but not at its top.

    There git answers, but no path is found, and "nothing is released" would be the result.
    """
    here = Path()
    if not (here / paths.PIPELINE).exists():
        for above in here.absolute().parents:
            if (above / paths.PIPELINE).exists() and (above / paths.PARAMS).exists():
                raise UserError(f"run this at the top of the project: `cd {above}`.")
    return here


def _run(command: str, root: Path, options: dict[str, Any]) -> bool:
    """Whether all is well: only a verdict can say no without an error."""
    about = COMMANDS[command]
    with hushed():
        module = importlib.import_module(f"{__package__}.{about.module}")
    result = getattr(module, about.function)(root, **options)
    return result is None or bool(getattr(result, "open", result))


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    whole = argparse.ArgumentParser(
        prog="customer-churn", description="Customer Churn: models ship from main."
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in COMMANDS.items():
        of_command = commands.add_parser(name, help=about.help)
        for option, settings in about.options.items():
            of_command.add_argument(option, **settings)
    return whole


if __name__ == "__main__":
    raise SystemExit(main())
