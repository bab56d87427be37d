"""The splits of LightGBM's trees, as flat arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # what serves the trees does not load it
    import lightgbm

FLOAT = np.finfo(np.float32)


@dataclass(frozen=True)
class Split:
    """An inner node. A row for which it does not hold cannot end in leaves `low` to `middle` - 1.

    Leaves of a tree are numbered from left to right. It holds for a number up to `threshold`, for a
    category whose id is among `ids`, and for a missing number if `missing` says so.
    """

    tree: int
    column: int
    low: int
    middle: int
    threshold: float | None
    ids: frozenset[int]
    missing: bool


@dataclass
class Trees:
    """All trees of several models: their splits, and the leaves' values of each, left to right.

    `output` is the place of the answer that each tree adds to: 0, or a class.
    """

    splits: list[Split] = field(default_factory=list)
    leaves: list[list[float]] = field(default_factory=list)
    output: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, models: "Sequence[lightgbm.Booster]", medians: Sequence[float]) -> "Trees":
        """Trees of models whose mean answers, each up to its best iteration.

        `medians` are those of the numbers, which are the first columns.
        """
        trees = cls()
        for model in models:
            dumped = model.dump_model()
            for place, tree in enumerate(dumped["tree_info"]):
                leaves: list[float] = []
                number = len(trees.leaves)
                trees.splits.extend(_splits(tree["tree_structure"], number, leaves, medians))
                trees.leaves.append([value / len(models) for value in leaves])
                trees.output.append(place % dumped["num_tree_per_iteration"])
        return trees


def _splits(
    node: dict[str, Any], tree: int, leaves: list[float], medians: Sequence[float]
) -> Iterator[Split]:
    """The splits below `node`; its leaves are appended to `leaves`."""
    if "split_index" not in node:
        leaves.append(node["leaf_value"])
        return
    low = len(leaves)
    yield from _splits(node["left_child"], tree, leaves, medians)
    middle = len(leaves)
    yield from _splits(node["right_child"], tree, leaves, medians)
    column, said = node["split_feature"], node["threshold"]
    if node["decision_type"] == "==":
        ids = frozenset(int(each) for each in said.split("||"))
        yield Split(tree, column, low, middle, None, ids, missing=False)
        return
    # Without missing values among a column's training rows LightGBM reads a missing one as 0, which
    # may be far from every value: the median is read instead, as the network does.
    knows = node["missing_type"] == "NaN"
    missing = node["default_left"] if knows else medians[column] <= said
    yield Split(tree, column, low, middle, _down(said), frozenset(), missing)


def _down(threshold: float) -> float:
    """The largest float32 up to `threshold`: a float32 number is up to both or to neither."""
    rounded = np.float32(np.clip(threshold, FLOAT.min, FLOAT.max))
    # NumPy compares a float32 with a Python number in float32, which would call them equal.
    low = float(rounded) <= threshold
    return float(rounded if low else np.nextafter(rounded, FLOAT.min))
