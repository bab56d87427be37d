"""The section on drift: the training rows compared with the champion's."""

from typing import Any

from mainline.report.markdown import Section, clip, code, escape, table

TITLE = "Data drift against the champion's training data"
NAME, NAMED = 60, 5  # characters of a name, and how many names the visible line has


def lines(verdict: dict[str, Any]) -> list[str]:
    """One line above the fold if a column moved."""
    found = verdict.get("measured", {}).get("drift", {})
    moved = [each for each in _sorted(found) if (each["psi"] or 0) >= found["some"]]
    if not moved:
        return []
    much = [each for each in moved if each["psi"] >= found["much"]]
    parts = [
        f"**{word}** in {_names(some)}"
        for word, some in (("much", much), ("some", moved[len(much) :]))
        if some
    ]
    return [f"⚠️ The training data moved: {', '.join(parts)} (PSI, explained below).", ""]


def section(verdict: dict[str, Any]) -> list[Section]:
    """The table of columns, largest move first; empty when nothing was compared."""
    found = verdict.get("measured", {}).get("drift")
    if found is None:
        return []
    return [Section(title=TITLE, lines=_table(found))]


def _table(found: dict[str, Any]) -> list[str]:
    if "problem" in found:
        return [f"It could not be computed: {escape(clip(found['problem'], 500))}"]
    if found["same"]:
        return ["None: both models were trained on the same rows."]
    header = ["column", "PSI", "KS", "missing, champion", "missing, here", "values", "moved"]
    before, now = found["rows"]
    return [
        f"{now:,} training rows compared with the champion's {before:,}; judged only if "
        "`gate.drift` has a bar. PSI (population "
        f"stability index) measures how much the distributions differ: {found['some']:g} or more "
        f"is some drift, {found['much']:g} or more is much. KS (Kolmogorov-Smirnov) is the largest "
        "distance between the two cumulative distributions.",
        "",
        *table(header, [_row(each, found["target"]) for each in _sorted(found)]),
    ]


def _row(column: dict[str, Any], target: str) -> list[str]:
    name = code(clip(column["name"], NAME)) + (" (target)" if column["name"] == target else "")
    nulls = [f"{share:.1%}" for share in column["nulls"] or []] or ["", ""]
    said = [column["note"], column["moved"]]
    return [
        name,
        _figure(column["psi"]),
        _figure(column["ks"]),
        *nulls,
        _values(column),
        escape(clip("; ".join(text for text in said if text), 200)),
    ]


def _values(column: dict[str, Any]) -> str:
    counts = (column["unseen"], "new"), (column["vanished"], "gone")
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _sorted(found: dict[str, Any]) -> list[dict[str, Any]]:
    columns = found.get("columns", [])
    return sorted(columns, key=lambda each: -1.0 if each["psi"] is None else -1 - each["psi"])


def _names(columns: list[dict[str, Any]]) -> str:
    shown = [f"{code(clip(each['name'], NAME))} {each['psi']:.2f}" for each in columns[:NAMED]]
    more = len(columns) - NAMED
    return ", ".join([*shown, *([f"{more} more"] if more > 0 else [])])
