"""What an output folder holds, as readers of Parquet and of manifests see it."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def table(folder: Path) -> pa.Table:
    """All scores, in the order of the files' names."""
    return pq.read_table(folder)


def manifests(folder: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("_part-*.json"))]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
