"""The result of an experiment as Markdown, and as lines of a terminal."""

from mainline.core.markdown import code, escape, table
from mainline.experiments.experiment_result import Line, Result, number, signed

HEADER = ["", "main", "challenger", "difference", ""]


def page(result: Result) -> str:
    """A page of its own."""
    title = f"# Experiment {escape(result.experiment)}"
    return "\n".join([title, "", *section(result)]) + "\n"


def section(result: Result) -> list[str]:
    """The lines of a page or a pull request."""
    lines = [f"**{escape(result.sentence)}**", ""]
    versions = [code(result.main_version or "none"), code(result.challenger_version or "none")]
    lines += table(
        HEADER,
        [["version", *versions, "", ""], *(list(map(escape, _row(each))) for each in _all(result))],
    )
    lines += ["", escape(about(result))]
    return lines + ["", *(f"- {escape(each)}" for each in result.notes)] * bool(result.notes)


def said(result: Result) -> list[str]:
    """Lines for a terminal."""
    rows = [
        ["", "main", "challenger", "difference (always-valid interval)", ""],
        ["version", result.main_version, result.challenger_version, "", ""],
        *(_row(each) for each in _all(result)),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return [*lines, "", about(result), *result.notes, "", result.sentence]


def about(result: Result) -> str:
    """How the experiment was made, in a few sentences."""
    line = result.figure
    share = "" if result.share is None else f", share {result.share:g}"
    named = f"The figure was named on {result.named}." if result.named else "No figure is named."
    return (
        f"Experiment {result.experiment} ({result.kind}{share}), {result.first} to {result.last}: "
        f"{line.counts[0]:,} {result.unit} of main, {line.counts[1]:,} of the challenger. {named} "
        f"Intervals of {result.confidence:.0%} hold at every look; they count "
        f"{result.unit}, not rows."
    )


def _all(result: Result) -> list[Line]:
    return [result.figure, *result.shown]


def _row(line: Line) -> list[str]:
    values = [f"{number(each)}{line.unit if each is not None else ''}" for each in _of(line)]
    return [line.label, *values, signed(line), f"{line.better} is better"]


def _of(line: Line) -> tuple[float | None, float | None]:
    return line.main, line.challenger
