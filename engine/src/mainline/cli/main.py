"""The command line: options in, one function called, an exit code out."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from mainline.cli.commands import COMMANDS, GROUPS
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.process.imports import importing
from mainline.process.one_run import one_run
from mainline.process.orphan import end_with_parent
from mainline.process.outage import outage
from mainline.stages import STAGES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 for a failure that a message explains."""
    command = "mainline"
    try:
        options = vars(parser().parse_args(arguments))
        command = options.pop("command")
        well = _run(command, _root(), options)
        sys.stdout.flush()
        return 0 if well else 1
    except MainlineError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head` has seen enough
        _say_no_more()
        return 141  # as a shell says of a program that SIGPIPE ended
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of an impatient person, once is enough
        print(f"{command}: stopped", file=sys.stderr)
        return 130
    except Exception as error:  # an outage gets a line, everything else keeps its traceback
        message = None if sys.flags.dev_mode else outage(error)
        if message is None:
            raise
        _say_no_more()
        print(f"{command}: {message}", file=sys.stderr)
        return 1


def _say_no_more() -> None:
    """Nobody reads what is left to say, or it cannot be written: it would fail again at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _root() -> Path:
    """Where the command works: here. Raises MainlineError below a model's directory.

    There git answers, but no path is found, and "nothing is released" would be the result.
    """
    here = Path()
    if not _of_model(here):
        for above in here.absolute().parents:
            if _of_model(above):
                raise MainlineError(f"run this in the model's directory: `cd {above}`.")
    return here


def _of_model(directory: Path) -> bool:
    """Whether it is a model's directory."""
    layout = Layout(directory)
    return layout.pipeline.is_file() and layout.params.is_file()


def _run(command: str, root: Path, options: dict[str, Any]) -> bool:
    """Whether all is well: only a verdict can say no without an error."""
    about = COMMANDS[command]
    if command in STAGES:
        if "DVC_STAGE" in os.environ:  # DVC says so to what it starts
            end_with_parent()
        from mainline.dvc import extension_deps  # noqa: PLC0415  other commands go without these
        from mainline.lock.refusal import refuse  # noqa: PLC0415

        refuse(root, [command])
        extension_deps.check(root, command)
    with importing():
        module = importlib.import_module(f"mainline.{about.module}")
    with one_run(root, command) if about.alone else nullcontext():
        result = getattr(module, about.function)(root, **options)
    return result is None or bool(getattr(result, "open", result))


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    whole = argparse.ArgumentParser(prog="mainline", description="Models ship from main.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    groups = {name: commands.add_parser(name, help=text) for name, text in GROUPS.items()}
    within = {
        name: group.add_subparsers(required=True, metavar="COMMAND")
        for name, group in groups.items()
    }
    for name, about in COMMANDS.items():
        group, _, last = name.rpartition(" ")
        of_command = within.get(group, commands).add_parser(last, help=about.help)
        of_command.set_defaults(command=name)
        for option, settings in about.options.items():
            of_command.add_argument(option, **settings)
    return whole


if __name__ == "__main__":
    raise SystemExit(main())
