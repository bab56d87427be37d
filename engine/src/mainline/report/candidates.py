"""The table of what could ship: network, trees and their blend."""

from typing import Any

from mainline.evaluation.names import leading
from mainline.evaluation.why_it_ships import verb, why
from mainline.evaluation.words import estimate, signed
from mainline.report import figures
from mainline.report.markdown import clip, escape, table

UNKNOWN = "-"


def lines(verdict: dict[str, Any]) -> list[str]:
    """The table, and which ships; empty when there was nothing to compare."""
    found = verdict.get("measured", {}).get("candidates")
    if found is None:
        return []
    if "problem" in found:
        return [f"What else could ship was not compared: {escape(clip(found['problem'], 300))}", ""]
    led = leading(figures.task_of(verdict["candidate"]["figures"]))
    header = ["candidate", led.short, "against what ships", "p99", "rows/s", "MB", "trained in"]
    rows = [_row(name, each, found["ships"]) for name, each in found["candidates"].items()]
    share = found["trees_share"]
    mixed = f" ({share:.0%} trees)" if found["ships"] == "blend" else ""
    said = f"The {found['ships']}{mixed} {verb(found['ships'])}: {why(found)}"
    if found.get("unscored"):
        said += (
            " The others are not scored again here: their figures, and what each candidate costs, "
            "are those of the proposal's own run."
        )
    return [*table(header, rows), "", said, ""]


def better(verdict: dict[str, Any]) -> list[str]:
    """A sentence for each candidate that is better on test rows than what ships; usually none."""
    found = verdict.get("measured", {}).get("candidates", {})
    return [
        f"the {name} {'are' if name == 'trees' else 'is'} better than the {found['ships']} that "
        f"{verb(found['ships'])}: {signed(each['difference'])}"
        for name, each in found.get("candidates", {}).items()
        if name != found["ships"] and (each["difference"].get("low") or 0) > 0
    ]


def _row(name: str, each: dict[str, Any], ships: str) -> list[str]:
    took = each["seconds"]
    return [
        f"**{name}**" if name == ships else name,
        estimate(each["figure"]),
        "ships" if name == ships else signed(each["difference"]),
        UNKNOWN if each["p99_ms"] is None else f"{each['p99_ms']:.2g} ms",
        UNKNOWN if each["rows_per_second"] is None else f"{each['rows_per_second']:,}",
        f"{each['bytes'] / 1e6:.2f}",
        "elsewhere" if took is None else f"{took:.0f} s",
    ]
