"""A fixed sample of rows, for questions that score every row once a column."""

import numpy as np


def places(rows: int, most: int, seed: int) -> np.ndarray:
    """Places of at most `most` of `rows` rows, in their order; all of them when they are fewer."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
