"""Parses days of the command line, and sets `data.as_of` in `params.yaml`."""

import datetime
import re
from pathlib import Path

import yaml

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout

_DAY = re.compile(r"""(["']?)\d{4}-\d\d-\d\d\1""")


def a_day(text: str, option: str) -> datetime.date:
    """Parse a day. Raises MainlineError when the text is not one."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise MainlineError(f"{option}: {text!r} is not a day, such as 2026-06-30.") from None


def set_as_of(root: Path, as_of: datetime.date) -> bool:
    """Replace the value of `data.as_of` and keep every other character of the file.

    Returns whether it changed. Raises MainlineError when the value cannot be replaced.
    """
    if config.read_params(root)["data"]["as_of"] == as_of.isoformat():
        return False
    path = Layout(root).params
    write_text(path, with_as_of(path.read_text(encoding="utf-8"), as_of))
    return True


def with_as_of(text: str, as_of: datetime.date) -> str:
    """The text of `params.yaml` with another `data.as_of`. Raises MainlineError as `set_as_of`."""
    node = _value(_value(yaml.compose(text, Loader=yaml.SafeLoader), "data"), "as_of")
    stands = node and text[node.start_mark.index : node.end_mark.index]
    if node is None or not stands or not _DAY.fullmatch(stands):  # an anchor, an alias, a tag
        raise MainlineError(f'set data.as_of: "{as_of}" in {Layout.params} yourself.')
    return f'{text[: node.start_mark.index]}"{as_of}"{text[node.end_mark.index :]}'


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
