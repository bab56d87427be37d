"""A query to a database, read from the batches that the command `snapshot` took of it.

Nothing here opens a connection: what a database says today must not decide what a stage makes.
"""

import datetime
import re
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from mainline.core import config
from mainline.core.config import Settings
from mainline.core.errors import DataError
from mainline.core.files import sha256
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data import batches
from mainline.data.sources import database
from mainline.data.sources.columns import cleaned, renamed, to_frame
from mainline.data.sources.merged import merged
from mainline.data.sources.raw import Raw

_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")  # as SQLAlchemy finds them: `::date` is none
SINCE, AS_OF = "since", "as_of"


class SqlSource(Settings):
    """`url` is SQLAlchemy's; `${NAME}` in it is taken from the environment.

    `query` gives what became known after the day `:since` up to the day `:as_of`. Without `:since`
    it gives the whole table each time. `rename` maps the query's column names to ours.
    """

    kind: Literal["sql"] = "sql"
    url: str
    query: str
    rename: dict[str, str] = {}

    @field_validator("url")
    @classmethod
    def _without_secrets(cls, url: str) -> str:
        return database.check(url)

    @field_validator("query")
    @classmethod
    def _bounded(cls, query: str) -> str:
        named = set(_PARAMETER.findall(query))
        unknown = sorted(named - {SINCE, AS_OF})
        if unknown:
            raise ValueError(
                f"':{unknown[0]}' has no value; :since and :as_of have one. A colon that begins "
                r"no parameter is written \: there."
            )
        if AS_OF not in named:
            raise ValueError(
                "it does not use :as_of, so it would give something else every day; add for "
                "example `WHERE known_on > :since AND known_on <= :as_of`."
            )
        return query

    @property
    def incremental(self) -> bool:
        """Whether a batch holds only what is new."""
        return SINCE in _PARAMETER.findall(self.query)

    @property
    def asked(self) -> str:
        """What a batch remembers of the query."""
        return sha256(self.query.strip().encode())

    def read(self, as_of: datetime.date, root: Path) -> Raw:
        """The table as it was known on `as_of`. Raises DataError when the batches do not say."""
        taken = self.taken(as_of, root)
        parts = {str(batch.path): batches.load(root, batch) for batch in taken}
        sizes = [part.num_rows for part in parts.values()]
        table = merged(parts)
        parts.clear()
        total = table.num_rows
        where = f"SQL {taken[-1].source}"
        frame = renamed(cleaned(to_frame(table), [""]), self.rename, where)
        key = config.section(root, "table", TableSettings).key
        frame = batches.latest(frame, sizes, key)
        return Raw(
            frame,
            f"{where}, {len(taken)} batch{'es' if len(taken) > 1 else ''} up to {as_of}",
            {"superseded": total - len(frame)},
        )

    def taken(self, as_of: datetime.date, root: Path) -> list[batches.Batch]:
        """The batches that make the table. Raises DataError when they are not what is asked for."""
        known = batches.manifest(root)
        newest = known.on(as_of)
        if newest is None:
            days = ", ".join(str(batch.as_of) for batch in known.batches[-3:]) or "none"
            raise DataError(
                f"{Layout.manifest} has no batch as of {as_of} (data.as_of); the newest are: "
                f"{days}. `make snapshot` asks the source for it, once."
            )
        found = known.table(as_of)
        other = [batch for batch in found if batch.query != self.asked]
        if other or not found:
            raise DataError(
                f"data.source.query is not the query that the batch of {as_of} answers. "
                f"`{batches.MADE_BY} --again {as_of}` asks this one for everything up to that day; "
                f"`make snapshot AS_OF=…` does for a later one."
            )
        return found
