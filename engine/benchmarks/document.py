"""The table of docs/performance.md, from `results.json`: a test holds one to the other."""

from pathlib import Path
from typing import Any

from measure import word

DOCUMENT = Path(__file__).parents[1] / "docs/performance.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
HEAD = "| what | size | found (least to most) | target | |\n| --- | --- | --- | --- | --- |\n"


def written(text: str, kept: dict[str, Any]) -> str:
    """The document with the table of these results between its markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(kept)}{END}{after}"


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


def number(value: float) -> str:
    """Three digits that count, no exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
