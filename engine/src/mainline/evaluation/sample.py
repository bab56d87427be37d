"""A fixed sample of rows, for measurements that score all rows once for each column."""

import numpy as np

WORK = 15_000_000  # values that such a measurement may read
FEWEST, TWICE = 300, 2  # rows that a figure needs, and shuffles that a deviation needs


def bounded(most: int, columns: int, repeats: int = 1) -> int:
    """`most` rows, or fewer in a wide table.

    Each of `columns` is changed `repeats` times, and each time every column of every row is read.
    So the cost grows with the square of the columns unless the rows become fewer.
    """
    return min(most, max(FEWEST, WORK // max(1, columns * columns * repeats)))


def shuffles(most: int, columns: int) -> int:
    """`most` shuffles, or fewer, at least two, where columns are too many for `FEWEST` rows."""
    return min(most, max(TWICE, WORK // max(1, FEWEST * columns * columns)))


def places(rows: int, most: int, seed: int) -> np.ndarray:
    """Indices of at most `most` of `rows` rows, sorted; all indices if there are fewer rows."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
