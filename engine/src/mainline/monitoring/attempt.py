"""A part of the watch that cannot be computed becomes a finding, and the others go on."""

from collections.abc import Callable

from mainline.core.errors import MainlineError
from mainline.monitoring.finding import Finding


def attempt(kind: str, name: str, part: Callable[[], list[Finding]]) -> list[Finding]:
    """Its findings, or one `unknown` with the line of its error."""
    try:
        return part()
    except MainlineError as error:
        return [Finding(kind, name, "unknown", " ".join(str(error).split()))]
