"""The folded section on robustness: how much the leading figure falls on worse inputs."""

from typing import Any

from mainline.evaluation.words import estimate
from mainline.report.markdown import code, table

MOST = 15  # columns shown


def lines(found: dict[str, Any], leading: str) -> list[str]:
    """One row for each noise level, each missing column (worst first) and unknown categories."""
    missing = ranked(found.get("missing", {}))
    rows = [
        *(
            [f"noise of {level} standard deviations on every number", estimate(fall)]
            for level, fall in found.get("noise", {}).items()
        ),
        *(
            ["categories never seen in training", estimate(f)]
            for f in found.get("unknown", {}).values()
        ),
        *([f"{code(name)} missing", estimate(fall)] for name, fall in missing[:MOST]),
    ]
    more = len(missing) - MOST
    return [
        f"How much {leading} falls on {found['rows']:,} test rows when their inputs get worse: "
        "noise is added, or a column is empty in every row.",
        "",
        *table(["inputs", f"{leading} lost"], rows),
        *(["", f"_{more} more columns cost less._"] if more > 0 else []),
    ]


def ranked(columns: dict[str, Any]) -> list[tuple[str, Any]]:
    """Sorted by loss, largest first; entries without a figure come before all others."""

    def key(one: tuple[str, Any]) -> tuple[bool, float]:
        value = one[1]["value"]
        return value is not None, -(value or 0.0)

    return sorted(columns.items(), key=key)
