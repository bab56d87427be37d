"""The catalogue entry: a description of the table that is small enough for git."""

import datetime
from typing import Any

import pandas as pd

from mainline.core.files import sha256
from mainline.core.table import TableSettings
from mainline.core.target import about
from mainline.data import summary
from mainline.data.sources.raw import Raw


def content_hash(frame: pd.DataFrame) -> str:
    """SHA-256 over the values in order; it does not depend on the file format."""
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return "sha256:" + sha256("\n".join(frame.columns).encode() + rows.astype("<u8").tobytes())


def entry(
    frame: pd.DataFrame, raw: Raw, table: TableSettings, as_of: datetime.date
) -> dict[str, Any]:
    """Source, rows, content hash, and for each column its kind, null share and statistics."""
    people = summary.People(frame[table.entity])
    return {
        "source": raw.description,
        "as_of": as_of.isoformat(),
        "rows": len(frame),
        "entities": int(frame[table.entity].nunique()),
        **about(frame[table.target].to_numpy(), table),
        "content": content_hash(frame),
        "notes": raw.notes,
        "columns": {
            name: _column(frame[name], name == table.entity, people) for name in frame.columns
        },
    }


def _column(values: pd.Series, is_entity: bool, people: summary.People) -> dict[str, Any]:
    known = values.dropna()
    about: dict[str, Any] = {
        "kind": str(values.dtype),
        "null_share": round(float(values.isna().mean()), 6),
    }
    if is_entity:
        about["distinct"] = int(known.nunique())  # but not their values
    elif pd.api.types.is_numeric_dtype(values.dtype):
        about |= summary.number(values, people)
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        if not known.empty:
            about |= {"min": str(known.min()), "max": str(known.max())}
    else:
        about |= summary.text(values, people)
    return about
