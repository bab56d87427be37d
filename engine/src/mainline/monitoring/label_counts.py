"""Which predictions have a label, and what those without one may hide."""

import numpy as np
import pandas as pd

from mainline.drift import numbers
from mainline.drift.psi import SOME, psi
from mainline.monitoring.finding import Finding, Status
from mainline.monitoring.labels import Labelled

KIND = "labels"
CONTRADICTORY = 0.01  # the share of keys with a label that may contradict each other
MOST = 0.5  # the share of predictions without an entity, or with an overdue label
FEWEST = 100  # scores of a group that is compared


def findings(found: Labelled, history: Labelled | None, overdue_days: int) -> list[Finding]:
    """`found` is of the window that quality is computed on, `history` of all since the release."""
    late = overdue(history, overdue_days) if history else []
    return [arrived(found), *late, *selection(found)]


def arrived(found: Labelled) -> Finding:
    """How many predictions have a label, and why others have none."""
    counts = {
        "wait for one": found.unlabelled,
        "have labels that contradict each other": found.contradictory,
        "had one before they were made": found.known_before,
    }
    parts = [f"{count:,} {what}" for what, count in counts.items() if count]
    said = f"{found.labelled:,} of {found.predictions:,} predictions of {found.window}, each "
    said += "entity and period once, have a label"
    said = "; ".join([said, *parts])
    if found.nameless:
        said += f"; {found.nameless:,} more name no entity"
    status, why = _wrong(found)
    details = {
        "predictions": found.predictions,
        "labelled": found.labelled,
        "unlabelled": found.unlabelled,
        "contradictory": found.contradictory,
        "known_before": found.known_before,
        "nameless": found.nameless,
    }
    value = found.labelled / found.predictions
    return Finding(
        KIND,
        f"{KIND}.arrived",
        status,
        f"{said}.{why}",
        value,
        rows=found.predictions,
        details=details,
    )


def _wrong(found: Labelled) -> tuple[Status, str]:
    """Why the labels cannot be relied on."""
    keyed = found.labelled + found.contradictory
    if found.contradictory > CONTRADICTORY * keyed:
        return "unknown", " So many contradictions are an error of the source."
    if found.nameless > MOST * found.asked:
        return "unknown", " Most callers name no entity (header x-entity-key)."
    if found.known_before and not found.labelled:
        return "unknown", (
            " The source had all labels before: does it know what was known on an earlier day? "
            "monitoring.labels.known names the column with that day."
        )
    return "quiet", ""


def overdue(history: Labelled, days: int) -> list[Finding]:
    """Labels that never come: unknown when most predictions wait longer than so many days."""
    if not history.due:
        return []
    share = history.overdue / history.due
    late = share > MOST
    said = (
        f"{history.overdue:,} of {history.due:,} entities and periods that were first asked about "
    )
    said += f"more than {days} days ago have no label" + (
        ": labels do not come, or find no prediction." if late else "."
    )
    status: Status = "unknown" if late else "quiet"
    return [Finding(KIND, f"{KIND}.overdue", status, said, share, bar=MOST, rows=history.due)]


def selection(found: Labelled) -> list[Finding]:
    """How the scores with a label differ from those without: what quality may not show."""
    (ours, wrong), (others, wrong_too) = _one(found.scores), _one(found.others)
    if min(len(ours), len(others)) < FEWEST:
        return []
    with_label, without = (numbers.Sorted.of(pd.Series(each)) for each in (ours, others))
    moved = psi(*numbers.counts(with_label, without))
    said = (
        f"The mean score of predictions with a label is {ours.mean():.4g}, of those without "
        f"{others.mean():.4g} (PSI {moved:.3f})"
    )
    if moved >= SOME:
        said += ": quality is that of a part, and may be another when all labels are there"
    if wrong + wrong_too:
        said += f"; {wrong + wrong_too:,} scores that are not finite are left out"
    details = {"with": float(ours.mean()), "without": float(others.mean())}
    rows = found.unlabelled
    return [
        Finding(
            KIND,
            f"{KIND}.selection",
            "quiet",
            f"{said}.",
            moved,
            bar=SOME,
            rows=rows,
            details=details,
        )
    ]


def _one(scores: np.ndarray) -> tuple[np.ndarray, int]:
    """One number a row: of several classes that of the most probable one.

    Rows whose number is not finite are left out; returns how many, too.
    """
    single = scores if scores.ndim == 1 else scores.max(axis=1, initial=0.0)
    finite = np.isfinite(single)
    return single[finite], int((~finite).sum())
