"""The confusion matrix: shares at the threshold, or a table of the classes."""

from typing import Any

from mainline.report.markdown import code, table

CELLS = {
    "true_positives": "true positives",
    "false_positives": "false positives",
    "false_negatives": "false negatives",
    "true_negatives": "true negatives",
}
MOST = 12  # more classes do not fit as a table
PAIRS = 10  # confusions listed instead of the table


def lines(figures: dict[str, Any]) -> list[str]:
    """Markdown lines; empty when the task has no classes or the figures are missing."""
    if figures.get("confusion"):
        return ["", *_classes(figures["confusion"])]
    model = figures["model"]
    shown = {name: figure for name in CELLS if (figure := model.get(name))}
    if not shown or any(figure["value"] is None for figure in shown.values()):
        return []
    parts = [f"{CELLS[name]} {_share(figure)}" for name, figure in shown.items()]
    return ["", f"Of all test rows at the threshold: {', '.join(parts)}."]


def _share(figure: dict[str, Any]) -> str:
    ends = "" if figure["low"] is None else f" ({figure['low']:.1%} to {figure['high']:.1%})"
    return f"{figure['value']:.1%}{ends}"


def _classes(counts: dict[str, dict[str, int]]) -> list[str]:
    """Test rows by class (down) and by label (across), or the most frequent confusions."""
    if len(counts) > MOST:
        return _pairs(counts)
    header = ["is ↓, called →", *(code(label) for label in counts)]
    rows = [
        [code(label), *(_of(count, sum(row.values())) for count in row.values())]
        for label, row in counts.items()
    ]
    return table(header, rows)


def _pairs(counts: dict[str, dict[str, int]]) -> list[str]:
    wrong = [
        (count, label, called)
        for label, row in counts.items()
        for called, count in row.items()
        if label != called and count
    ]
    worst = sorted(wrong, key=lambda pair: -pair[0])[:PAIRS]
    rows = [
        [code(label), code(called), _of(count, sum(counts[label].values()))]
        for count, label, called in worst
    ]
    return table(["is", "called", "test rows"], rows) if rows else ["No row is called wrong."]


def _of(count: int, whole: int) -> str:
    return f"{count:,} ({count / whole:.0%})" if whole else "0"
