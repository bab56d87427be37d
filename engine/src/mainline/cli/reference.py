"""The page `docs/commands.md`: every command with its options, from the parser's own table."""

import sys
from typing import Any

from mainline.cli.commands import COMMANDS

NO_VALUE = ("store_true", "store_false", "store_const", "append_const", "count", "help", "version")
HEAD = """\
# Commands

`mainline COMMAND` works in a model's directory, the one with `dvc.yaml`. It exits with 0, or with 1
after an error or a closed gate. `python -m mainline.cli.reference` writes this page.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(_section(name) for name in COMMANDS)])


def _section(name: str) -> str:
    about = COMMANDS[name]
    rows = [
        f"| `{_written(option, values)}` | {_help(values)} |"
        for option, values in about.options.items()
    ]
    table = ["", "| option | |", "| --- | --- |", *rows] if rows else []
    return "\n".join([f"## {name}", "", _sentence(about.help), *table, ""])


def _written(option: str, values: dict[str, Any]) -> str:
    if values.get("action") in NO_VALUE:
        return option
    if not option.startswith("-"):
        return str(values.get("metavar") or option.upper())
    choices = "\\|".join(map(str, values.get("choices", ())))
    return f"{option} {choices or values.get('metavar') or option.strip('-').upper()}"


def _help(values: dict[str, Any]) -> str:
    text = str(values.get("help", ""))
    return (
        text.replace("%(const)s", str(values.get("const")))
        .replace("%(default)s", str(values.get("default")))
        .replace("%%", "%")
        .replace("|", "\\|")
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    sys.stdout.write(page())
