"""A read-only connection to the database of `data.source.url`, with errors that help.

SQLAlchemy and drivers are imported only here: stages must not need them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mainline.core.errors import MainlineError
from mainline.data.sources import database
from mainline.data.sources.sql import SqlSource

PATIENCE = 15  # seconds to wait for a host


@contextmanager
def connected(source: SqlSource, root: Path) -> Iterator[Any]:
    """A SQLAlchemy connection for reading. All errors are raised as MainlineError."""
    import sqlalchemy  # noqa: PLC0415

    where = database.describe(source.url)
    url = database.filled(source.url, os.environ)
    try:
        address = _local(sqlalchemy.make_url(url), root)
        engine = sqlalchemy.create_engine(address, connect_args=_patience(address))
    except ModuleNotFoundError as error:
        raise MainlineError(
            f"data.source.url needs the driver '{error.name}', which is not installed. Add it to "
            "the `loop` list of pyproject.toml, `make lock`; PostgreSQL's and SQLite's are there."
        ) from None
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        said = database.masked(str(error), source.url, os.environ)
        raise MainlineError(
            f"data.source.url is not a valid address for SQLAlchemy: {said}"
        ) from None
    try:
        with engine.connect() as connection:
            yield connection
    except sqlalchemy.exc.DBAPIError as error:
        raise MainlineError(f"{where}: {_said(error, source.url)}") from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        said = database.masked(str(error).splitlines()[0], source.url, os.environ)
        raise MainlineError(f"{where}: {said}") from None
    finally:
        engine.dispose()


def _local(address: Any, root: Path) -> Any:
    """Open SQLite's file, relative to `root`, read-only: SQLite would create a missing file."""
    if address.get_backend_name() != "sqlite":
        return address
    name = address.database or ""
    path = (root / name).absolute()
    if name in ("", ":memory:") or not path.is_file():
        raise MainlineError(f"data.source.url: there is no SQLite file '{name or ':memory:'}'.")
    return address.set(database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})


def _patience(address: Any) -> dict[str, Any]:
    if address.get_backend_name() == "postgresql" and "connect_timeout" not in address.query:
        return {"connect_timeout": PATIENCE}
    return {}


def _said(error: Any, url: str) -> str:
    """The driver's message, without the query and without secrets."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    said = " ".join(lines[:4]) or type(error.orig).__name__
    return database.masked(said, url, os.environ)
