"""The folded section on fairness between groups."""

from typing import Any

from mainline.evaluation.words import estimate
from mainline.report.markdown import code, table

SHOWN = ("rows", "judged")  # keys of a group that are not rates
MEANING = {
    "demographic_parity": "Demographic parity compares selection rates: shares called positive",
    "equalized_odds": "Equalized odds compares true and false positive rates (the larger gap)",
    "mean_error": "The mean error is prediction less truth, in standard deviations of the target",
}


def lines(columns: dict[str, Any]) -> list[str]:
    """For each sensitive column: its groups, and the largest difference between two groups."""
    found: list[str] = []
    for name, about in columns.items():
        groups = about["groups"]
        rates = [rate for rate in next(iter(groups.values()), {}) if rate not in SHOWN]
        rows = [
            [
                code(group) + ("" if one["judged"] else " (too few to compare)"),
                f"{one['rows']:,}",
                *(estimate(one[rate]) for rate in rates),
            ]
            for group, one in groups.items()
        ]
        header = ["group", "test rows", *(rate.replace("_", " ") for rate in rates)]
        found += [*table(header, rows), ""] if found == [] else ["", *table(header, rows), ""]
        differences = [
            f"{difference.replace('_', ' ')} {estimate(figure)}"
            for difference, figure in about["differences"].items()
        ]
        found.append(f"Largest difference by {code(name)}: {', '.join(differences)}.")
    compared = dict.fromkeys(name for about in columns.values() for name in about["differences"])
    meaning = [f"{MEANING[name]}." for name in compared if name in MEANING]
    return [*found, *(["", " ".join(meaning)] if meaning else [])]
