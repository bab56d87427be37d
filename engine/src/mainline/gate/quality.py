"""The quality rules: is the model good enough without a comparison to the champion?"""

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
    """One rule for each bar. It judges the figure itself, not an end of its interval."""
    for name, bar in settings.bars.items():
        shown = f"<= {bar.max:g}" if bar.min is None else f">= {bar.min:g}"
        if name not in candidate.task.names and name not in candidate.metrics.about:
            why = f"main has a bar for {name}, which neither a {candidate.task.name} task nor "
            why += "metrics.py of this proposal has."
            yield Rule.judged(name, False, why, figure="none", bar=shown)
            continue
        value = candidate.figures["model"][name]["value"]
        if value is None:
            why = f"{name} cannot be computed from these scores and test rows."
            yield Rule.judged(name, False, why, figure="none", bar=shown)
            continue
        high = np.inf if bar.max is None else bar.max
        low = -np.inf if bar.min is None else bar.min
        passed = bool(low <= value <= high)
        why = "within the bar" if passed else f"{value:.4f} is not {shown}."
        yield Rule.judged(name, passed, why, figure=f"{value:.4f}", bar=shown)


def baseline(candidate: Candidate, bars: Bars) -> Rule:
    """Not worse than the baseline trees by more than the margin, paired on the same rows.

    The trees' settings come from main: a proposal must not weaken its own baseline.
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
        why = f"the model may be worse than the trees by {-difference.low:.4f} {leading}."
    elif difference.low > 0:
        why = "the model beats the trees"
    elif difference.high < 0:
        why = "the trees are better, by no more than the margin"
    else:
        why = "not worse than the trees by more than the margin; it does not beat them"
    better = f"the plain trees are better by {-difference.value:.4f}"
    return Rule.judged(
        "baseline",
        passed,
        why,
        figure=f"{difference.value:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})",
        bar=">= 0",
        margin=f"{settings.margin:g}",
        said=f"{better}, allowed up to {settings.margin:g}" if difference.high < 0 else "",
    )


def by_slice(candidate: Candidate, evaluation: EvaluationSettings, settings: SliceSettings) -> Rule:
    """Every slice has enough test rows, and no slice is far below the whole.

    A value without test rows is a slice of zero rows: it closes the gate.
    """
    gone = [name for name in evaluation.slices if name not in candidate.frame.columns]
    if gone:
        raise MainlineError(
            f"evaluation.slices on main names '{gone[0]}', which this table no longer has. Remove "
            "it from evaluation.slices in a separate proposal first, then drop the column."
        )
    task = candidate.task
    overall, _ = task.influences(candidate.rows.target, candidate.scores)
    shown = {"bar": f"gap <= {settings.largest_gap:g}, rows >= {settings.min_rows}"}
    worst, worst_name = -np.inf, "no slice"
    for name, mask in slices.masks(candidate.frame, evaluation.slices):
        inside = mask[candidate.is_test]
        if inside.sum() < settings.min_rows:
            found = int(inside.sum())
            why = f"{name} has {found} test rows; at least {settings.min_rows} are needed."
            return Rule.judged("slices", False, why, figure=name, **shown)
        value, _ = task.influences(candidate.rows.target[inside], candidate.scores[inside])
        if not np.isfinite(overall - value):
            why = f"{name} has no {task.leading.short}: {task.wanting}."
            return Rule.judged("slices", False, why, figure=name, **shown)
        if overall - value > worst:
            worst, worst_name = overall - value, name
    if not evaluation.slices:
        return Rule.judged("slices", True, "evaluation.slices is empty", **shown)
    passed = bool(worst <= settings.largest_gap)
    why = f"the largest gap below the whole is that of {worst_name}"
    return Rule.judged("slices", passed, why, figure=f"{worst:.4f}", **shown)


def size(candidate: Candidate, settings: GateSettings) -> Rule:
    """The model image, which every node pulls, is not too large."""
    found = candidate.image.size / 1e6
    passed = 0 < found <= settings.size_mb
    return Rule.judged(
        "size",
        passed,
        "within the bar" if passed else f"the model has {found:.1f} MB.",
        figure=f"{found:.2f} MB",
        bar=f"<= {settings.size_mb:g} MB",
    )
