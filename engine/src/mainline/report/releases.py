"""The fold on main's releases: the last and the best, with thresholds and seeds."""

from typing import Any

from mainline.evaluation.names import leading
from mainline.evaluation.words import estimate, signed
from mainline.report.figures import task_of
from mainline.report.markdown import Section, code, table


def section(verdict: dict[str, Any]) -> list[Section]:
    """One line for each model; empty without a champion."""
    champion, candidate = verdict["champion"] or {}, verdict["candidate"]
    if "released" not in champion or "figures" not in candidate:
        return []
    past = verdict.get("measured", {}).get("erosion", {})
    figures, best, memory = candidate["figures"], past.get("best"), past.get("of", 0)
    led = leading(task_of(figures))
    here = {"version": candidate["version"], "figure": figures["model"][led.name]}
    here |= {"threshold": figures.get("threshold"), "seed": candidate.get("seed")}
    rows = [
        ["this proposal", *_row(here, None)],
        ["the last release", *_row(champion["released"], champion.get("difference"))],
        *([[f"the best of {memory}", *_row(best, past.get("difference"))]] if best else []),
    ]
    header = ["", "version", "commit", f"{led.short}, recorded", "threshold", "seed", "against it"]
    lines = [*table(header, rows)]
    if memory > 1 and not best:
        left = "A better release could not be compared: see the notes."
        is_best = f"The last release is the best of the {memory} that are comparable."
        lines += ["", left if "problem" in past else is_best]
    return [Section(title="Releases, thresholds and seeds", lines=lines)]


def _row(about: dict[str, Any], difference: dict[str, Any] | None) -> list[str]:
    threshold, seed = about["threshold"], about["seed"]
    return [
        code(about["version"]),
        code(about.get("commit", "")[:12]),
        estimate(about["figure"]),
        "" if threshold is None else f"{threshold!r}",
        "" if seed is None else str(seed),
        signed(difference) if difference else "",
    ]
