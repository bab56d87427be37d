"""A figure in both arms, and their difference with an interval that is valid at every look."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.evaluation.always_valid import Mean, difference_interval
from mainline.experiments.arms import Arms
from mainline.experiments.row_figures import Priced, RowFigure


@dataclass(frozen=True)
class Compared:
    """The means over units of each arm, and `difference`: challenger minus main, with its ends.

    An entity that has many rows counts once, with their mean.
    """

    main: Mean
    challenger: Mean
    difference: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there are enough units for an interval."""
        return bool(np.isfinite([self.low, self.high]).all())

    def side(self, *, lower: bool) -> str:
        """`better`, `worse` or `open`: the whole interval is on one side of 0, or it is not."""
        if not self.known or self.low <= 0 <= self.high:
            return "open"
        return "better" if (self.high < 0) is lower else "worse"


def compared(
    arms: Arms, figure: RowFigure, prices: tuple[Priced, Priced], alpha: float
) -> Compared:
    """The figure of both arms; `prices` are main's and the challenger's."""
    sides = (arms.main, arms.challenger)
    values = [figure.values(rows, each) for rows, each in zip(sides, prices, strict=True)]
    if arms.paired:
        there = np.isfinite(values[0]) & np.isfinite(values[1])
        values = [np.where(there, each, np.nan) for each in values]
    units = [_by_unit(rows, each) for rows, each in zip(sides, values, strict=True)]
    of = Mean.of_shares if figure.share else Mean.of
    main, challenger = (of(each.to_numpy()) for each in units)
    if arms.paired:
        paired = Mean.of((units[1] - units[0]).to_numpy())
        return Compared(main, challenger, paired.mean, *paired.interval(alpha=alpha))
    ends = difference_interval(main, challenger, alpha=alpha)
    return Compared(main, challenger, challenger.mean - main.mean, *ends)


def _by_unit(rows: pd.DataFrame, values: np.ndarray) -> "pd.Series[float]":
    """The mean of each unit, in the order of their names."""
    by_row = pd.Series(values, dtype=np.float64)
    return by_row.groupby(rows["unit"].to_numpy()).mean().dropna()
