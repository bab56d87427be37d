"""The tables of docs/performance.md, from `results.json`: a test holds one to the other."""

from pathlib import Path
from typing import Any

from measure import word

DOCUMENT = Path(__file__).parents[1] / "docs/performance.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
QUALITY = "quality"  # whose results have a table of their own
QUALITY_BEGIN, QUALITY_END = "<!-- quality -->", "<!-- end of quality -->"
QUALITY_HEAD = (
    "| table | ships | figure | to HGB, tuned | to plain trees | to AutoGluon "
    "| seconds: ours, HGB, AutoGluon | rows/s: ours, AutoGluon | p99 of a row | MB |\n"
    f"|{' --- |' * 10}\n"
)
HEAD = "| what | size | found (least to most) | target | |\n| --- | --- | --- | --- | --- |\n"


def written(text: str, kept: dict[str, Any]) -> str:
    """The document with the tables of these results between their markers."""
    quality = kept.get(QUALITY, {"results": []})["results"]
    others = {name: each for name, each in kept.items() if name != QUALITY}
    text = between(text, QUALITY_BEGIN, QUALITY_END, quality_table(quality))
    return between(text, BEGIN, END, table(others))


def between(text: str, begin: str, end: str, inside: str) -> str:
    """The text with something else between two markers."""
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{inside}{end}{after}"


def table(kept: dict[str, Any]) -> str:
    """A line for each figure, and the machines that they were found on."""
    rows = "".join(row(each) for name in sorted(kept) for each in kept[name]["results"])
    machines = {
        f"{about['cores']} cores, {about['cpu']}, Python {about['python']}": None
        for about in (kept[name]["machine"] for name in sorted(kept))
    }
    loads = [f"{name} {kept[name]['load']}" for name in sorted(kept) if "load" in kept[name]]
    busy = f"Processes at work before each began: {', '.join(loads)}.\n" if loads else ""
    return f"{HEAD}{rows}\nMeasured on {'; '.join(machines)}.\n{busy}"


def row(result: dict[str, Any]) -> str:
    """One figure."""
    low, high = number(result["low"]), number(result["high"])
    found = f"{number(result['value'])} ({low} to {high}) {result['unit']}".rstrip()
    cells = (result["what"], result["size"], found, result["target"], word(result["met"]))
    return f"| {' | '.join(cells)} |\n"


def quality_table(results: list[dict[str, Any]]) -> str:
    """A line for each table, then what was asked of them all."""
    if not results:
        return ""
    rows = "".join(quality_row(each) for each in results if each["table"])
    asked = [each for result in results for each in result["about"].get("judged", [])]
    lines = "".join(
        f"- {each['what']}: {each['value']:.4f}, **{word(each['met'])}**\n" for each in asked
    )
    shares = ", ".join(
        f"{each['table']} {each['about']['gluon']['cpu_seconds']:,.0f}"
        for each in results
        if "gluon" in each["about"]
    )
    had = f"\nCPU seconds that AutoGluon had: {shares}.\n" if shares else ""
    busy = ", ".join(
        f"{each['table']} {each['about']['ours']['load']:.0f}" for each in results if each["table"]
    )
    return f"{QUALITY_HEAD}{rows}\n{lines}{had}\nProcesses at work before ours began: {busy}.\n"


def quality_row(result: dict[str, Any]) -> str:
    """What ships from one table, beside the others."""
    about = result["about"]
    ours, searched, gluon = about["ours"], about["searched"], about.get("gluon")
    shares = f", {ours['share']:.0%} trees" if ours["ships"] == "blend" else ""
    seconds = [ours["seconds"], searched["seconds"], *([gluon["seconds"]] if gluon else [])]
    speeds = [each["rows_per_second"] for each in (ours, gluon) if each]
    cells = (
        result["table"],
        f"{ours['ships']}{shares}",
        f"{about['figure']} {ours['figure']:.4f}",
        *(difference(about.get(name)) for name in ("searched", "trees", "gluon")),
        " / ".join(f"{each:,.0f}" for each in seconds),
        " / ".join(f"{each:,.0f}" for each in speeds),
        f"{ours['p99_ms']:.2f} ms",
        f"{ours['mb']:.1f}",
    )
    return f"| {' | '.join(cells)} |\n"


def difference(other: dict[str, Any] | None) -> str:
    """A paired difference and its interval."""
    if other is None:
        return ""
    found = other["difference"]
    return f"{found['value']:+.4f} [{found['low']:+.4f}, {found['high']:+.4f}]"


def number(value: float) -> str:
    """Three digits that count, no exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
