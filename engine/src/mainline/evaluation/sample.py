"""A fixed sample of rows, for measurements that score all rows once for each column."""

import numpy as np


def places(rows: int, most: int, seed: int) -> np.ndarray:
    """Indices of at most `most` of `rows` rows, sorted; all indices if there are fewer rows."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
