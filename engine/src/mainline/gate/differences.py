"""What a committed file says beside what was computed, value by value."""

import math
from collections.abc import Callable, Iterator
from typing import Any

TOLERANCE = 5e-4  # committed figures may come from another CPU class; forged ones differ by more

Tolerance = Callable[[str], float]


def first_difference(shown: Any, computed: Any, tolerance: Tolerance = lambda _: 0.0) -> str:
    """The first value that differs, in words, and how many do; empty when none does.

    `tolerance` says of a dotted key how far its numbers may lie apart.
    """
    found = list(_differences(shown, computed, tolerance, ""))
    return f"{first_of(found)}." if found else ""


def first_of(found: list[str]) -> str:
    """The first of several, and how many there are."""
    return found[0] if len(found) == 1 else f"{found[0]} (the first of {len(found)})"


def _differences(shown: Any, computed: Any, tolerance: Tolerance, where: str) -> Iterator[str]:
    if isinstance(computed, dict) and isinstance(shown, dict):
        for key in [*computed, *(set(shown) - set(computed))]:
            inner = f"{where}.{key}".strip(".")
            yield from _differences(shown.get(key), computed.get(key), tolerance, inner)
    elif not _close(shown, computed, tolerance(where)):
        yield f"{where or 'it'} is committed as {shown}, computed as {computed}"


def _close(shown: Any, computed: Any, tolerance: float) -> bool:
    numbers = (int, float)
    if isinstance(shown, numbers) and isinstance(computed, numbers):
        return math.isclose(shown, computed, abs_tol=tolerance, rel_tol=1e-9)
    return bool(shown == computed)
