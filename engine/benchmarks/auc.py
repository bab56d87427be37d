"""The paired AUC interval: its seconds, and whether plain resampling gives the same."""

import numpy as np
from measure import Result, main, ratios, rounds, timed
from scipy.stats import rankdata

from mainline.evaluation.interval import Estimate
from mainline.evaluation.rows import Rows
from mainline.evaluation.tasks.binary import Binary

SECONDS, JUDGED = 1.0, 100_000  # rows
RESAMPLES = 2000
RESAMPLED_ROWS = 5_000
CONFIDENCE = 0.95


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Seconds of each size, and both ways beside each other at `RESAMPLED_ROWS`."""
    found = []
    for size in sizes:
        target, one, other = models(size)
        took = [timed(lambda scores=(target, one, other): ours(*scores)) for _ in range(repeat)]
        most = SECONDS if size == JUDGED else None
        found.append(Result.of("paired AUC interval", f"{size:,} rows", took, "s", most=most))
    return [*found, *against_resampling(repeat)]


def against_resampling(repeat: int) -> list[Result]:
    """How far the two widths are apart, as a share of the width; and how much faster ours is."""
    target, one, other = models(RESAMPLED_ROWS)
    found = ours(target, one, other)
    low, high = resampled(target, one, other)
    steps = {
        "ours": lambda: timed(lambda: ours(target, one, other)),
        "plain": lambda: timed(lambda: resampled(target, one, other)),
    }
    seconds = rounds(steps, max(1, repeat // 3))
    size = f"{RESAMPLED_ROWS:,} rows"
    apart = max(abs(found.low - low), abs(found.high - high)) / (high - low)
    faster = ratios(seconds["plain"], seconds["ours"])
    return [
        Result.of("ends apart, share of the width", size, [apart], "", most=0.1),
        Result.of(f"faster than {RESAMPLES:,} resamples", size, faster, "x"),
    ]


def ours(target: np.ndarray, one: np.ndarray, other: np.ndarray) -> Estimate:
    """As the gate computes it, every row an entity of its own."""
    return Binary().difference(Rows(target, np.arange(len(target))), one, other, CONFIDENCE)


def models(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Targets and the scores of two models that see the same thing with noise of their own."""
    rng = np.random.default_rng(size)
    target = (rng.random(size) < 0.2).astype(np.int8)
    seen = target + rng.normal(0, 1, size)
    return target, seen + rng.normal(0, 0.4, size), seen + rng.normal(0, 0.5, size)


def resampled(target: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of the differences of as many rows, drawn with replacement."""
    rng = np.random.default_rng(1)
    drawn = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, len(target), len(target))
        drawn.append(area(target[rows], one[rows]) - area(target[rows], other[rows]))
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def area(target: np.ndarray, scores: np.ndarray) -> float:
    """ROC AUC by ranks, the textbook's."""
    positive = target == 1
    n, m = positive.sum(), (~positive).sum()
    return float((rankdata(scores)[positive].sum() - n * (n + 1) / 2) / (n * m))


if __name__ == "__main__":
    main(__doc__, measure, [10_000, 100_000], 9)
