"""The fairness rules: does the model treat groups alike? One rule for each bar."""

from collections.abc import Iterator
from typing import Any

from mainline.evaluation.settings import EvaluationSettings
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.verdict import Rule

MEASURES = ("fairness", "slices", "seed", "resamples", "confidence")


def rules(candidate: Candidate, bars: Bars) -> Iterator[Rule]:
    """The largest difference of each kind over all columns. An unknown one closes the gate."""
    limits = bars.gate.fairness
    found = differences(candidate, bars.evaluation) if limits else {}
    for name, limit in limits.items():
        bar = f"<= {limit:g}"
        of_columns = {column: about["differences"].get(name) for column, about in found.items()}
        unknown = [
            column for column, one in of_columns.items() if one is None or one["value"] is None
        ]
        if unknown or not of_columns:
            why = (
                f"{unknown[0]} has no {name}: fewer than two groups of "
                f"{bars.evaluation.fairness.min_rows} test rows, or a group of one class."
                if unknown
                else "evaluation.fairness on main names no column."
            )
            yield Rule.judged(name, False, why, figure="none", bar=bar)
            continue
        values = {column: one["value"] for column, one in of_columns.items() if one}
        worst = max(values, key=lambda column: values[column])
        passed = bool(values[worst] <= limit)
        why = f"the groups of {worst} differ most"
        why += "" if passed else f": {values[worst]:.4f} is more than {limit:g}."
        yield Rule.judged(name, passed, why, figure=f"{values[worst]:.4f}", bar=bar)


def differences(candidate: Candidate, evaluation: EvaluationSettings) -> dict[str, Any]:
    """The section `fairness` of the figures, with main's columns and group sizes.

    The threshold is the candidate's.
    """
    own = candidate.evaluation
    if all(getattr(own, name) == getattr(evaluation, name) for name in MEASURES):
        return dict(candidate.figures.get("fairness", {}))
    asked = evaluation.model_copy(update={"threshold": own.threshold})
    return dict(candidate.asked.fairness(asked).get("fairness", {}))
