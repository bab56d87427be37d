"""Lists the keys in which two sets of settings differ."""

from collections.abc import Iterator
from typing import Any


def changed_keys(old: Any, new: Any, prefix: str = "") -> list[tuple[str, str, str]]:
    """Dotted key, old and new value as text, for every key that differs; `-` means absent."""
    before, after = dict(flatten(old, prefix)), dict(flatten(new, prefix))
    return [
        (key, before.get(key, "-"), after.get(key, "-"))
        for key in sorted(before | after)
        if before.get(key) != after.get(key)
    ]


def flatten(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys and their values as text."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, str(value)
