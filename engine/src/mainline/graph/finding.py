"""What is wrong with a model's files, in words that are safe to show."""

import re

UNSAFE = re.compile(r"[^\w./:^>+-]", re.ASCII)
LONGEST = 80


class GraphError(ValueError):
    """The model must not be loaded. The text says what was found and where."""


def shown(name: object) -> str:
    """A name out of the model, which may hold anything, for a message."""
    return UNSAFE.sub("?", str(name)[:LONGEST])
