"""Rows of the log for a person: the last ones, and those of one request."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

import pyarrow.parquet as pq

from mainline.core.errors import MainlineError
from mainline.request_log import segment_files
from mainline.request_log.ids import moment
from mainline.request_log.log_store import Store
from mainline.request_log.settings import SPOOL, LogSettings, read_settings
from mainline.request_log.spool import Spool
from mainline.request_log.typed_columns import Privacy

HINT = "`make serve` starts a server with a gateway here, and `make ask` asks it."
Row = dict[str, Any]


class _Group(NamedTuple):
    newest: datetime
    path: str
    number: int


class Log:
    """The store, and the spool of a gateway on this machine when there is one."""

    def __init__(self, settings: LogSettings, spool: Path | None) -> None:
        self._settings, self._spool = settings, spool
        self._store = Store(settings.store)

    @classmethod
    def of(
        cls, root: Path, spool: Path | None, settings_file: Path | None, store: str | None
    ) -> Self:
        """The log that options name. The spool of `make serve` belongs to the default store."""
        default = root / SPOOL if store is None and settings_file is None else None
        return cls(read_settings(settings_file, store).log, spool or default)

    def last(self, count: int) -> list[Row]:
        """The newest rows, oldest of them first. Raises MainlineError when there are none."""
        rows = self._waiting()
        for hour in self._hours():
            for group in sorted(self._groups(hour), reverse=True):
                if len(rows) >= count and group.newest < rows[-count]["time"]:
                    break
                rows = _once(rows + self._read(group))[-count:]
            if len(rows) >= count:
                break
        if not rows:
            raise MainlineError(
                "no prediction is logged yet.", where=self._settings.store, hint=HINT
            )
        return _once(rows)[-count:]

    def of_request(self, request_id: str) -> list[Row]:
        """The rows of a request, with each of its arms. Raises MainlineError when it has none."""
        found = [row for row in self._waiting() if row["request_id"] == request_id]
        has = int(found[0]["time"].timestamp()) // 3600 if found else None  # the hour that has it
        for hour in self._likely(request_id):
            if has is not None and abs(hour - has) > 1:
                continue  # arms lie in one hour, or in two that follow each other
            for path in self._store.files(hour):
                found += pq.read_table(
                    path,
                    filesystem=self._store.system,
                    filters=[("request_id", "==", request_id)],
                    partitioning=None,
                ).to_pylist()
            if has is None and found:
                has = hour
        if not found:
            raise MainlineError(
                f"the log has no request '{request_id}'.", where=self._settings.store
            )
        return _once(found)

    def _hours(self) -> Iterator[int]:
        for day in reversed(self._store.days()):
            yield from reversed(self._store.hours(day))

    def _likely(self, request_id: str) -> list[int]:
        """All hours, those near the time in the id first."""
        made = moment(request_id)
        hours = list(self._hours())
        if made is None:
            return hours
        own = made.timestamp() // 3600
        return sorted(hours, key=lambda hour: abs(hour - own))

    def _groups(self, hour: int) -> Iterator[_Group]:
        for path in self._store.files(hour):
            about = self._store.opened(path).metadata
            column = about.schema.to_arrow_schema().get_field_index("time")
            for number in range(about.num_row_groups):
                group = about.row_group(number)
                if group.num_rows:
                    newest = group.column(column).statistics.max
                    yield _Group(newest.replace(tzinfo=UTC), path, number)

    def _read(self, group: _Group) -> list[Row]:
        table = self._store.opened(group.path).read_row_group(group.number)
        rows: list[Row] = table.to_pylist()
        return rows

    def _waiting(self) -> list[Row]:
        """Rows in the spool."""
        if not self._spool or not self._spool.is_dir():
            return []
        spool = Spool(self._spool)
        while True:
            paths = [*spool.closed(), *spool.opened()]
            with suppress(FileNotFoundError):  # closed or shipped meanwhile: look again
                table = segment_files.table(paths, spool.metadata(), Privacy(self._settings))
                return _once(table.to_pylist())


def _once(rows: list[Row]) -> list[Row]:
    """Each row once, in the order of time: between two steps of the shipper it stands twice."""
    unique = {(row["request_id"], row["row"], row["arm"], row["time"]): row for row in rows}
    return sorted(unique.values(), key=lambda row: (row["time"], row["request_id"], row["row"]))
