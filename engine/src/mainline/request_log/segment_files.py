"""A segment of the spool as Parquet files, one for each hour. Imports Arrow, so it loads late."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mainline.process.defects import say_defect
from mainline.request_log import input_types
from mainline.request_log.exchange import Exchange
from mainline.request_log.input_types import Types
from mainline.request_log.spool import exchanges, versions
from mainline.request_log.typed_columns import Privacy
from mainline.request_log.typed_rows import UNREADABLE, TypedRows, hour_of

PIECE, GROUP = 256, 4_096  # rows held as Python values, rows of a group in the file
PIECE_BYTES = 4 << 20  # of bodies whose rows are held so
COMPRESSION = "zstd"


class _Pieces:
    """Exchanges as tables of some rows each."""

    def __init__(self, types: Types, privacy: Privacy) -> None:
        self._rows, self.tables = TypedRows(types, privacy), list[pa.Table]()
        self.schema = self._rows.schema
        self._given: list[Exchange] = []
        self._bytes = 0

    def add(self, exchange: Exchange) -> None:
        self._rows.add(exchange)
        self._given.append(exchange)
        self._bytes += len(exchange.request) + len(exchange.response)
        if len(self._rows) >= PIECE or self._bytes >= PIECE_BYTES:
            self.end()

    def end(self) -> None:
        """Make a table of what is not in one."""
        try:
            self.tables.append(self._rows.table())
        except MemoryError:
            raise
        except Exception as defect:  # of ours; one exchange must not take the others with it
            say_defect("request log", defect)
            self.tables += map(self._alone, self._given)
        self._given, self._bytes = [], 0

    def _alone(self, exchange: Exchange) -> pa.Table:
        try:
            self._rows.add(exchange)
            return self._rows.table()
        except MemoryError:
            raise
        except Exception:  # said above
            problem = exchange.problem or UNREADABLE
            self._rows.add(replace(exchange, request=b"", response=b"", problem=problem))
            return self._rows.table()


class _HourFile:
    """A Parquet file in memory that grows by groups of rows."""

    def __init__(self, types: Types, privacy: Privacy) -> None:
        self._pieces, self._sink = _Pieces(types, privacy), pa.BufferOutputStream()
        schema = self._pieces.schema
        self._writer = pq.ParquetWriter(self._sink, schema, compression=COMPRESSION)
        self.count = 0

    def add(self, exchange: Exchange) -> None:
        self._pieces.add(exchange)
        if sum(map(len, self._pieces.tables)) >= GROUP:
            self._group()

    def content(self) -> pa.Buffer:
        self._pieces.end()
        self._group()
        self._writer.close()
        return self._sink.getvalue()

    def _group(self) -> None:
        if table := pa.concat_tables(self._pieces.tables):
            self.count += len(table)
            self._writer.write_table(table, row_group_size=GROUP)
        self._pieces.tables.clear()


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
    pieces = _Pieces(input_types.of_versions(metadata, met), privacy)
    for path in paths:
        for exchange in exchanges(path):
            pieces.add(exchange)
    pieces.end()
    return pa.concat_tables(pieces.tables)
