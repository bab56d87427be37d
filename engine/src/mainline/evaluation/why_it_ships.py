"""Why a candidate ships: a sentence for the comment and the card."""

from collections.abc import Mapping
from typing import Any

ORDER = ("network", "trees", "blend")


def why(found: Mapping[str, Any]) -> str:
    """The sentence, of `metrics/candidates.json`; without the losses if the file has none."""
    ships, asked = found["ships"], found["asked"]
    if asked == "best":
        reason = (
            "`train.ship: best` takes the cheapest whose loss on validation rows is within one "
            "standard error of the lowest"
        )
    elif asked == ships:
        reason = f"`train.ship` is `{asked}`, and losses on validation rows do not decide"
    else:
        reason = (
            f"`train.ship: {asked}` asks for the share of trees with the lowest loss on validation "
            f"rows, and that is {found['trees_share']:.0%}"
        )
    losses, errors = found.get("losses") or {}, found.get("errors") or {}
    if not losses:
        return f"{reason}."
    lowest = min(losses.values())
    each = [_one(name, losses[name], lowest, errors[name]) for name in ORDER if name in losses]
    return f"{reason}: {', '.join(each)}."


def verb(name: str) -> str:
    """`ships`, in the number of the candidate."""
    return "ship" if name == "trees" else "ships"


def _one(name: str, loss: float, lowest: float, error: float) -> str:
    if loss <= lowest:
        return f"{name} {loss:.4f}"
    return f"{name} {loss:.4f} ({loss - lowest:.4f} above, standard error {error:.4f})"
