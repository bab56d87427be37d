"""A part of the watch that cannot be computed becomes a finding, and the others go on."""

from collections.abc import Callable

from mainline.core.errors import MainlineError
from mainline.monitoring.finding import Finding


def attempt(kind: str, part: Callable[[], list[Finding]], name: str = "") -> list[Finding]:
    """The findings of a part, or one `unknown` with the line of its error."""
    try:
        return part()
    except MainlineError as error:
        said = " ".join(str(error).split())
        return [Finding(kind, f"{kind}.{name or 'computed'}", "unknown", said)]
