"""Figures as text, for comment, card, history and terminal."""

import math
from collections.abc import Mapping
from typing import Any

DECIMALS, DIGITS = 4, 4  # decimals of a share; significant digits of an amount


def estimate(figure: Mapping[str, Any] | None, *, unit: bool = False) -> str:
    """`0.8039 (0.7908 to 0.8170)`; `none` when there is no figure."""
    if not figure or figure.get("value") is None:
        return "none"
    value, low, high = (figure.get(name) for name in ("value", "low", "high"))
    known = [abs(float(each)) for each in (value, low, high) if each is not None]
    decimals = _decimals(max(known)) if unit else DECIMALS
    if low is None or high is None:
        return _rounded(value, decimals)
    value, low, high = (_rounded(each, decimals) for each in (value, low, high))
    return f"{value} ({low} to {high})"


def signed(difference: Mapping[str, Any]) -> str:
    """`+0.0016 (-0.0005 to +0.0037)`; `none` without an interval."""
    values = [difference.get(name) for name in ("value", "low", "high")]
    if None in values:
        return "none"
    value, low, high = (f"{each:+z.{DECIMALS}f}" for each in values)
    return f"{value} ({low} to {high})"


def _rounded(value: Any, decimals: int) -> str:
    """Rounded text. `z` removes the sign of a value that rounds to zero."""
    return f"{value:z,.{decimals}f}"


def amount(value: float) -> str:
    """`48.21`, `48,213`, `0.00001235`: four significant digits, or all digits before the point."""
    return f"{value:,.{_decimals(value)}f}"


def _decimals(value: float) -> int:
    if value == 0 or not math.isfinite(value):
        return DIGITS - 1
    return max(DIGITS - 1 - math.floor(math.log10(abs(value))), 0)
