"""The Markdown page with the results of all checks."""

from collections.abc import Iterable

import pandas as pd

from mainline.core.markdown import clip, code, escape, table
from mainline.core.table import TableSettings
from mainline.data.checks.outcome import COLUMNS, OWN, RULES, TABLE, Outcome

CELL = 300  # characters
PARTS = {
    TABLE: "The whole table",
    COLUMNS: "Columns",
    RULES: "Rules across columns",
    OWN: "The project's own checks",
}
HEADER = ("about", "check", "observed", "expected", "", "first rows")


def render(found: list[Outcome], frame: pd.DataFrame, settings: TableSettings) -> str:
    """Markdown: the broken checks first, then all checks with observed values."""
    broken = [outcome for outcome in found if not outcome.passed]
    said = (
        f"❌ {len(broken)} of {len(found)} checks are broken" if broken else "✅ Every check holds"
    )
    lines = ["# Data checks", "", f"{said}: {len(frame):,} rows, {len(settings.columns)} columns."]
    if broken:
        lines += ["", "## Broken", "", *_table(broken)]
    for group, title in PARTS.items():
        inside = [outcome for outcome in found if outcome.group == group]
        if inside:
            lines += ["", f"## {title}", "", *_table(inside)]
    return "\n".join(lines) + "\n"


def _table(outcomes: Iterable[Outcome]) -> list[str]:
    return table(
        HEADER,
        [
            [
                escape(clip(outcome.about, CELL)),
                escape(clip(outcome.check, CELL)),
                escape(clip(outcome.observed, CELL)),
                (code if outcome.group == RULES else escape)(clip(outcome.expected, CELL)),
                "✅" if outcome.passed else "❌",
                "; ".join(
                    f"{row}: {escape(clip(key, CELL))}"
                    for row, key in zip(outcome.rows, outcome.keys, strict=True)
                ),
            ]
            for outcome in outcomes
        ],
    )
