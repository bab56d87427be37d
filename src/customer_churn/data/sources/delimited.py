"""Strict delimited text (CSV): every column as text, every row whole, or an error that says where.

Strict because a lenient reader fills a row that was cut off with nulls.
"""

import csv
import io
import re

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from customer_churn.core.errors import UserError


def read_delimited(content: bytes, *, name: str, delimiter: str) -> pd.DataFrame:
    """The rows of the file called `name`. Raises UserError that says what is wrong and where."""
    header = _header(_text(content, name), name, delimiter)
    try:
        table = pa.csv.read_csv(
            io.BytesIO(content),
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
        raise UserError(f"{name} is damaged or cut off: {_plain(error)}.") from None
    frame: pd.DataFrame = table.to_pandas()
    return frame.rename(columns=str.strip)


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind a byte order mark.
        start = error.start + len(content) - len(error.object)
        line = content.count(b"\n", 0, start) + 1
        raise UserError(
            f"{name} is not UTF-8 text: byte {content[start]:#04x} in line {line}. "
            "Convert it first, for example with `iconv -f latin1 -t utf-8`."
        ) from None
    if text.count('"') % 2:
        raise UserError(
            f'{name} is damaged or cut off: it has an odd number of quotation marks ("). '
            'A value that contains one is written in quotes, with the mark doubled: "5"" pipe".'
        )
    return text


def _header(text: str, name: str, delimiter: str) -> list[str]:
    """The column names as they stand there, blanks around them included."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next((row for row in rows if row), [])
    except csv.Error as error:
        raise UserError(f"{name} has no readable header line: {error}.") from None
    names = [column.strip() for column in header]
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        raise UserError(f"{name} names these columns twice: {', '.join(map(repr, twice))}.")
    return header


def _plain(error: Exception) -> str:
    """The first line of Arrow's message, without what only its own developers understand."""
    text = re.split(r"\n", str(error))[0]
    if "straddling" in text:
        return "one row is longer than a megabyte; a quotation mark may lack its partner"
    text = re.sub(r"Row #(\d+)", r"row \1 (the header is row 1)", text)
    return text.removeprefix("CSV parse error: ")
