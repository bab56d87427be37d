"""A window of the log as a table of DuckDB, in which each row stands once."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.dataset as ds

from mainline.core.errors import DataError, MainlineError
from mainline.core.places import reaching
from mainline.monitoring.window import Window
from mainline.request_log.compact import COMPACTED
from mainline.request_log.log_store import Store

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MEMORY = "600MB"  # of DuckDB; beyond it, it writes to a temporary folder
KEY = 'request_id, "row", arm, time'  # as in `request_log.compact`
# Rows that a caller got an answer for: status 0 is gRPC's, and a shadow answers no caller.
ANSWERED = "status IN (0, 200) AND arm <> 'shadow'"
REPLACED = "`mainline log compact` may have replaced files meanwhile; run it again."
HINT = "`make serve` starts a server with a gateway here, and `make ask` asks it."


class LogTable:
    """The rows of some days. `connection` has the view `log`: the log's columns, `time` in UTC.

    Nothing of it reaches the network or loads an extension. Use it as a context manager.
    """

    def __init__(self, store_uri: str, window: Window) -> None:
        """As `opened`."""
        self.window, self._uri = window, store_uri
        store = Store(store_uri)
        files = _files(store, window)
        with ExitStack() as opened:
            folder = opened.enter_context(tempfile.TemporaryDirectory())
            self.connection = opened.enter_context(_connected(folder))
            with self._reading():
                self._view(store, files)
            self.types: dict[str, str] = dict(
                self.connection.sql(
                    "SELECT column_name, column_type FROM (DESCRIBE log)"
                ).fetchall()
            )
            if not self.one("SELECT count(*) FROM log")[0]:
                raise _empty(store, window)
            self._opened = opened.pop_all()

    @classmethod
    def opened(cls, store_uri: str, window: Window) -> Self:
        """The window of a store.

        Raises MainlineError when nothing is logged yet, the window has no rows, or a file cannot be
        read.
        """
        return cls(store_uri, window)

    @property
    def columns(self) -> list[str]:
        """The columns of `log`."""
        return list(self.types)

    def frame(self, sql: str) -> "pd.DataFrame":
        """The answer to a query. Raises DataError when a file cannot be read."""
        with self._reading():
            found: pd.DataFrame = self.connection.sql(sql).df()
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer to a query, as plain values. Raises DataError when a file cannot be read."""
        with self._reading():
            found: list[tuple[Any, ...]] = self.connection.sql(sql).fetchall()
        return found

    def execute(self, sql: str, values: dict[str, Any] | None = None) -> None:
        """Run a statement that makes a table or view. Raises DataError as `rows` does."""
        with self._reading():
            self.connection.execute(sql, values)

    def one(self, sql: str) -> tuple[Any, ...]:
        """The one row that a query answers."""
        return self.rows(sql)[0]

    def close(self) -> None:
        """Release memory and temporary files."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        import duckdb  # noqa: PLC0415  loads its own engine

        try:
            yield
        except duckdb.Error as error:
            text = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise DataError(
                f"the log cannot be read: {text}",
                where=self._uri,
                hint=REPLACED if "IOError" in text else None,  # of pyarrow, which reads the files
            ) from None

    def _view(self, store: Store, files: tuple[list[str], list[str]]) -> None:
        whole, loose = (self._union(store, paths) for paths in files)
        if loose:
            whole = [*whole, *self._once(loose)]
        self.connection.execute(f"CREATE VIEW log AS {' UNION ALL BY NAME '.join(whole)}")

    def _union(self, store: Store, paths: list[str]) -> list[str]:
        """A SELECT for all files of one schema: DuckDB finds the type that holds those of all."""
        found: dict[str, tuple[pa.Schema, list[str]]] = {}
        for path in paths:
            with store.opened(path) as file:
                schema = file.schema_arrow.remove_metadata()
            found.setdefault(schema.to_string(), (schema, []))[1].append(path)
        selects = []
        for schema, alike in found.values():
            name = f"files_{self._count()}"
            with reaching(store.place.uri):
                self.connection.register(name, _dataset(store, schema, alike))
            selects.append(f"SELECT * REPLACE ({TIME}) FROM {name}")
        return selects

    def _once(self, selects: list[str]) -> list[str]:
        """Rows that stand twice are few: only those are compared in all of their key."""
        self.connection.execute(
            f"CREATE VIEW loose AS {' UNION ALL BY NAME '.join(selects)};"
            f"CREATE TEMP TABLE twice AS SELECT hash({KEY}) AS h FROM loose"
            " GROUP BY h HAVING count(*) > 1"
        )
        if not self.connection.sql("SELECT count(*) FROM twice").fetchall()[0][0]:
            return ["SELECT * FROM loose"]
        return [
            f"SELECT * FROM loose WHERE hash({KEY}) NOT IN (FROM twice)",
            f"SELECT DISTINCT ON ({KEY}) * FROM loose WHERE hash({KEY}) IN (FROM twice)",
        ]

    def _count(self) -> int:
        self._registered = getattr(self, "_registered", -1) + 1
        return self._registered


# Without a time zone: with one, DuckDB needs an extension to tell the day.
TIME = "make_timestamp(epoch_us(time)) AS time"


def last_window(store_uri: str, days: int, today: date) -> Window:
    """The last whole days of the log, so many; today, when the log has no other day.

    Raises MainlineError when nothing is logged yet.
    """
    logged = [date.fromisoformat(day) for day in Store(store_uri).days()]
    if not logged:
        raise _nothing(store_uri)
    whole = [day for day in logged if day < today]
    return Window.ending(max(whole or logged), days if whole else 1)


def _files(store: Store, window: Window) -> tuple[list[str], list[str]]:
    """Files of hours that are one compacted file, and of the others, in which rows stand twice."""
    days = store.days()
    if not days:
        raise _nothing(store.place.uri)
    whole: list[str] = []
    loose: list[str] = []
    for day in days:
        if window.first <= date.fromisoformat(day) <= window.last:
            for hour in store.hours(day):
                paths = store.files(hour)
                one = len(paths) == 1 and paths[0].rpartition("/")[2].startswith(COMPACTED)
                (whole if one else loose).extend(paths)
    if not whole and not loose:
        raise _empty(store, window)
    return whole, loose


def _nothing(uri: str) -> MainlineError:
    return MainlineError("no prediction is logged yet.", where=uri, hint=HINT)


def _empty(store: Store, window: Window) -> MainlineError:
    days = store.days()
    return MainlineError(
        f"the log has no rows of {window}.",
        where=store.place.uri,
        hint=f"It has days from {days[0]} to {days[-1]}; --from and --to choose the window.",
    )


def _dataset(store: Store, schema: pa.Schema, paths: list[str]) -> Any:
    return ds.dataset(paths, schema=schema, format="parquet", filesystem=store.system)


@contextmanager
def _connected(folder: str) -> "Iterator[duckdb.DuckDBPyConnection]":
    import duckdb  # noqa: PLC0415  loads its own engine

    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    try:  # after this, nothing can be allowed again
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        yield connection
    finally:
        connection.close()
