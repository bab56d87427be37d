"""A CSV or Parquet file, on this disk or behind any address that fsspec can open."""

import datetime
import hashlib
import io
from pathlib import Path
from typing import Literal

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from pydantic import Field

from customer_churn.core.config import Settings
from customer_churn.core.errors import UserError
from customer_churn.data.sources.delimited import read_delimited
from customer_churn.data.sources.raw import Raw


class FileSource(Settings):
    """`path` is a URL or a local path, from the repository on; `{as_of}` in it becomes that day.

    `sha256`, when set, pins the file's bytes. `rename` maps the file's column names to ours;
    `missing` lists the spellings of "no value" (blanks around a value never count).
    """

    kind: Literal["file"] = "file"
    path: str
    format: Literal["csv", "parquet"] | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    missing: list[str] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]
    rename: dict[str, str] = {}
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")

    def read(self, as_of: datetime.date, root: Path) -> Raw:
        """Read the whole file. Raises UserError that says what is wrong with it and where."""
        name = self.path.replace("{as_of}", as_of.isoformat())
        content = _content(name, root)
        self._pinned(content, name)
        guess = "parquet" if name.endswith((".parquet", ".pq")) else "csv"
        kind = self.format or guess
        if kind == "csv":
            frame = read_delimited(content, name=name, delimiter=self.delimiter)
        else:
            frame = _parquet(content, name)
        if frame.empty:
            raise UserError(f"{name} has column names and no row.")
        frame = frame.apply(_clean, args=(self.missing,))
        return Raw(self._renamed(frame, name), f"{kind} file {name}")

    def _pinned(self, content: bytes, name: str) -> None:
        observed = hashlib.sha256(content).hexdigest()
        if self.sha256 not in (None, observed):
            raise UserError(
                f"{name} is not the file that data.source.sha256 names: "
                f"expected {self.sha256}, observed {observed}. New data is a new proposal: "
                "change data.as_of and data.source.sha256 together."
            )

    def _renamed(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        unknown = [column for column in self.rename if column not in frame.columns]
        if unknown:
            raise UserError(
                f"{name} has no column {', '.join(map(repr, unknown))} to rename "
                f"(data.source.rename); it has: {', '.join(map(repr, frame.columns))}."
            )
        frame = frame.rename(columns=self.rename)
        twice = sorted(set(frame.columns[frame.columns.duplicated()]))
        if twice:
            raise UserError(
                f"{name}: data.source.rename gives two columns the name "
                f"{', '.join(map(repr, twice))}."
            )
        return frame


def _content(name: str, root: Path) -> bytes:
    address = name if "://" in name else str(root / Path(name).expanduser())
    try:
        with fsspec.open(address, "rb") as file:
            content = bytes(file.read())
    except Exception as error:  # every file system of fsspec has exceptions of its own
        raise UserError(f"{name} (data.source.path) {_why(error)}") from None
    if not content or content.isspace():
        raise UserError(f"{name} is empty ({len(content)} bytes).")
    return content


def _why(error: BaseException) -> str:
    """The first cause: over HTTP, fsspec calls every failure a file that is not found."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, FileNotFoundError) or getattr(error, "status", None) == 404:
        return "does not exist."
    if isinstance(error, ImportError):
        return f"needs a package that is not installed: {error}"
    return f"cannot be read: {type(error).__name__}: {error}"


def _parquet(content: bytes, name: str) -> pd.DataFrame:
    try:
        table = pa.parquet.read_table(io.BytesIO(content))
        # What pandas noted about an index is ignored, or a column would hide in it; whole numbers
        # with nulls stay whole, or long ids would lose digits.
        frame: pd.DataFrame = table.to_pandas(ignore_metadata=True, integer_object_nulls=True)
    except (pa.ArrowException, OSError, ValueError) as error:  # text that is no UTF-8, for one
        reason = str(error).partition(". ")[0].removesuffix(".")
        raise UserError(
            f"{name} is no whole Parquet file (damaged or cut off?): {reason}."
        ) from None
    return frame


def _clean(values: pd.Series, missing: list[str]) -> pd.Series:
    """Text without blanks around it, null where it spells "no value"; other types as they are."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        inner = values.cat.categories.dtype
        values = values.astype("str") if pd.api.types.is_string_dtype(inner) else values
    if not isinstance(values.dtype, pd.StringDtype):
        return values
    values = values.str.strip()
    return values.mask(values.isin(missing))
