"""Strict delimited text (CSV): every column as text, every row whole, or an error that says where.

Strict because a lenient reader fills a row that was cut off with nulls.
"""

import codecs
import csv
import io
import re

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from mainline.core.errors import DataError
from mainline.data.sources.columns import to_frame

PIECE = 1 << 24


def read_delimited(content: bytes | bytearray, *, name: str, delimiter: str) -> pd.DataFrame:
    """The rows of the file called `name`. Raises DataError that says what is wrong and where."""
    _is_text(content, name)
    header = _header(content, name, delimiter)
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(content),
            # With threads Arrow is faster, but its errors name no row.
            read_options=pa.csv.ReadOptions(use_threads=False),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):  # a header without a line end
            return pd.DataFrame(columns=pd.Index(header))
        raise DataError(f"{name} is damaged or cut off: {_plain(error)}.") from None
    return to_frame(table).rename(columns=str.strip)


def _is_text(content: bytes | bytearray, name: str) -> None:
    """Checked piece by piece: the whole as one text would be held beside its bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view, start, pending = memoryview(content), 0, 0
    try:
        for start in range(0, len(content), PIECE):
            pending = len(decoder.getstate()[0])  # the begin of a character that was cut in two
            decoder.decode(view[start : start + PIECE], final=start + PIECE >= len(content))
    except UnicodeDecodeError as error:
        start += error.start - pending
        line = content.count(b"\n", 0, start) + 1
        raise DataError(
            f"{name} is not UTF-8 text: byte {content[start]:#04x} in line {line}. "
            "Convert it first, for example with `iconv -f latin1 -t utf-8`."
        ) from None
    if content.count(b'"') % 2:
        raise DataError(
            f'{name} is damaged or cut off: it has an odd number of quotation marks ("). '
            'A value that contains one is written in quotes, with the mark doubled: "5"" pipe".'
        )


def _header(content: bytes | bytearray, name: str, delimiter: str) -> list[str]:
    """The column names as they stand there, blanks around them included."""
    # Read no further than needed, and without a copy of what is.
    text = io.TextIOWrapper(pa.BufferReader(content), encoding="utf-8-sig", newline="")
    rows = csv.reader(text, delimiter=delimiter)
    try:
        header = next((row for row in rows if row), [])
    except csv.Error as error:
        raise DataError(f"{name} has no readable header line: {error}.") from None
    names = [column.strip() for column in header]
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        raise DataError(f"{name} names these columns twice: {', '.join(map(repr, twice))}.")
    return header


def _plain(error: Exception) -> str:
    """The first line of Arrow's message, without what only its own developers understand."""
    text = re.split(r"\n", str(error))[0]
    if "straddling" in text:
        return "one row is longer than a megabyte; a quotation mark may lack its partner"
    text = re.sub(r"Row #(\d+)", r"row \1 (the header is row 1)", text)
    return text.removeprefix("CSV parse error: ")
