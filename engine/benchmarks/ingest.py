"""The most memory of `ingest`, `validate` and `split`, each as a user runs it.

From Parquet, and from CSV packed with gzip: what is packed is held beside what it unpacks to.
"""

import gzip
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import rows
import yaml
from measure import Result, child, command, main

from mainline.core.table import TableSettings

GIGABYTES = 4.0
CHUNK = 250_000
STAGES = ("ingest", "validate", "split")
TABLE = rows.contract(10, 8, time=True)


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Memory and CPU seconds of each stage."""
    found = []
    for size in sizes:
        for kind in ("parquet", "csv.gz"):
            with tempfile.TemporaryDirectory() as scratch:
                found += stages(Path(scratch), size, kind, repeat)
    return found


def stages(root: Path, size: int, kind: str, repeat: int) -> list[Result]:
    """One size in one format."""
    write(root / f"rows.{kind}", size, kind)
    source = {"kind": "file", "path": f"rows.{kind}"}
    params = {
        "data": {"as_of": "2026-06-30", "source": source},
        "table": TABLE.model_dump(exclude_none=True, exclude_defaults=True),
        "validation": {"min_rows": 1, "columns": {n: {"nulls": 0.5} for n in TABLE.features}},
        "split": {"by": "entity", "salt": "bench"},
    }
    (root / "params.yaml").write_text(yaml.safe_dump(params))
    found = []
    for stage in STAGES:
        costs = [child(command(stage), root) for _ in range(repeat)]
        about = (f"{stage}, {kind}", f"{size:,} x 20")
        found += [
            Result.of(*about, [cost.memory for cost in costs], "GB", most=GIGABYTES),
            Result.of(*about, [cost.cpu for cost in costs], "CPU s"),
        ]
    shutil.rmtree(root / "data")
    return found


def write(path: Path, size: int, kind: str, table: TableSettings = TABLE) -> None:
    """The rows, a chunk at a time."""
    with ExitStack() as opened:
        writer = None
        for start in range(0, size, CHUNK):
            chunk = rows.frame(table, min(CHUNK, size - start), start=start)
            chunk["left"] = chunk["left"].map({0: "no", 1: "yes"})
            made = pa.Table.from_pandas(chunk, preserve_index=False)
            if writer is None:
                writer = opened.enter_context(_writer(path, made.schema, kind, opened))
            writer.write_table(made)


def _writer(
    path: Path, schema: pa.Schema, kind: str, opened: ExitStack
) -> pa.parquet.ParquetWriter | pa.csv.CSVWriter:
    if kind == "parquet":
        return pa.parquet.ParquetWriter(path, schema)
    # Packing well takes longer than all that is measured.
    packed = opened.enter_context(gzip.GzipFile(path, "wb", 1))
    return pa.csv.CSVWriter(packed, schema)


if __name__ == "__main__":
    main(__doc__, measure, [1_000_000, 5_000_000], 1)
