"""Edges of a number: between which of its values the target changes."""

import numpy as np

from mainline.core.table import TaskName

LEAVES, LEAST = 48, 32  # the most leaves of a tree, and the fewest rows of a leaf
ROWS = 100_000  # that a tree learns from


def learnt(values: np.ndarray, target: np.ndarray, task: TaskName) -> list[float]:
    """Thresholds of a decision tree on this column alone, in rising order.

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
    tree = kind(max_leaf_nodes=LEAVES, min_samples_leaf=LEAST, random_state=0)
    fitted = tree.fit(values[known, np.newaxis], target[known]).tree_
    return sorted(map(float, fitted.threshold[fitted.feature >= 0]))
