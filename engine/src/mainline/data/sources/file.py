"""CSV or Parquet, packed or not, one file or many, here or behind what fsspec can open."""

import datetime
import hashlib
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from mainline.core.config import Settings
from mainline.core.errors import DataError
from mainline.data.sources import address
from mainline.data.sources.columns import cleaned, renamed, to_frame
from mainline.data.sources.delimited import read_delimited
from mainline.data.sources.partitioned import (
    PARQUET,
    many,
    parquet,
    read_partitioned,
)
from mainline.data.sources.raw import Raw


class FileSource(Settings):
    """`path` is a URL or a local path, from the repository on; `{as_of}` in it becomes that day.

    A directory or a pattern (`*`) is read as Parquet files, `day=2026-06-30/` in it as a column;
    gzip is unpacked. `sha256`, when set, pins the stored bytes. `rename` maps the file's column
    names to ours; `missing` lists the spellings of "no value" (blanks around one never count).
    """

    kind: Literal["file"] = "file"
    path: str
    format: Literal["csv", "parquet"] | None = None
    delimiter: str = Field(default=",", pattern=r"^[\t !#-~]$")  # one of ASCII, no quotation mark
    missing: list[str] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]
    rename: dict[str, str] = {}
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")

    def read(self, as_of: datetime.date, root: Path) -> Raw:
        """Read all of it. Raises DataError that says what is wrong with it and where."""
        name = self.path.replace("{as_of}", as_of.isoformat())
        frame, kind = self._many(name, root) if many(name, root) else self._one(name, root)
        if frame.empty:
            raise DataError(f"{name} has column names and no row.")
        frame = cleaned(frame, self.missing)
        return Raw(renamed(frame, self.rename, name), f"{kind} {name}")

    def _one(self, name: str, root: Path) -> tuple[pd.DataFrame, str]:
        stored = address.content(name, address.absolute(name, root))
        self._pinned(hashlib.sha256(stored).hexdigest(), name)
        content = address.unpacked(stored, name)
        del stored
        plain = name.removesuffix(".gz")
        if (self.format or ("parquet" if plain.endswith(PARQUET) else "csv")) == "csv":
            frame = read_delimited(content, name=name, delimiter=self.delimiter)
            return frame, "csv file"
        return to_frame(parquet(content, name)), "parquet file"

    def _many(self, name: str, root: Path) -> tuple[pd.DataFrame, str]:
        if self.format == "csv":
            raise DataError(
                f"{name} (data.source.path) means several files, and those are read as Parquet; "
                "data.source.format says csv."
            )
        table, observed = read_partitioned(name, root, any_name=self.format is not None)
        self._pinned(observed, name)
        return to_frame(table), "parquet files"

    def _pinned(self, observed: str, name: str) -> None:
        if self.sha256 not in (None, observed):
            raise DataError(
                "not the file that data.source.sha256 names.",
                found=observed,
                expected=self.sha256,
                where=name,
                hint="New data is a new proposal: change data.as_of and data.source.sha256 "
                "together.",
            )
