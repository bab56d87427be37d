"""Compares candidate and champion on rows that are test rows for both."""

from dataclasses import dataclass
from typing import Any

from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.opponent import Common


@dataclass(frozen=True)
class Comparison:
    """Both models on the same rows. `difference`: candidate minus champion, leading figure."""

    rows: int
    difference: Estimate
    champion: dict[str, Any]
    how: str


def compare(candidate: Candidate, common: Common, bars: Bars) -> Comparison:
    """Compare the scores of both models, paired row by row."""
    task, rows = candidate.task, _rows(candidate, common)
    estimates = task.figures(rows, common.their_scores, candidate.evaluation)
    theirs = task.plain(estimates) | candidate.metrics.figures(
        rows, common.their_scores, candidate.evaluation
    )
    return Comparison(len(rows), difference(candidate, common, bars), theirs, common.how)


def difference(candidate: Candidate, common: Common, bars: Bars) -> Estimate:
    """Candidate minus the other model, leading figure, paired row by row."""
    return candidate.task.difference(
        _rows(candidate, common), common.scores, common.their_scores, bars.evaluation.confidence
    )


def worse(found: Estimate, model: str, margin: str) -> str:
    """What a reviewer has to read first; empty unless the whole interval is below 0."""
    if not found.high < 0:
        return ""
    bar = f"allowed up to {margin}" if margin else "a retrain must be better"
    return f"worse than {model} by {-found.value:.4f}, {bar}"


def _rows(candidate: Candidate, common: Common) -> Rows:
    frame = common.ours
    return Rows.of(frame[candidate.table.target], frame[candidate.table.entity])
