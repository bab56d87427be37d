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
    task, frame = candidate.task, common.ours
    rows = Rows.of(frame[candidate.table.target], frame[candidate.table.entity])
    difference = task.difference(
        rows, common.scores, common.their_scores, bars.evaluation.confidence
    )
    estimates = task.figures(rows, common.their_scores, candidate.evaluation)
    theirs = task.plain(estimates) | candidate.metrics.figures(
        rows, common.their_scores, candidate.evaluation
    )
    return Comparison(len(rows), difference, theirs, common.how)
