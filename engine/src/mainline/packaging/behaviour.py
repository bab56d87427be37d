"""The card's sections on costs, groups, robustness and importances."""

from typing import Any

from mainline.evaluation.words import estimate

TOP = 5  # columns shown


def lines(evaluation: dict[str, Any], leading: str) -> list[str]:
    """A section for each part of the figures file. `leading` is the figure that falls."""
    return [
        *_costs(evaluation),
        *_groups(evaluation),
        *_inputs(evaluation, leading),
        *_columns(evaluation, leading),
    ]


def _costs(evaluation: dict[str, Any]) -> list[str]:
    costs = evaluation.get("costs")
    if not costs:
        return []
    prices = ", ".join(
        f"{name.replace('_', ' ')} {price:g}" for name, price in costs["prices"].items() if price
    )
    return [
        "## Costs",
        "",
        f"Prices: {prices}. The threshold is the cheapest on validation rows; on test rows a row "
        f"costs {estimate(costs['cost'])}. Calling no row positive costs "
        f"{_plain(costs['nobody'])}, every row {_plain(costs['everybody'])}.",
        "",
    ]


def _groups(evaluation: dict[str, Any]) -> list[str]:
    columns = evaluation.get("fairness")
    if not columns:
        return []
    header = ["column", *_spoken(next(iter(columns.values()))["differences"])]
    rows = [
        [f"`{name}`", *map(estimate, about["differences"].values())]
        for name, about in columns.items()
    ]
    return ["## Largest differences between groups", "", *_table(header, rows), ""]


def _inputs(evaluation: dict[str, Any], leading: str) -> list[str]:
    found = evaluation.get("robustness")
    if not found:
        return []
    rows = [
        [f"noise of {level} standard deviations on every number", estimate(fall)]
        for level, fall in found.get("noise", {}).items()
    ]
    rows += [[f"`{name}` missing", estimate(fall)] for name, fall in _worst(found["missing"])]
    rows += [
        ["categories never seen in training", estimate(fall)]
        for fall in found.get("unknown", {}).values()
    ]
    return ["## When inputs are worse", "", *_table(["inputs", f"{leading} lost"], rows), ""]


def _columns(evaluation: dict[str, Any], leading: str) -> list[str]:
    found = evaluation.get("importance")
    if not found:
        return []
    rows = [
        [f"`{name}`", "none" if one["value"] is None else f"{one['value']:.4f}"]
        for name, one in _worst(found["columns"])
    ]
    return [
        "## Importance of columns",
        "",
        *_table(["column, shuffled", f"{leading} lost"], rows),
        "",
        "If two columns carry the same information, shuffling one of them costs little, even if "
        "the model uses it a lot. Importances do not show causes.",
        "",
    ]


def _worst(columns: dict[str, Any]) -> list[tuple[str, Any]]:
    """The columns with the largest loss; unknown losses come first."""
    ranked = sorted(
        columns.items(), key=lambda one: (one[1]["value"] is not None, -(one[1]["value"] or 0))
    )
    return ranked[:TOP]


def _spoken(names: dict[str, Any]) -> list[str]:
    return [name.replace("_", " ") for name in names]


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows)]


def _plain(figure: float | None) -> str:
    return "none" if figure is None else f"{figure:.4f}"
