"""Fairness: rates of each group, and the largest difference between two groups.

Intervals are resampled by entity, as for all other figures. Only groups with enough rows are
compared. If such a group has no rate, for example because it has no positives, there is no
difference either: an unknown rate does not count as fair.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mainline.evaluation.interval import Estimate
from mainline.evaluation.rates import Rates
from mainline.evaluation.rows import FromSums, Rows, resampled
from mainline.evaluation.settings import EvaluationSettings


def section(
    rows: Rows,
    scores: np.ndarray,
    groups: Mapping[str, np.ndarray],
    rates: Rates,
    settings: EvaluationSettings,
) -> dict[str, Any]:
    """Rates of the `groups` (masks, (rows,)) of one column and differences, for a JSON file.

    Scores that are not numbers give null for all of them.
    """
    least = settings.fairness.min_rows
    counts = {name: int(mask.sum()) for name, mask in groups.items()}
    judged = [name for name, count in counts.items() if count >= least]
    usable = bool(len(rows)) and bool(np.isfinite(scores).all())
    found: dict[str, Estimate] = {}
    if usable:
        by_row = rates.parts(rows.target, scores)
        terms = np.column_stack([by_row * mask[:, np.newaxis] for mask in groups.values()])
        compared = [place for place, name in enumerate(groups) if name in judged]
        found = resampled(rows, terms, _from_sums(list(groups), rates, compared), settings)

    def shown(name: str) -> dict[str, float | None]:
        return found.get(name, Estimate.none()).rounded()

    return {
        "groups": {
            group: {
                "rows": counts[group],
                "judged": group in judged,
                **{rate: shown(f"{rate} of {group}") for rate in rates.names},
            }
            for group in groups
        },
        "differences": {name: shown(name) for name in rates.differences},
    }


def _from_sums(groups: list[str], rates: Rates, compared: list[int]) -> FromSums:
    """A function that gives each `{rate} of {group}` and the differences of `compared` groups."""

    def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
        of_groups = rates.of(sums.reshape(len(sums), len(groups), -1))
        found = {
            f"{rate} of {group}": of_groups[:, place, column]
            for place, group in enumerate(groups)
            for column, rate in enumerate(rates.names)
        }
        for name, parts in rates.differences.items():
            columns = [rates.names.index(part) for part in parts]
            found[name] = _largest(of_groups[:, compared][:, :, columns])
        return found

    return from_sums


def _largest(of_groups: np.ndarray) -> np.ndarray:
    """The largest difference of two groups in any rate; input (resamples, groups, rates)."""
    if of_groups.shape[1] == 1 or not of_groups.size:
        return np.full(len(of_groups), np.nan)
    return np.asarray(np.ptp(of_groups, axis=1).max(axis=1))
