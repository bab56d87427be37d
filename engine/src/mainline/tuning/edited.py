"""Puts values into the text of params.yaml. Every other character stays as it is."""

from collections.abc import Mapping
from typing import Any

import yaml

from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml


def edited(text: str, values: Mapping[str, Any], *, name: str) -> str:
    """The text of the file called `name` with other values at dotted paths.

    Raises MainlineError when a path cannot be changed by itself, as in a file with an alias.
    """
    wanted = read_yaml(text, name=name)
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
        raise MainlineError(
            "it has an alias: a value there may stand in several places.", where=name
        )
    for path, value in values.items():
        text = _put(text, path.split("."), value)
        place: Any = wanted
        *parents, last = path.split(".")
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
        if read_yaml(text, name=name) != wanted:
            raise MainlineError(f"'{path}' cannot be changed alone.", where=name)
    return text


def _put(text: str, path: list[str], value: Any) -> str:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    key = node
    for depth, part in enumerate(path):
        found = [(key, each) for key, each in node.value if key.value == part]
        if not found:
            for parent in reversed(path[depth + 1 :]):
                value = {parent: value}
            return _added(text, node, f"{part}: {_written(value)}")
        key, node = found[0]
        if not isinstance(node, yaml.MappingNode):
            break
    start, end = node.start_mark.index, _end(node)
    if node.start_mark.line == key.end_mark.line:
        return text[:start] + _written(value) + text[end:]
    colon = text.index(":", key.end_mark.index) + 1  # a block, which begins on another line
    return f"{text[:colon]} {_written(value)}{text[colon : text.index(chr(10), colon)]}{text[end:]}"


def _added(text: str, node: yaml.MappingNode, entry: str) -> str:
    """The text with an entry before the first one of a group."""
    if node.flow_style:
        at = node.start_mark.index + 1
        return f"{text[:at]}{entry}{', ' if node.value else ''}{text[at:]}"
    first = node.value[0][0].start_mark
    return f"{text[: first.index]}{entry}\n{' ' * first.column}{text[first.index :]}"


def _end(node: yaml.Node) -> int:
    """Where a value ends. A block's own mark is behind the comments that follow it."""
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _written(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000)
    return text.removesuffix("...\n").strip()
