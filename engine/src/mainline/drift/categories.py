"""A category's bins: its values, and the rare ones together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Below both in both tables a value is rare. Hundreds of rare ones, each a bin, would look like
# drift by chance; so would new ones in a column where almost every value is new.
SHARE, ROWS = 0.01, 5
RARE = "rare values"


@dataclass(frozen=True)
class Counted:
    """Rows in each of `bins` in both tables, and how many values only one of them has."""

    bins: list[str]
    reference: np.ndarray
    current: np.ndarray
    unseen: int
    vanished: int


def count(reference: pd.Series, current: pd.Series) -> Counted:
    """The first bin is what is missing, the second all rare values, the others one value each."""
    theirs, ours = _values(reference), _values(current)
    frequent = _frequent(theirs).union(_frequent(ours))
    return Counted(
        ["missing", RARE, *frequent],
        _rows(reference, theirs, frequent),
        _rows(current, ours, frequent),
        unseen=len(ours.index.difference(theirs.index)),
        vanished=len(theirs.index.difference(ours.index)),
    )


def shortened(reference: pd.Series, current: pd.Series, most: int) -> list[pd.Series]:
    """Both columns as text, for a picture: the `most` most frequent values, the others as one."""
    texts = [column.astype("str").where(column.notna()) for column in (reference, current)]
    kept = pd.concat(texts).value_counts().index[:most]
    return [text.where(text.isin(kept) | text.isna(), RARE) for text in texts]


def _rows(column: pd.Series, found: pd.Series, frequent: pd.Index) -> np.ndarray:
    named = found.reindex(frequent, fill_value=0).to_numpy(np.int64)
    known = int(found.sum())
    return np.array([len(column) - known, known - named.sum(), *named], dtype=np.int64)


def _values(column: pd.Series) -> pd.Series:
    """Rows of each value as text; null and "" are missing, as for the model."""
    known = column.dropna()
    if pd.api.types.is_float_dtype(known.dtype) and (known % 1 == 0).all():
        known = known.astype("Int64")  # whole numbers that a null made float
    found = known.astype("str").value_counts()
    return found.drop("", errors="ignore")


def _frequent(found: pd.Series) -> pd.Index:
    return found.index[found >= max(SHARE * found.sum(), ROWS)]
