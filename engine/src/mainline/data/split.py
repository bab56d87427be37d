"""Stage `split`: divides rows into training, validation and test rows, by entity or by time."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mainline.core import config
from mainline.core.errors import DataError
from mainline.core.files import staged, write_json
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.table import TableSettings
from mainline.core.target import about, lacking
from mainline.data.ingest import load
from mainline.data.settings import SplitSettings

PARTS = ("train", "validation", "test")


def run(root: Path) -> None:
    """Write one Parquet file a part into `Layout.split` and the counts to `Layout.split_counts`."""
    settings = config.section(root, "split", SplitSettings)
    table = config.section(root, "table", TableSettings)
    frame = load(root, table.columns)
    parts = assign(frame, table, settings)
    counts = count(frame, parts, table)
    with staged(Layout(root).split) as temporary:
        temporary.mkdir()
        for part in PARTS:
            rows = frame[parts == part]
            rows.to_parquet(temporary / f"{part}.parquet", index=False)
        write_json(Layout(root).split_counts, counts)
    say("split", ", ".join(f"{part} {counts[part]['rows']:,}" for part in PARTS))


def assign(frame: pd.DataFrame, table: TableSettings, settings: SplitSettings) -> pd.Series:
    """The part of every row, as `train`, `validation` or `test`.

    By entity: a pure function of salt and entity, so a row's part never changes when data grows.
    By time: rows before `validation_from` are for training, rows from `test_from` on for testing.
    """
    if settings.by == "entity":
        return _by_entity(frame[table.entity], settings)
    if table.time is None:
        raise DataError("params.yaml: 'split.by' is time, but 'table.time' names no column.")
    return _by_time(frame[table.time], settings)


def _by_time(times: pd.Series, settings: SplitSettings) -> pd.Series:
    validation_from = pd.Timestamp(str(settings.validation_from))
    test_from = pd.Timestamp(str(settings.test_from))
    before = np.where(times < validation_from, "train", "validation")
    return pd.Series(np.where(times < test_from, before, "test"), index=times.index)


def _by_entity(entities: pd.Series, settings: SplitSettings) -> pd.Series:
    names = entities.unique()
    place = np.array([_place(str(name), settings.salt) for name in names])
    held_out = np.where(place < settings.test, "test", "validation")
    parts = np.where(place < settings.test + settings.validation, held_out, "train")
    return entities.map(dict(zip(names, parts, strict=True)))


def _place(entity: str, salt: str) -> float:
    """A number in [0, 1): the first 53 bits of SHA-256 over salt, a zero byte and entity."""
    digest = hashlib.sha256(f"{salt}\0{entity}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def count(frame: pd.DataFrame, parts: pd.Series, table: TableSettings) -> dict[str, Any]:
    """Rows, entities and target of each part, and the number of test entities in training rows.

    Raises DataError when a part cannot be used: it has no rows, or its target does not vary.
    """
    counts: dict[str, Any] = {}
    for part in PARTS:
        rows = frame[parts == part]
        target = rows[table.target].to_numpy()
        counts[part] = {
            "rows": len(rows),
            "entities": int(rows[table.entity].nunique()),
            **about(target, table),
        }
        wrong = lacking(target, table)
        if wrong:
            raise DataError(
                f"split: the {part} part has {wrong}. Fix `split` in params.yaml or add rows."
            )
    trained_on = set(frame[table.entity][parts == "train"])
    tested = set(frame[table.entity][parts == "test"])
    counts["recurring_entities"] = len(trained_on & tested)
    return counts
