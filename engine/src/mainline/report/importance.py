"""The folded section on the importance of columns."""

from typing import Any

from mainline.report.markdown import code, table
from mainline.report.robustness import MOST, ranked

STAND_INS = (
    "If two columns carry the same information, shuffling one of them costs little, even if the "
    "model uses it a lot."
)
WIDTH = 20  # characters of the longest bar


def lines(found: dict[str, Any], leading: str) -> list[str]:
    """One row for each column, most important first, with a bar of text characters."""
    columns = ranked(found["columns"])
    longest = max((one["value"] or 0.0 for _, one in columns), default=0.0)
    rows = [
        [code(name), _figure(one), "█" * _length(one["value"], longest)]
        for name, one in columns[:MOST]
    ]
    more = len(columns) - MOST
    return [
        f"How much {leading} falls when one column's values are shuffled among "
        f"{found['rows']:,} test rows: mean ± standard deviation of {found['shuffles']} shuffles.",
        "",
        *table(["column", f"{leading} lost", ""], rows),
        *(["", f"_{more} more columns matter less._"] if more > 0 else []),
        "",
        STAND_INS,
    ]


def _figure(one: dict[str, Any]) -> str:
    return "none" if one["value"] is None else f"{one['value']:z.4f} ± {one['deviation']:.4f}"


def _length(value: float | None, longest: float) -> int:
    return round(WIDTH * max(value or 0.0, 0.0) / longest) if longest > 0 else 0
