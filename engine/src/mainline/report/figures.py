"""The table of figures of proposal, champion and baseline, with intervals."""

from typing import Any

from mainline.evaluation.names import BIAS, FIGURES, Figure, leading
from mainline.evaluation.words import amount, estimate
from mainline.report import confusion
from mainline.report.markdown import code, table


def task_of(figures: dict[str, Any]) -> str:
    """The task of an evaluation. Old files do not name a task; they are binary."""
    return str(figures.get("task", "binary"))


def lines(verdict: dict[str, Any]) -> list[str]:
    """The table, and below it how the champion was compared."""
    figures = verdict["candidate"].get("figures")
    if figures is None:
        return ["There are no figures: the model could not be scored."]
    champion = verdict["champion"] or {}
    theirs = champion.get("figures")
    header = [
        "",
        "this proposal",
        *(["champion on main"] if theirs else []),
        "baseline (plain trees)",
    ]
    shown = [figures["model"], *([theirs] if theirs else []), figures["baseline"]]
    rows = [
        [_label(figure), *(estimate(each.get(figure.name), unit=figure.unit) for each in shown)]
        for figure in FIGURES[task_of(figures)]
    ]
    rows += [
        [code(name), *(estimate(each.get(name), unit=True) for each in shown)]
        for name in figures.get("metrics", {})
    ]
    return [*table(header, rows), "", _how(figures, champion), *confusion.lines(figures)]


def _label(figure: Figure) -> str:
    return f"{figure.label} ↓" if figure.lower else figure.label


def _how(figures: dict[str, Any], champion: dict[str, Any]) -> str:
    where = (
        f"{figures['rows']:,} test rows of {figures['entities']:,} entities, intervals "
        f"{figures['confidence']:.0%}{_target(figures)}."
    )
    if champion.get("difference"):
        by = champion["difference"]
        shown = f"{by['value']:+.4f} ({by['low']:+.4f} to {by['high']:+.4f})"
        return (
            f"{where} {leading(task_of(figures)).short} against the champion: **{shown}**, paired "
            f"on {champion['rows']:,} rows{_fewer(figures, champion)}."
        )
    if champion.get("figures"):
        return f"{where} The champion's figures are the recorded ones, not scored again."
    return where


def _fewer(figures: dict[str, Any], champion: dict[str, Any]) -> str:
    """A remark if the champion's figures are of fewer rows than the candidate's."""
    return "" if champion["rows"] == figures["rows"] else ", those of the champion's column"


def _target(figures: dict[str, Any]) -> str:
    if figures.get("threshold") is not None:
        return f", all at threshold {figures['threshold']!r}"
    about = figures.get("target") or {}
    if about.get("mean") is None:
        return ""
    return f"; the target's mean is {amount(about['mean'])}, its deviation " + amount(
        about["deviation"]
    )


def slices(verdict: dict[str, Any]) -> list[str]:
    """One row for each slice."""
    figures = verdict["candidate"].get("figures")
    if not figures or not figures["slices"]:
        return ["No slices."]
    led = leading(task_of(figures))
    bias = next(figure for figure in FIGURES[task_of(figures)] if figure.name == BIAS)
    rows = [
        [
            code(name),
            f"{about['rows']:,}",
            _holds(about),
            estimate(about["figures"][led.name]),
            estimate(about["figures"][BIAS], unit=bias.unit),
        ]
        for name, about in figures["slices"].items()
    ]
    return table(["slice", "test rows", _HOLDS[task_of(figures)], led.short, "mean bias"], rows)


_HOLDS = {"binary": "positives", "multiclass": "rarest class", "regression": "mean target"}


def _holds(about: dict[str, Any]) -> str:
    """The target's distribution in a slice: positives, rarest class or mean."""
    if "classes" in about:
        label, count = min(about["classes"].items(), key=lambda each: each[1])
        return f"{code(label)} {count:,}"
    if "target" in about:
        mean = about["target"]["mean"]
        return "none" if mean is None else amount(mean)
    return f"{about['positives']:,}"
