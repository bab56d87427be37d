"""A segment of the spool as Parquet files, one for each hour. Imports Arrow, so it loads late."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mainline.request_log import input_types
from mainline.request_log.exchange import Exchange
from mainline.request_log.input_types import Types
from mainline.request_log.spool import exchanges, versions
from mainline.request_log.typed_columns import Privacy
from mainline.request_log.typed_rows import TypedRows, hour_of

PIECE, GROUP = 1_024, 16_384  # rows held as Python values, rows of a group in the file
COMPRESSION = "zstd"


class _HourFile:
    """A Parquet file in memory that grows piece by piece."""

    def __init__(self, types: Types, privacy: Privacy) -> None:
        self._rows, self._pieces = TypedRows(types, privacy), list[pa.Table]()
        self._sink = pa.BufferOutputStream()
        schema = self._rows.schema
        self._writer = pq.ParquetWriter(self._sink, schema, compression=COMPRESSION)
        self.count = 0

    def add(self, exchange: Exchange) -> None:
        self._rows.add(exchange)
        if len(self._rows) >= PIECE:
            self._piece()
        if sum(map(len, self._pieces)) >= GROUP:
            self._group()

    def content(self) -> pa.Buffer:
        self._piece()
        self._group()
        self._writer.close()
        return self._sink.getvalue()

    def _piece(self) -> None:
        self._pieces.append(self._rows.table())

    def _group(self) -> None:
        if table := pa.concat_tables(self._pieces):
            self.count += len(table)
            self._writer.write_table(table, row_group_size=GROUP)
        self._pieces.clear()


def files(
    path: Path, metadata: dict[str, Any], privacy: Privacy
) -> Iterator[tuple[int, pa.Buffer, int]]:
    """The hour, content and number of rows of each file that a segment makes."""
    types = input_types.of_versions(metadata, versions(path))
    hours: dict[int, _HourFile] = {}
    for exchange in exchanges(path):
        hour = hour_of(exchange)
        if hour not in hours:
            hours[hour] = _HourFile(types, privacy)
        hours[hour].add(exchange)
    for hour, file in sorted(hours.items()):
        yield hour, file.content(), file.count


def table(paths: list[Path], metadata: dict[str, Any], privacy: Privacy) -> pa.Table:
    """All rows of segments that are not shipped yet, for a person."""
    met = set().union(*map(versions, paths))
    rows = TypedRows(input_types.of_versions(metadata, met), privacy)
    for path in paths:
        for exchange in exchanges(path):
            rows.add(exchange)
    return rows.table()
