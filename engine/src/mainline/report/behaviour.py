"""Folded sections on costs, robustness, fairness and importance, and warnings above them.

A warning shows a reviewer something notable that no rule has refused.
"""

from collections.abc import Callable, Iterator
from typing import Any

from mainline.evaluation.names import leading
from mainline.evaluation.words import estimate
from mainline.report import beside, costs, fairness, importance, robustness
from mainline.report.figures import task_of
from mainline.report.markdown import Section, code

UNLIKE = 0.1  # a group difference gets a warning when its whole interval is above this
ALONE = 0.8  # one column with a larger share of all importance gets a warning

Write = Callable[[Callable[[], list[str]]], list[str]]


def sections(verdict: dict[str, Any], part: Write) -> list[Section]:
    """One section for each part of the figures. `part` writes one and catches its errors."""
    candidate = verdict["candidate"]
    figures = candidate.get("figures") or {}
    label = leading(task_of(figures)).short
    written = {
        "Cost of wrong calls": ("costs", lambda: costs.lines(candidate)),
        "Robustness": ("robustness", lambda: robustness.lines(figures["robustness"], label)),
        "Fairness": ("fairness", lambda: fairness.lines(figures["fairness"])),
    }
    looks_at = part(lambda: _looks_at(verdict, figures.get("importance"), label))
    return [
        *(
            Section(title=title, lines=part(write))
            for title, (key, write) in written.items()
            if key in figures
        ),
        *([Section(title="What the model looks at", lines=looks_at)] if looks_at else []),
    ]


def _looks_at(verdict: dict[str, Any], own: dict[str, Any] | None, label: str) -> list[str]:
    """Both models' importances if they were compared, else the candidate's."""
    compared = beside.stability(verdict)
    return [
        *(compared or (importance.lines(own, label) if own else [])),
        *beside.alone(verdict),
    ]


def notable(verdict: dict[str, Any]) -> list[str]:
    """One warning line for each notable fact; usually empty."""
    figures = verdict["candidate"].get("figures") or {}
    found = [
        *_cost(figures.get("costs")),
        *_gaps(figures.get("robustness", {})),
        *_groups(figures.get("fairness", {})),
        *_one_column(figures.get("importance")),
    ]
    return [line for sentence in found for line in ("", f"⚠️ {sentence}")]


def _cost(about: dict[str, Any] | None) -> Iterator[str]:
    if about and not (about["saving"]["low"] or 0) > 0:
        yield (
            "At these prices the model does not clearly save money compared with calling no row or "
            f"every row positive: {estimate(about['saving'])} per row."
        )


def _gaps(about: dict[str, Any]) -> Iterator[str]:
    for kind in ("noise", "missing", "unknown"):
        for name, fall in about.get(kind, {}).items():
            if fall["value"] is None:
                yield f"The model has no figure when inputs are worse ({kind}: {code(name)})."


def _groups(columns: dict[str, Any]) -> Iterator[str]:
    for name, about in columns.items():
        for difference, figure in about["differences"].items():
            if figure["value"] is None:
                yield f"Groups of {code(name)} could not be compared by {_said(difference)}."
            elif (figure["low"] or 0) > UNLIKE:
                yield f"Groups of {code(name)} differ in {_said(difference)}: {estimate(figure)}."


def _one_column(about: dict[str, Any] | None) -> Iterator[str]:
    values = {name: one["value"] or 0.0 for name, one in (about or {}).get("columns", {}).items()}
    whole = sum(max(value, 0.0) for value in values.values())
    if len(values) > 1 and whole > 0:
        name = max(values, key=lambda column: values[column])
        share = values[name] / whole
        if share > ALONE:
            yield (
                f"{code(name)} alone has {share:.0%} of the importance: does this column contain "
                "the answer?"
            )


def _said(name: str) -> str:
    return name.replace("_", " ")
