"""The population stability index of two rows of counts."""

import numpy as np

FLOOR = 1e-4
SOME, MUCH = 0.1, 0.25  # how it is usually read: below, nothing; from here on, some; or much


def psi(reference: np.ndarray, current: np.ndarray) -> float:
    """The sum of (q - p) ln(q / p) over bins, p and q being shares of all rows of a table.

    An empty bin counts as half a row of its table and as `FLOOR` at least; one that is empty on
    both sides counts as nothing. Neither table may be empty.
    """
    some = (reference + current) > 0
    p, q = _shares(reference)[some], _shares(current)[some]
    return float(((q - p) * np.log(q / p)).sum())


def _shares(counts: np.ndarray) -> np.ndarray:
    rows = counts.sum()
    shares: np.ndarray = np.where(counts > 0, counts / rows, max(0.5 / rows, FLOOR))
    return shares
