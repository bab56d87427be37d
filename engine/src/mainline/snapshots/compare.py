"""Compares two answers to the same query: rows that are gone, new or changed."""

from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from mainline.core.errors import MainlineError
from mainline.data.sources.columns import to_frame
from mainline.data.sources.merged import merged

SHOWN = 3


@dataclass(frozen=True)
class Difference:
    """Counts of rows, some of their keys, and `shape`: why rows cannot be compared."""

    gone: int = 0
    new: int = 0
    changed: int = 0
    examples: list[str] = field(default_factory=list)
    shape: str = ""

    def __bool__(self) -> bool:
        return bool(self.gone or self.new or self.changed or self.shape)

    def __str__(self) -> str:
        """Counts and shape. Keys are left out: they may identify persons."""
        if self.shape:
            return self.shape
        counts = {"gone": self.gone, "new": self.new, "changed": self.changed}
        return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)

    def with_examples(self) -> str:
        """With some keys, for a terminal of a user with access to the source."""
        return f"{self}" + (f"; for example {'; '.join(self.examples)}" if self.examples else "")


def difference(old: pa.Table, new: pa.Table, key: list[str], names: dict[str, str]) -> Difference:
    """The differences of `new` from `old`, row by row. `names` maps columns to the key's names."""
    try:
        both = merged({"the batch": old, "the source now": new})
    except MainlineError as error:
        return Difference(shape=str(error).removesuffix("."))
    frame = to_frame(both).rename(columns=names)
    key = [name for name in key if name in frame.columns]
    # A key may occur twice in one answer: the first is compared with the first, and so on.
    label = [frame[name].astype("str").fillna("(none)") for name in key]
    frame.index = pd.MultiIndex.from_arrays(label or [pd.Series("", index=frame.index)])
    before, after = (
        _numbered(part) for part in (frame.iloc[: old.num_rows], frame.iloc[old.num_rows :])
    )
    common = before.index.intersection(after.index, sort=False)
    one, other = before.loc[common], after.loc[common]
    changed = common[~((one == other) | (one.isna() & other.isna())).all(axis=1)]
    gone, added = before.index.difference(common), after.index.difference(common)
    examples = [_named(row, key) for row in [*gone[:SHOWN], *added[:SHOWN], *changed[:SHOWN]]]
    return Difference(len(gone), len(added), len(changed), examples[:SHOWN])


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    times = frame.groupby(level=list(range(frame.index.nlevels)), sort=False).cumcount()
    return frame.set_index(times.to_numpy(), append=True)


def _named(row: tuple[object, ...], key: list[str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(key, row[:-1], strict=False))
