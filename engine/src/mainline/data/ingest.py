"""Stage `ingest`: the source becomes one typed table and its catalogue entry."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from mainline.core import config, parquet
from mainline.core.files import staged, write_json
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.table import TableSettings
from mainline.data import catalogue
from mainline.data.conversion import typed
from mainline.data.settings import DataSettings
from mainline.data.sources.raw import Raw


def run(root: Path) -> None:
    """Read the source and write `Layout.table` and `Layout.catalogue`, both or neither."""
    data = config.section(root, "data", DataSettings)
    table = config.section(root, "table", TableSettings)
    say("ingest", f"reading {data.source.kind}, as of {data.as_of}")
    raw, frame = read(root, data, table)
    about = catalogue.entry(frame, raw, table, data.as_of)
    with staged(Layout(root).table) as temporary:
        frame.to_parquet(temporary, index=False)
        write_json(Layout(root).catalogue, about)
    pending = about["notes"].get("pending", 0)
    say(
        "ingest",
        f"{len(frame):,} rows of {about['entities']:,} entities from {raw.description}"
        + (f"; {pending:,} more have no label yet" if pending else ""),
    )


def read(root: Path, data: DataSettings, table: TableSettings) -> tuple[Raw, pd.DataFrame]:
    """The source's description and its typed rows. The raw rows are dropped to save memory.

    Raises DataError when the rows cannot be converted.
    """
    raw = data.source.read(data.as_of, root)
    frame = typed(raw.frame, table, data.as_of)
    return replace(raw, frame=raw.frame.head(0)), frame


def load(root: Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """The table that `ingest` wrote. Raises DataError when it is absent, damaged or another one."""
    return parquet.read(Layout(root).table, made_by="dvc repro ingest", columns=columns)
