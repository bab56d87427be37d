"""The drift figures of every column of two tables. The rule `drift` uses them."""

import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.drift import categories, numbers
from mainline.drift.psi import psi

ABSENT = "absent"  # the kind of a column that one of the tables lacks
THREADS = 4  # sorting lets other threads run; each holds two sorted columns


@dataclass(frozen=True)
class ColumnDrift:
    """One column. Pairs are of the reference and of the current rows.

    Without rows on one side there is no PSI; without values there is no `ks` (the Kolmogorov-
    Smirnov distance of a number). `note` then says why. `nulls` are shares of rows. `unseen` counts
    a category's values that only the current rows have, `vanished` those that only the reference
    has. `moved` is text: both medians of a number, or the share that changed most.
    """

    name: str
    kind: str
    rows: tuple[int, int]
    psi: float | None = None
    ks: float | None = None
    nulls: tuple[float, float] | None = None
    unseen: int | None = None
    vanished: int | None = None
    moved: str = ""
    note: str = ""


def drift(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    *,
    as_categories: Collection[str] = (),
) -> list[ColumnDrift]:
    """One entry for each of `columns`, in order. A table may lack some of them.

    A column is a number if both tables have numbers, unless `as_categories` names it.
    """

    def of(name: str) -> ColumnDrift:
        return _column(name, reference, current, as_category=name in as_categories)

    with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as threads:
        return list(threads.map(of, columns))


def _column(
    name: str, reference: pd.DataFrame, current: pd.DataFrame, *, as_category: bool
) -> ColumnDrift:
    rows = (len(reference), len(current))
    lacks = [name not in reference.columns, name not in current.columns]
    if any(lacks):
        note = "in neither table" if all(lacks) else "new" if lacks[0] else "gone"
        return ColumnDrift(name, ABSENT, rows, note=f"{note}: cannot be compared")
    theirs, ours = reference[name], current[name]
    kind = "category" if as_category or not _are_numbers(theirs, ours) else "number"
    if not all(rows):
        return ColumnDrift(name, kind, rows, note="no rows on one side")
    return (_number if kind == "number" else _category)(name, theirs, ours)


def _are_numbers(*columns: pd.Series) -> bool:
    """Whether both columns are numeric, or one is numeric and the other has no values."""
    numeric = [pd.api.types.is_any_real_numeric_dtype(column.dtype) for column in columns]
    others = [column for column, so in zip(columns, numeric, strict=True) if not so]
    return any(numeric) and all(column.isna().all() for column in others)


def _number(name: str, reference: pd.Series, current: pd.Series) -> ColumnDrift:
    theirs, ours = numbers.Sorted.of(reference), numbers.Sorted.of(current)
    counts = numbers.counts(theirs, ours)
    moved = [f"{x:.4g}" for x in (theirs.median, ours.median) if x is not None]
    return ColumnDrift(
        name,
        "number",
        (len(reference), len(current)),
        psi=psi(*counts),
        ks=numbers.distance(theirs, ours),
        nulls=_nulls(counts),
        moved=f"median {' → '.join(moved)}" if len(moved) == 2 else "",
        note=_note(theirs.known, ours.known),
    )


def _category(name: str, reference: pd.Series, current: pd.Series) -> ColumnDrift:
    found = categories.count(reference, current)
    p, q = found.reference / len(reference), found.current / len(current)
    most = len(p) - 1 - int(np.abs(q - p).round(9)[::-1].argmax())  # on a tie the last bin
    return ColumnDrift(
        name,
        "category",
        (len(reference), len(current)),
        psi=psi(found.reference, found.current),
        nulls=_nulls((found.reference, found.current)),
        unseen=found.unseen,
        vanished=found.vanished,
        moved=f"{found.bins[most]}: {p[most]:.1%} → {q[most]:.1%}",
        note=_note(found.reference[1:].sum(), found.current[1:].sum()),
    )


def _nulls(counts: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
    """Shares of the first bin, the missing values."""
    reference, current = (float(found[0] / found.sum()) for found in counts)
    return reference, current


def _note(*known: int) -> str:
    return "" if all(known) else f"no values on {'one side' if any(known) else 'either side'}"
