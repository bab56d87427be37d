"""Latency and column importances, compared with the champion."""

from typing import Any

from mainline.report.importance import STAND_INS
from mainline.report.markdown import clip, code, escape, table


def latency(verdict: dict[str, Any]) -> list[str]:
    """One line; empty when nothing was measured."""
    found = verdict.get("measured", {}).get("latency")
    if found is None:
        return []
    if "problem" in found:
        if any(rule["name"] == "latency" for rule in verdict["rules"]):
            return []  # the rule reports it
        return [f"Latency was not measured: {escape(clip(found['problem'], 300))}", ""]
    ours, theirs = found["candidate"], found.get("champion")
    line = f"Latency of one row, measured here: p50 {_ms(ours['p50_ms'])}, p99 "
    line += _ms(ours["p99_ms"])
    if theirs:
        ratio = found["ratio"]
        line += f"; the champion's {_ms(theirs['p50_ms'])} and {_ms(theirs['p99_ms'])}"
        if ratio["value"] is not None:
            line += f". Called in turns, p99 is **{ratio['value']:.2f}** times the champion's"
    return [f"{line}.", ""]


def stability(verdict: dict[str, Any]) -> list[str]:
    """Importances of both models, most important column first; empty when not compared."""
    found = verdict.get("measured", {}).get("stability")
    if found is None or "problem" in found:
        return []
    header = ["column", "this proposal", "champion on main", "rank", "rank before"]
    rows = [_row(name, about) for name, about in found["columns"].items()]
    return [_how(found), "", *table(header, rows), "", STAND_INS]


def alone(verdict: dict[str, Any]) -> list[str]:
    """Why the champion's importances are missing; empty when they are not."""
    found = verdict.get("measured", {}).get("stability") or {}
    if "problem" not in found:
        return []
    return ["", f"Not compared with the champion: {escape(clip(found['problem'], 500))}"]


def _how(found: dict[str, Any]) -> str:
    correlation = found["rank_correlation"]
    alike = "no rank correlation" if correlation is None else f"rank correlation {correlation:.2f}"
    moved = [
        (abs(about["ranks"][0] - about["ranks"][1]), name)
        for name, about in found["columns"].items()
        if about["ranks"]
    ]
    most = max(moved, default=(0, ""))
    farthest = f"; {code(clip(most[1], 60))} moved most, by {most[0]:g} ranks" if most[0] else ""
    return (
        f"The loss of {escape(found['figure'])} when a column is shuffled, on "
        f"{found['rows']:,} test rows of both: {alike}{farthest}. Columns without a clear loss "
        "share the last rank."
    )


def _row(name: str, about: dict[str, Any]) -> list[str]:
    ranks = [f"{rank:g}" for rank in about["ranks"] or []] or ["", ""]
    return [code(clip(name, 60)), _worth(about["candidate"]), _worth(about["champion"]), *ranks]


def _worth(importance: dict[str, Any] | None) -> str:
    if importance is None:
        return "not read"
    value = importance["value"]
    return "none" if value is None else f"{value:+.4f} ± {importance['deviation']:.4f}"


def _ms(value: float) -> str:
    return f"{value:.3g} ms"
