"""Compares a committed file with the recomputed values."""

import math
from collections.abc import Callable, Iterator
from typing import Any

TOLERANCE = 5e-4  # between CPU classes; a forged figure that matters differs by more

Tolerance = Callable[[str], float]


def first_difference(shown: Any, computed: Any, tolerance: Tolerance = lambda _: 0.0) -> str:
    """A sentence with the first value that differs and the number of differences, or "".

    `tolerance` gives the largest allowed difference for a dotted key.
    """
    found = list(_differences(shown, computed, tolerance, ""))
    return f"{first_of(found)}." if found else ""


def first_of(found: list[str]) -> str:
    """The first entry, and the number of entries."""
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
