"""Edges of a number: between which of its values the target changes."""

import numpy as np

from mainline.core.table import TaskName

LEAVES, LEAST = 48, 32  # the most leaves of a tree, and the fewest rows of a leaf
EVERY, FEWEST = 2_400, 8  # leaves of all numbers together, and the fewest of one
ROWS = 100_000  # that a tree learns from


def leaves(numbers: int) -> int:
    """The most leaves of each tree, in a table with so many numbers: a wide one has fewer."""
    return min(LEAVES, max(FEWEST, EVERY // max(1, numbers)))


def learnt(
    values: np.ndarray, target: np.ndarray, task: TaskName, most: int = LEAVES
) -> list[float]:
    """Thresholds of a decision tree with at most `most` leaves, on this column alone, rising.

    `values` is float64 (rows,), `target` (rows,). The tree sees finite values as the model does, in
    float32, and at most `ROWS` of them, spread evenly over the rows. It puts edges where they say
    something of the target, so a column that is mostly one value has them among the other values.
    """
    # takes a second, and only training learns edges
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor  # noqa: PLC0415

    with np.errstate(over="ignore"):
        values = values.astype(np.float32)
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2 * LEAST:
        return []
    known = known[np.linspace(0, len(known) - 1, min(ROWS, len(known))).astype(int)]
    kind = DecisionTreeRegressor if task == "regression" else DecisionTreeClassifier
    tree = kind(max_leaf_nodes=most, min_samples_leaf=LEAST, random_state=0)
    fitted = tree.fit(values[known, np.newaxis], target[known]).tree_
    return sorted(map(float, fitted.threshold[fitted.feature >= 0]))
