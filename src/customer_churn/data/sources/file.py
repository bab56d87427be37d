"""A CSV or Parquet file, on this disk or behind any address that fsspec can open."""

import hashlib
import io
import re
from typing import Any, Literal

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from customer_churn.core.config import Settings
from customer_churn.core.errors import UserError
from customer_churn.data.sources.raw import Raw


class FileSource(Settings):
    """`path` is a local path or a URL; `sha256`, when set, pins the file's bytes.

    `rename` maps the file's column names to ours; `missing` lists the spellings of "no value"
    (blanks around a value never count).
    """

    kind: Literal["file"] = "file"
    path: str
    format: Literal["csv", "parquet"] | None = None
    delimiter: str = ","
    missing: list[str] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]
    rename: dict[str, str] = {}
    sha256: str | None = None

    def read(self, as_of: Any) -> Raw:
        """Read the whole file. Raises UserError that says what is wrong with it and where."""
        content = self._bytes()
        if self._format() == "csv":
            frame = self._csv(content)
        else:
            frame = self._parquet(content)
        if frame.empty:
            raise UserError(f"{self.path} has a header and no row.")
        frame = frame.rename(columns=self.rename)
        return Raw(frame, f"{self._format()} file {self.path}")

    def _format(self) -> str:
        return self.format or ("parquet" if self.path.endswith((".parquet", ".pq")) else "csv")

    def _bytes(self) -> bytes:
        try:
            with fsspec.open(self.path, "rb") as file:
                content = bytes(file.read())
        except FileNotFoundError:
            raise UserError(f"{self.path} (data.source.path) does not exist.") from None
        except ImportError as error:
            raise UserError(f"{self.path}: this kind of address needs a package: {error}") from None
        except Exception as error:  # every file system of fsspec has exceptions of its own
            raise UserError(
                f"{self.path} (data.source.path) cannot be read: {type(error).__name__}: {error}"
            ) from None
        if not content.strip():
            raise UserError(f"{self.path} is empty ({len(content)} bytes).")
        observed = hashlib.sha256(content).hexdigest()
        if self.sha256 is not None and observed != self.sha256:
            raise UserError(
                f"{self.path} is not the file that data.source.sha256 names: "
                f"expected {self.sha256}, observed {observed}. New data is a new proposal: "
                "change data.as_of and data.source.sha256 together."
            )
        return content

    def _csv(self, content: bytes) -> pd.DataFrame:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UserError(
                f"{self.path} is not UTF-8 text: byte {content[error.start]:#04x} in line {line}. "
                "Convert it first, for example with `iconv -f latin1 -t utf-8`."
            ) from None
        header = self._header(content)
        text = pa.string()
        try:
            # Strict about the number of fields: a file cut off in mid-row fails here, where a
            # lenient reader would fill the row with nulls.
            table = pa.csv.read_csv(
                io.BytesIO(content),
                parse_options=pa.csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(header, text), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as error:
            raise UserError(f"{self.path} is damaged or cut off: {_plain(error)}") from None
        columns = {}
        for name in table.column_names:
            values = table[name].to_pandas().str.strip()
            columns[name] = values.mask(values.isin(self.missing))
        return pd.DataFrame(columns)

    def _header(self, content: bytes) -> list[str]:
        first = content.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8")
        names = [name.strip().strip('"') for name in first.rstrip("\r").split(self.delimiter)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise UserError(f"{self.path} names these columns twice: {', '.join(twice)}.")
        return names

    def _parquet(self, content: bytes) -> pd.DataFrame:
        try:
            return pa.parquet.read_table(io.BytesIO(content)).to_pandas()
        except (pa.ArrowException, OSError) as error:
            raise UserError(
                f"{self.path} is no whole Parquet file (damaged or cut off?): {_plain(error)}"
            ) from None


def _plain(error: Exception) -> str:
    """The first sentence of Arrow's message; the rest is C++ for its own developers."""
    return re.split(r"\n|\. ", str(error))[0]
