"""The bins of a category: one for each frequent value, one for all rare values."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

# A value is rare if its share or its rows are below these in both tables. Separate bins for many
# rare values would show drift by chance.
SHARE, ROWS = 0.01, 5
RARE = "rare values"


@dataclass(frozen=True)
class Counted:
    """Rows in each of `bins` in both tables, and the numbers of values that only one table has."""

    bins: list[str]
    reference: np.ndarray
    current: np.ndarray
    unseen: int
    vanished: int


def count(reference: pd.Series, current: pd.Series) -> Counted:
    """The first bin is for missing values, the second for rare values, then one for each value."""
    theirs, ours = values(reference), values(current)
    named = frequent(theirs).union(frequent(ours))
    return Counted(
        ["missing", RARE, *named],
        _rows(reference, theirs, named),
        _rows(current, ours, named),
        unseen=len(ours.index.difference(theirs.index)),
        vanished=len(theirs.index.difference(ours.index)),
    )


def shortened(reference: pd.Series, current: pd.Series, most: int) -> list[pd.Series]:
    """Both columns as text, for a chart: the `most` most frequent values, the others combined."""
    texts = [column.astype("str").where(column.notna()) for column in (reference, current)]
    kept = pd.concat(texts).value_counts().index[:most]
    return [text.where(text.isin(kept) | text.isna(), RARE) for text in texts]


def _rows(column: pd.Series, found: pd.Series, named: pd.Index) -> np.ndarray:
    held = found.reindex(named, fill_value=0).to_numpy(np.int64)
    known = int(found.sum())
    return np.array([len(column) - known, known - held.sum(), *held], dtype=np.int64)


def values(column: pd.Series) -> pd.Series:
    """Rows of each value as text; null and "" are missing, as for the model."""
    known = column.dropna()
    if pd.api.types.is_float_dtype(known.dtype) and (known % 1 == 0).all():
        known = known.astype("Int64")  # pandas turns whole numbers with a null into floats
    found = known.astype("str").value_counts()
    return found.drop("", errors="ignore")


def frequent(found: pd.Series, rows: float = ROWS) -> pd.Index:
    """The values that get a bin of their own: with `SHARE` of the rows, and so many rows."""
    return found.index[found >= max(SHARE * found.sum(), rows)]
