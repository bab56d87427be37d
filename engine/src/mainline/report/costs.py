"""The folded section on costs: the model's threshold compared with other thresholds."""

from typing import Any

from mainline.evaluation.words import estimate
from mainline.report.markdown import table


def lines(candidate: dict[str, Any]) -> list[str]:
    """One row for each way to choose the rows called positive."""
    figures = candidate["figures"]
    costs, chosen = figures["costs"], figures.get("threshold")
    theirs = candidate.get("at_champions_threshold")
    rows = [
        [
            f"scores from {_number(chosen)}, the cheapest on validation rows",
            estimate(costs["cost"]),
        ],
        *(
            [[f"scores from {theirs['threshold']:g}, the champion's", _number(theirs["cost"], 4)]]
            if theirs
            else []
        ),
        ["scores from 0.5", _number(costs["at_half"], 4)],
        ["no row", _number(costs["nobody"], 4)],
        ["every row", _number(costs["everybody"], 4)],
    ]
    prices = ", ".join(
        f"{name.replace('_', ' ')} {of:g}" for name, of in costs["prices"].items() if of
    )
    return [
        f"Prices, in the unit of `evaluation.costs`: {prices}; others are 0.",
        "",
        *table(["called positive", "cost of a test row"], rows),
        "",
        f"Saved against the better of no row and every row: {estimate(costs['saving'])} per row.",
    ]


def _number(value: float | None, digits: int | None = None) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if digits is None else f"{value:.{digits}f}"
