"""Made-up rows in any number: half of what is measured depends on how many there are."""

import numpy as np
import pandas as pd

from mainline.core.table import TableSettings

VALUES = 12  # that a category has


def contract(numbers: int, categories: int, *, time: bool = False) -> TableSettings:
    """A table with so many numbers and categories."""
    return TableSettings(
        entity="who",
        time="day" if time else None,
        target="left",
        positive="yes",
        numbers=[f"number_{place}" for place in range(numbers)],
        categories=[f"category_{place}" for place in range(categories)],
    )


def frame(
    table: TableSettings,
    rows: int,
    *,
    start: int = 0,
    shift: float = 0.0,
    signal: int | None = None,
) -> pd.DataFrame:
    """Rows from `start` on, as `ingest` types them: four an entity, 2 % of numbers missing.

    The target depends on the first `signal` numbers, by default on all, and on all categories.
    """
    rng = np.random.default_rng([start, rows])
    place = np.arange(start, start + rows)
    columns: dict[str, object] = {"who": pd.Series(place // 4).map("c{:08d}".format)}
    if table.time:
        columns["day"] = np.datetime64("2025-01-01", "ms") + (place % 4) * np.timedelta64(30, "D")
    risk = np.zeros(rows)
    for position, name in enumerate(table.numbers):
        values = rng.normal(shift, 1, rows)
        if signal is None or position < signal:
            risk += 0.3 * values
        columns[name] = np.where(rng.random(rows) < 0.02, np.nan, values.round(3))
    for name in table.categories:
        which = rng.integers(0, VALUES, rows)
        risk += 0.1 * (which - VALUES / 2)
        columns[name] = pd.Series(np.array([f"value {n}" for n in range(VALUES)])[which])
    columns["left"] = (rng.random(rows) < 1 / (1 + np.exp(1.5 - risk))).astype(np.int8)
    return pd.DataFrame(columns)
