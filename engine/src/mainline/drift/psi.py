"""The population stability index (PSI) of two arrays of counts."""

import numpy as np

FLOOR = 1e-4
SOME, MUCH = 0.1, 0.25  # the usual limits: from here on, some drift; much drift


def psi(reference: np.ndarray, current: np.ndarray) -> float:
    """The sum of (q - p) ln(q / p) over bins, where p and q are shares of a table's rows.

    An empty bin counts as half a row of its table, and at least as `FLOOR`. A bin that is empty in
    both tables is ignored. Neither table may be empty.
    """
    some = (reference + current) > 0
    p, q = _shares(reference)[some], _shares(current)[some]
    return float(((q - p) * np.log(q / p)).sum())


def _shares(counts: np.ndarray) -> np.ndarray:
    rows = counts.sum()
    shares: np.ndarray = np.where(counts > 0, counts / rows, max(0.5 / rows, FLOOR))
    return shares
