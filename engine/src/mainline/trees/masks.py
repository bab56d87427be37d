"""Trees as tables of bit masks, one table a column, as QuickScorer reads them.

Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of
regression trees", SIGIR 2015. A tree's leaves are bits. Every split that does not hold clears the
bits of the leaves on its left; the lowest bit that is left is the leaf where a row ends. For each
column, the splits that do not hold follow from the place of the value among the thresholds in use,
so that their masks are combined beforehand: one table row a place.

Small trees over many numbers read few of them each. There a tree's splits are compared one by one
instead: the work is that of its splits, not of all columns, and no table is as wide as all trees.
"""

from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from mainline.core.errors import MainlineError
from mainline.trees.splits import Split, Trees

MOST_LEAVES = 63  # a leaf is a bit of an int64, whose sign is left alone
FEW_LEAVES = 31  # of an int32
COMPARISON = 3  # as long as reading so many columns of the table, for a tree
LARGE = 40_000_000  # bytes of a table: a model that is too large to ship


@dataclass(frozen=True)
class Masks:
    """The compiled trees. Table rows of number columns come first, then those of categories.

    `table` is int32 or int64 (table rows, trees). `thresholds` is float32 (used numbers, most),
    filled up with infinity. `numbers` and `categories` are the places of the columns in use.
    `number_rows` and `category_rows` hold the table row of each one's first place; `missing_rows`
    that of a missing number. `leaves` is float64 (trees, most leaves), `output` as in `Trees`.

    `compared` are numbers that no table holds. Their splits are `split_thresholds`, float32,
    `split_masks` and `split_places`, all (most splits, trees): the place among these numbers with
    minus infinity for missing, then among them with infinity. Fewer splits are filled up with some
    that hold.
    """

    numbers: np.ndarray
    categories: np.ndarray
    thresholds: np.ndarray
    number_rows: np.ndarray
    missing_rows: np.ndarray
    category_rows: np.ndarray
    table: np.ndarray
    leaves: np.ndarray
    output: np.ndarray
    compared: np.ndarray
    split_places: np.ndarray
    split_thresholds: np.ndarray
    split_masks: np.ndarray

    @property
    def work(self) -> int:
        """Masks that are read for a row; a comparison is as much as `COMPARISON` of them."""
        columns = len(self.numbers) + len(self.categories)
        return len(self.leaves) * (columns + COMPARISON * len(self.split_masks))

    @classmethod
    def read(cls, directory: Path) -> "Masks":
        """The inverse of `write`."""
        return cls(*(np.load(directory / _file(each.name)) for each in fields(cls)))

    def write(self, directory: Path) -> None:
        """Write each array's `.npy`."""
        for each in fields(self):
            np.save(directory / _file(each.name), getattr(self, each.name), allow_pickle=False)

    @classmethod
    def of(
        cls, trees: Trees, numbers: int, sizes: list[int], *, one_by_one: bool | None = None
    ) -> "Masks":
        """Compile trees over columns: first `numbers` numbers, then categories of `sizes` ids.

        `one_by_one` compares the splits of numbers one by one; None takes what is cheaper.
        Raises MainlineError when a tree has more than 63 leaves.
        """
        count, most = len(trees.leaves), max(map(len, trees.leaves))
        if most > MOST_LEAVES:
            raise MainlineError(
                f"a tree of {most} leaves does not fit the served graph.",
                where="params.yaml, train.trees.num_leaves",
                expected=f"at most {MOST_LEAVES}",
            )
        kind = np.int32 if most <= FEW_LEAVES else np.int64
        splits = trees.splits
        of_numbers = [split for split in splits if split.column < numbers]
        if one_by_one is None:
            one_by_one = _small(of_numbers, count * kind().itemsize)
        if one_by_one:
            splits = [split for split in splits if split.column >= numbers]
        by_column: dict[int, list[Split]] = {}
        for split in splits:
            by_column.setdefault(split.column, []).append(split)
        used = sorted(by_column)
        parts, rows, edges, missing = [np.full((1, count), -1, kind)], 1, [], []
        firsts: dict[int, int] = {}
        for column in used:
            firsts[column] = rows
            if column < numbers:
                part, each = _number(by_column[column], count, kind)
                edges.append(each)
                missing.append(rows + len(part) - 1)
            else:
                part = _category(by_column[column], count, kind, sizes[column - numbers])
            parts.append(part)
            rows += len(part)
        widest = max([len(each) for each in edges], default=0)
        thresholds = np.full((len(edges), widest), np.inf, np.float32)
        for place, each in enumerate(edges):
            thresholds[place, : len(each)] = each
        leaves = np.zeros((count, most))
        for place, values in enumerate(trees.leaves):
            leaves[place, : len(values)] = values
        is_number = [column for column in used if column < numbers]
        is_category = [column for column in used if column >= numbers]
        return cls(
            np.array(is_number, np.int32),
            np.array([column - numbers for column in is_category], np.int32),
            thresholds,
            np.array([firsts[column] for column in is_number], np.int32),
            np.array(missing, np.int32),
            np.array([firsts[column] for column in is_category], np.int32),
            np.concatenate(parts),
            leaves,
            np.array(trees.output, np.int32),
            *_compared(of_numbers if one_by_one else [], count, kind),
        )


def _file(name: str) -> str:
    return f"trees-{name.replace('_', '-')}.npy"


def _small(splits: list[Split], width: int) -> bool:
    """Whether comparing is cheaper than a table whose rows are `width` bytes."""
    columns = len({split.column for split in splits})
    most = max(Counter(split.tree for split in splits).values(), default=0)
    rows = len({(split.column, split.threshold) for split in splits}) + 2 * columns
    return COMPARISON * most < columns or rows * width > LARGE


def _compared(splits: list[Split], count: int, kind: type) -> tuple[np.ndarray, ...]:
    """The last four fields of `Masks`."""
    used = sorted({split.column for split in splits})
    place = {column: at for at, column in enumerate(used)}
    of_tree: list[list[Split]] = [[] for _ in range(count)]
    for split in splits:
        of_tree[split.tree].append(split)
    shape = max(map(len, of_tree)), count
    places, thresholds = np.zeros(shape, np.int32), np.full(shape, np.inf, np.float32)
    masks: np.ndarray = np.full(shape, -1, kind)
    for tree, each in enumerate(of_tree):
        for at, split in enumerate(each):
            places[at, tree] = place[split.column] + (0 if split.missing else len(used))
            thresholds[at, tree] = split.threshold
            masks[at, tree] = _mask(split)
    return np.array(used, np.int32), places, thresholds, masks


def _mask(split: Split) -> int:
    return ~((1 << split.middle) - (1 << split.low))


def _number(splits: list[Split], count: int, kind: type) -> tuple[np.ndarray, np.ndarray]:
    """Table rows of a number: a place among the thresholds each, then one for missing."""
    edges = np.unique(np.array([split.threshold for split in splits], np.float32))
    rows: np.ndarray = np.full((len(edges) + 2, count), -1, kind)
    for split in splits:
        place = np.searchsorted(edges, np.float32(split.threshold or 0.0))
        rows[place + 1, split.tree] &= _mask(split)
        if not split.missing:
            rows[-1, split.tree] &= _mask(split)
    np.bitwise_and.accumulate(rows[:-1], axis=0, out=rows[:-1])
    return rows, edges


def _category(splits: list[Split], count: int, kind: type, size: int) -> np.ndarray:
    """Table rows of a category: one an id."""
    rows: np.ndarray = np.full((size, count), -1, kind)
    for split in splits:
        others = [place for place in range(size) if place not in split.ids]
        rows[others, split.tree] &= _mask(split)
    return rows
