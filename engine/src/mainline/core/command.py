"""What the command line knows of a command."""

from dataclasses import dataclass, field
from typing import Any

Options = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Command:
    """`module` is below our package; `function` is called with the repository and the options.

    Of those that are to be `alone`, one at a time is at work in a checkout.
    """

    module: str
    help: str
    options: Options = field(default_factory=dict)
    function: str = "run"
    alone: bool = False


def flag(name: str, text: str) -> Options:
    """An option that is given or not."""
    return {name: {"action": "store_true", "help": text}}
