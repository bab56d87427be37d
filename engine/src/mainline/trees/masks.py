"""Trees as tables of bit masks, one table a column, as QuickScorer reads them.

Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of
regression trees", SIGIR 2015. A tree's leaves are bits. Every split that does not hold clears the
bits of the leaves on its left; the lowest bit that is left is the leaf where a row ends. For each
column, the splits that do not hold follow from the place of the value among the thresholds in use,
so that their masks are combined beforehand: one table row a place.

Small trees over many columns read few of them each. There a tree's splits are compared one by one
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

    Trees whose splits are compared have no other masks. `compared` are their numbers. `categories`
    and `category_rows` have a place for each different split of a category; its rows of `table`,
    (table rows, 1), are 0 for an id for which it holds, else 1. The splits are `split_thresholds`,
    float32, `split_masks` and `split_places`, all (most splits, trees): the place among the numbers
    with minus infinity for missing, then among them with infinity, then among the splits of
    categories. Fewer splits are filled up with masks that clear nothing.
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
        if len(self.split_masks):
            return columns + len(self.leaves) * COMPARISON * len(self.split_masks)
        return columns * len(self.leaves)

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

        `one_by_one` compares the splits one by one; None takes what is cheaper.
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
        leaves = np.zeros((count, most))
        for place, values in enumerate(trees.leaves):
            leaves[place, : len(values)] = values
        output, splits = np.array(trees.output, np.int32), trees.splits
        if one_by_one is None:
            one_by_one = _small(splits, numbers, count * kind().itemsize)
        if one_by_one and splits:
            return cls(
                **_compared(splits, numbers, sizes, count, kind), leaves=leaves, output=output
            )
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
            output,
            np.array([], np.int32),
            *(np.zeros((0, count), each) for each in (np.int32, np.float32, kind)),
        )


def _file(name: str) -> str:
    return f"trees-{name.replace('_', '-')}.npy"


def _small(splits: list[Split], numbers: int, width: int) -> bool:
    """Whether comparing is cheaper than a table whose rows are `width` bytes."""
    columns = {split.column for split in splits}
    most = max(Counter(split.tree for split in splits).values(), default=0)
    rows = len({(split.column, split.threshold) for split in splits if split.column < numbers})
    rows += 2 * len([column for column in columns if column < numbers])
    return COMPARISON * most < len(columns) or rows * width > LARGE


def _compared(
    splits: list[Split], numbers: int, sizes: list[int], count: int, kind: type
) -> dict[str, np.ndarray]:
    """The fields of `Masks` but `leaves` and `output`."""
    used = sorted({split.column for split in splits if split.column < numbers})
    place = {column: at for at, column in enumerate(used)}
    chosen = sorted({_chosen(split) for split in splits if split.column >= numbers})
    place_of_ids = {each: at + 2 * len(used) for at, each in enumerate(chosen)}
    held = [
        [0 if each in ids else 1 for each in range(sizes[column - numbers])]
        for column, ids in chosen
    ]
    of_tree: list[list[Split]] = [[] for _ in range(count)]
    for split in splits:
        of_tree[split.tree].append(split)
    shape = max(map(len, of_tree)), count
    places, thresholds = np.zeros(shape, np.int32), np.full(shape, np.inf, np.float32)
    masks: np.ndarray = np.full(shape, -1, kind)
    for tree, each in enumerate(of_tree):
        for at, split in enumerate(each):
            masks[at, tree] = _mask(split)
            if split.threshold is None:
                places[at, tree], thresholds[at, tree] = place_of_ids[_chosen(split)], 0.5
            else:
                places[at, tree] = place[split.column] + (0 if split.missing else len(used))
                thresholds[at, tree] = split.threshold
    none = np.array([], np.int32)
    return {
        "numbers": none,
        "categories": np.array([column - numbers for column, _ in chosen], np.int32),
        "thresholds": np.zeros((0, 0), np.float32),
        "number_rows": none,
        "missing_rows": none,
        "category_rows": np.cumsum([0, *map(len, held)], dtype=np.int32)[:-1],
        "table": np.array([value for each in held for value in each] or [0], kind)[:, np.newaxis],
        "compared": np.array(used, np.int32),
        "split_places": places,
        "split_thresholds": thresholds,
        "split_masks": masks,
    }


def _chosen(split: Split) -> tuple[int, tuple[int, ...]]:
    """What a split of a category asks: the column and the ids for which it holds."""
    return split.column, tuple(sorted(split.ids))


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
