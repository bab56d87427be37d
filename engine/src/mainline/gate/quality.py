"""Is the model good enough by itself? One function a rule."""

import math
from collections.abc import Iterator

import numpy as np

from mainline.core.errors import MainlineError
from mainline.evaluation import slices
from mainline.evaluation.interval import NO_INTERVAL
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.verdict import Rule
from mainline.params.gate import GateSettings, SliceSettings


def absolute(candidate: Candidate, settings: GateSettings) -> Iterator[Rule]:
    """One rule a bar: the figure itself, not an end of its interval."""
    for name, bar in settings.bars.items():
        shown = f"<= {bar.max:g}" if bar.min is None else f">= {bar.min:g}"
        if name not in candidate.task.names:
            why = f"main has a bar for {name}, which no {candidate.task.name} task has."
            yield Rule.judged(name, False, why, figure="none", bar=shown)
            continue
        value = candidate.figures["model"][name]["value"]
        if value is None:
            why = f"there is no {name}: the scores or the test rows give none."
            yield Rule.judged(name, False, why, figure="none", bar=shown)
            continue
        high = np.inf if bar.max is None else bar.max
        low = -np.inf if bar.min is None else bar.min
        passed = bool(low <= value <= high)
        why = "within the bar" if passed else f"{value:.4f} is not {shown}."
        yield Rule.judged(name, passed, why, figure=f"{value:.4f}", bar=shown)


def baseline(candidate: Candidate, bars: Bars) -> Rule:
    """Not worse than trees on the same rows by more than the margin (paired).

    The trees are the base's: a proposal must not stunt what it has to beat.
    """
    settings = bars.gate.baseline
    own = bars.trees == candidate.train.baseline
    trees = candidate.baseline_scores if own else candidate.trees(bars.trees)
    difference = candidate.task.difference(
        candidate.rows, candidate.scores, trees, bars.evaluation.confidence
    )
    passed = bool(difference.low >= -settings.margin)
    if not math.isfinite(difference.low):
        why = NO_INTERVAL
    elif not passed:
        leading = candidate.task.leading.short
        why = f"the network may be worse than the trees by {-difference.low:.4f} {leading}."
    elif difference.low > 0:
        why = "the network beats the trees"
    else:
        why = "not worse than the trees by more than the margin; it does not beat them"
    return Rule.judged(
        "baseline",
        passed,
        why,
        figure=f"{difference.value:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})",
        bar=">= 0",
        margin=f"{settings.margin:g}",
    )


def by_slice(candidate: Candidate, evaluation: EvaluationSettings, settings: SliceSettings) -> Rule:
    """Every slice has enough test rows, and none lies far below the whole.

    A value that the table holds but the test rows lack is a slice without rows: closed.
    """
    gone = [name for name in evaluation.slices if name not in candidate.frame.columns]
    if gone:
        raise MainlineError(
            f"evaluation.slices on main names '{gone[0]}', which this table no longer has. Take "
            "it out of evaluation.slices in a proposal of its own; drop the column in the next."
        )
    task = candidate.task
    overall, _ = task.influences(candidate.rows.target, candidate.scores)
    shown = {"bar": f"gap <= {settings.largest_gap:g}, rows >= {settings.min_rows}"}
    worst, worst_name = -np.inf, "no slice"
    for name, mask in slices.masks(candidate.frame, evaluation.slices):
        inside = mask[candidate.is_test]
        if inside.sum() < settings.min_rows:
            found = int(inside.sum())
            why = f"{name} has {found} test rows; fewer than {settings.min_rows} say nothing."
            return Rule.judged("slices", False, why, figure=name, **shown)
        value, _ = task.influences(candidate.rows.target[inside], candidate.scores[inside])
        if not np.isfinite(overall - value):
            why = f"{name} has no {task.leading.short}: {task.wanting}."
            return Rule.judged("slices", False, why, figure=name, **shown)
        if overall - value > worst:
            worst, worst_name = overall - value, name
    if not evaluation.slices:
        return Rule.judged("slices", True, "evaluation.slices names none", **shown)
    passed = bool(worst <= settings.largest_gap)
    why = f"the largest gap below the whole is that of {worst_name}"
    return Rule.judged("slices", passed, why, figure=f"{worst:.4f}", **shown)


def size(candidate: Candidate, settings: GateSettings) -> Rule:
    """The model image, which every node pulls, fits the bound."""
    found = candidate.image.size / 1e6
    passed = 0 < found <= settings.size_mb
    return Rule.judged(
        "size",
        passed,
        "within the bar" if passed else f"the model has {found:.1f} MB.",
        figure=f"{found:.2f} MB",
        bar=f"<= {settings.size_mb:g} MB",
    )
