"""What the command line knows of a command."""

from dataclasses import dataclass, field
from typing import Any

Options = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Command:
    """`module` is below our package; `function` is called with the repository and the options."""

    module: str
    help: str
    options: Options = field(default_factory=dict)
    function: str = "run"


def flag(name: str, text: str) -> Options:
    """An option that is given or not."""
    return {name: {"action": "store_true", "help": text}}
