"""The page of a verdict: what alarms, what could not be computed, and every figure by its kind."""

import math
from collections.abc import Iterator
from pathlib import Path

from mainline.core.files import write_text
from mainline.core.markdown import code, escape, table
from mainline.monitoring.finding import Finding, Status, Verdict

EVIDENTLY = "evidently.html"  # beside the page, if it was asked for
KINDS = {
    "quality": (
        "Quality",
        "figures on predictions whose label is known, as the gate computes them",
    ),
    "concept": ("Concept drift", "the leading figure by week, against that at release"),
    "drift": ("Data drift", "each input, against the training rows of this model"),
    "prediction": ("Prediction drift", "scores, against those of the test rows at release"),
    "importance": ("Importance", "what the model goes by, against release"),
    "business": ("Business", "costs from `evaluation.costs` and `monitoring.costs`"),
    "service": ("Service", "latency and errors of the requests"),
    "labels": ("Labels", "which predictions have one, and what the others may hide"),
}
WORST_FIRST: dict[Status, int] = {"alarm": 0, "unknown": 1, "quiet": 2}
SHOWN: dict[Status, str] = {"alarm": "**alarm**", "unknown": "*unknown*", "quiet": "quiet"}
COUNTS = {
    "rows": "rows",
    "requests": "requests",
    "entities": "entities",
    "errors": "errors",
    "other_versions": "rows of other versions",
    "labelled": "rows with a label",
}
HEADER = ("", "figure", "value", "bar", "rows", "says")
OPTIONAL = ("value", "bar", "rows")  # left out where no figure of a kind has one


def write(verdict: Verdict, path: Path) -> None:
    """Write the Markdown of `verdict`. The page links to Evidently's if that lies beside it."""
    write_text(path, text(verdict, evidently=path.with_name(EVIDENTLY).is_file()))


def text(verdict: Verdict, *, evidently: bool = False) -> str:
    """The page as Markdown. Equal verdicts have equal pages."""
    lines = [*_head(verdict), *_listed(verdict, "alarm", "Alarms")]
    lines += _listed(verdict, "unknown", "Not computed")
    known = [kind for kind in KINDS if verdict.of_kind(kind)]
    for kind in [*known, *sorted({each.kind for each in verdict.findings} - set(known))]:
        lines += _section(kind, verdict.of_kind(kind))
    if evidently:
        lines += [f"[Evidently's page]({EVIDENTLY}) draws a sample of the inputs.", ""]
    lines += [
        "An alarm says that a figure is beyond its bar. *unknown* says that it could not be "
        "computed: it alerts, and starts no retraining. `docs/monitoring.md` says what to do.",
    ]
    return "\n".join(lines) + "\n"


def _head(verdict: Verdict) -> Iterator[str]:
    model = verdict.model
    commit = str(model.get("commit", ""))[:12]
    yield f"# {verdict.status.capitalize()}: {escape(model.get('name', ''))}, {verdict.window}"
    yield ""
    yield (
        f"{escape(model.get('environment', '')).capitalize()} runs version "
        f"{code(model.get('version', ''))}{f' of commit {code(commit)}' if commit else ''}. "
        f"{_how_many(verdict)}"
    )
    yield ""
    shown = [key for key in COUNTS if key in verdict.counts]
    if shown:
        yield from table(
            [COUNTS[key] for key in shown], [[f"{verdict.counts[key]:,}" for key in shown]]
        )
        yield ""


def _how_many(verdict: Verdict) -> str:
    found = [each.status for each in verdict.findings]
    if not found:
        return "No figure was computed."
    alarms, unknown = found.count("alarm"), found.count("unknown")
    parts = [f"{alarms} alarm{'s' * (alarms != 1)}"]
    if unknown:
        parts.append(f"{unknown} could not be computed")
    parts.append(f"{found.count('quiet')} quiet")
    return f"Of {len(found)} figure{'s' * (len(found) != 1)}: {', '.join(parts)}."


def _listed(verdict: Verdict, status: Status, title: str) -> Iterator[str]:
    found = [each for each in verdict.findings if each.status == status]
    if found:
        yield from (f"## {title}", "")
        yield from (f"- {code(each.name)}: {escape(each.sentence)}" for each in found)
        yield ""


def _section(kind: str, findings: list[Finding]) -> Iterator[str]:
    title, about = KINDS.get(kind, (escape(kind), ""))
    yield from (f"## {title}", "")
    if about:
        yield from (f"{about[0].upper()}{about[1:]}.", "")
    ordered = sorted(findings, key=lambda each: WORST_FIRST[each.status])
    rows = [dict(zip(HEADER, _row(each), strict=True)) for each in ordered]
    kept = [it for it in HEADER if it not in OPTIONAL or any(row[it] for row in rows)]
    yield from table(kept, [[row[it] for it in kept] for row in rows])
    yield ""


def _row(each: Finding) -> list[str]:
    ends = (number(each.low), number(each.high))
    interval = f" ({' to '.join(ends)})" if all(ends) else ""
    return [
        SHOWN[each.status],
        code(each.name.removeprefix(f"{each.kind}.")),
        f"{number(each.value)}{interval}",
        number(each.bar),
        f"{each.rows:,}" if each.rows else "",
        escape(each.sentence),
    ]


def number(value: float | None) -> str:
    """Four significant digits; thousands with commas; nothing for what is missing."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return str(value)
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
