"""The description of a command for the command line."""

from dataclasses import dataclass, field
from typing import Any

Options = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Command:
    """`module` is relative to our package; `function` gets the repository's root and the options.

    Of the commands with `alone`, only one can run at a time in a checkout.
    """

    module: str
    help: str
    options: Options = field(default_factory=dict)
    function: str = "run"
    alone: bool = False


def flag(name: str, text: str) -> Options:
    """An option without a value."""
    return {name: {"action": "store_true", "help": text}}
