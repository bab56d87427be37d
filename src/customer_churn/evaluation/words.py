"""Figures as a person reads them, in comment, card, history and on the terminal."""

import math
from collections.abc import Mapping
from typing import Any

DECIMALS, DIGITS = 4, 4  # of a share; of an amount in the target's own unit, of any size


def estimate(figure: Mapping[str, Any] | None, *, unit: bool = False) -> str:
    """`0.8039 (0.7908 to 0.8170)`; `none` where there is no figure."""
    if not figure or figure.get("value") is None:
        return "none"
    value, low, high = (figure.get(name) for name in ("value", "low", "high"))
    decimals = _decimals(float(figure["value"])) if unit else DECIMALS
    if low is None or high is None:
        return f"{value:,.{decimals}f}"
    return f"{value:,.{decimals}f} ({low:,.{decimals}f} to {high:,.{decimals}f})"


def amount(value: float) -> str:
    """`48.21`, `48,213`, `0.00001235`: four digits, or all of a whole number's."""
    return f"{value:,.{_decimals(value)}f}"


def _decimals(value: float) -> int:
    if value == 0 or not math.isfinite(value):
        return DIGITS - 1
    return max(DIGITS - 1 - math.floor(math.log10(abs(value))), 0)
