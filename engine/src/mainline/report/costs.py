"""The folded section on what calls cost, beside other ways to call."""

from typing import Any

from mainline.evaluation.words import estimate
from mainline.report.markdown import table


def lines(candidate: dict[str, Any]) -> list[str]:
    """One row a way of calling rows positive."""
    figures = candidate["figures"]
    costs, chosen = figures["costs"], figures.get("threshold")
    theirs = candidate.get("at_champions_threshold")
    rows = [
        [f"from {_number(chosen)} on, the cheapest on validation rows", estimate(costs["cost"])],
        *(
            [[f"from {theirs['threshold']:g} on, the champion's", _number(theirs["cost"], 4)]]
            if theirs
            else []
        ),
        ["from 0.5 on", _number(costs["at_half"], 4)],
        ["nobody", _number(costs["nobody"], 4)],
        ["everybody", _number(costs["everybody"], 4)],
    ]
    prices = ", ".join(
        f"{name.replace('_', ' ')} {of:g}" for name, of in costs["prices"].items() if of
    )
    return [
        f"Prices, in the unit of `evaluation.costs`: {prices}; all else costs nothing.",
        "",
        *table(["called positive", "cost of a test row"], rows),
        "",
        f"Saved against the better of nobody and everybody: {estimate(costs['saving'])} a row.",
    ]


def _number(value: float | None, digits: int | None = None) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if digits is None else f"{value:.{digits}f}"
