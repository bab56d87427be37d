"""The event that started this job, as GitHub Actions describes it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError


def name(environment: Mapping[str, str]) -> str:
    """The name of the event; empty outside of Actions."""
    return environment.get("GITHUB_EVENT_NAME", "")


@contextmanager
def described(environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The event's file. Raises MainlineError when it, or what the block reads in it, is broken."""
    try:
        yield json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    except (KeyError, TypeError, AttributeError, OSError, ValueError) as error:
        raise MainlineError(
            f"the file of the event {name(environment)} cannot be read: {error!r}."
        ) from None
