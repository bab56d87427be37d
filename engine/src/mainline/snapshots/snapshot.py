"""The command `snapshot`: queries the live source once and stores the answer as a batch."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.table import TableSettings
from mainline.data import batches
from mainline.data.batches import Batch, Manifest
from mainline.data.sources import database
from mainline.data.sources.sql import SqlSource
from mainline.params import params
from mainline.snapshots import again as anew
from mainline.snapshots import keep
from mainline.snapshots.day import a_day, set_as_of
from mainline.snapshots.read_source import ask, checked


@dataclass(frozen=True)
class Live:
    """The live source of a project, and its stored batches."""

    root: Path
    source: SqlSource
    table: TableSettings
    known: Manifest


def run(
    root: Path, *, as_of: str | None = None, check: bool = False, again: str | None = None
) -> bool:
    """Take the next batch, or query old ones again. Returns False when `check` finds changes."""
    settings = params.check(root)
    source = settings.data.source
    if not isinstance(source, SqlSource):
        raise MainlineError(
            f"data.source.kind is '{source.kind}', which every run reads directly. Snapshots are "
            "for a live source (kind: sql)."
        )
    if check + (again is not None) + (as_of is not None) > 1:
        raise MainlineError("--check, --again and --as-of exclude each other; use one.")
    live = Live(root, source, settings.table, keep.known(root))
    if again is None or [str(batch.as_of) for batch in keep.missing(root)] != [again]:
        keep.bring(root)
    if check:
        return anew.check(root, source, settings.table, live.known)
    if again is not None:
        anew.take(root, source, settings.table, live.known, a_day(again, "--again"))
        return True
    _next(live, a_day(as_of, "--as-of") if as_of is not None else settings.data.as_of)
    return True


def _next(live: Live, as_of: datetime.date) -> None:
    newest = live.known.batches[-1] if live.known.batches else None
    if not _wanted(live, newest, as_of):
        if set_as_of(live.root, as_of):  # after an interrupted run, or for an earlier day
            say("next", _done(live, as_of))
        return
    since = newest.as_of if newest and _goes_on(live, newest) else None
    batch = keep.new(live.source, since, as_of)
    say("snapshot", f"asking {batch.source}, {_span(since, as_of)}")
    answer = checked(ask(live.source, live.root, since, as_of), live.source, live.table)
    if since is None and not answer.num_rows:
        raise MainlineError(f"data.source.query gives no row up to {as_of}; nothing was kept.")
    if since is not None and newest is not None:
        _fitting(batches.load(live.root, newest).column_names, answer.column_names)
    batch = keep.write(live.root, batch, answer)
    keep.record(live.root, [*live.known.batches, batch])
    say("snapshot", f"{batch.rows:,} rows: {batch.path}, {_span(since, as_of)}")
    set_as_of(live.root, as_of)
    say("next", _done(live, as_of))


def _done(live: Live, as_of: datetime.date) -> str:
    return f'data.as_of in {Layout.params} is "{as_of}": {keep.afterwards(live.root)}'


def _wanted(live: Live, newest: Batch | None, as_of: datetime.date) -> bool:
    """Whether a query is needed. Raises MainlineError when this day must not be queried."""
    today = datetime.datetime.now().astimezone().date()
    if as_of > today:
        raise MainlineError(f"{as_of} is in the future (today is {today}).")
    if as_of == today:
        say("snapshot", "today is not over: rows that become known later today are never read")
    if newest is None or as_of > newest.as_of:
        return True
    if as_of < newest.as_of:
        raise MainlineError(
            f"the newest batch is as of {newest.as_of}; {as_of} is earlier. Name a later day. "
            "`--again DAY` reads the batch of a day again."
        )
    if newest.query != live.source.asked:
        raise MainlineError(
            f"the batch of {as_of} answers another query than the one in {Layout.params}. "
            f"`--again {as_of}` asks this one for everything up to that day."
        )
    say("snapshot", f"the batch of {as_of} exists; for a later one: `make snapshot AS_OF=…`")
    return False


def _goes_on(live: Live, newest: Batch) -> bool:
    """Whether the stored batches have this source and query. If not, all rows are read again."""
    if newest.query != live.source.asked:
        say("snapshot", "the query has changed: all rows are read, not only new ones")
        return False
    address = database.describe(live.source.url)
    if newest.source != address:
        say("snapshot", f"the source changed from {newest.source} to {address}: all rows are read")
        return False
    return live.source.incremental


def _fitting(before: list[str], now: list[str]) -> None:
    if sorted(before) != sorted(now):
        odd = sorted(set(before) ^ set(now))
        raise MainlineError(
            f"the source's columns have changed since the newest batch: {', '.join(odd)} is only "
            "on one side. Name the columns in data.source.query instead of *; after a change of "
            "the query all rows are read again."
        )


def _span(since: datetime.date | None, as_of: datetime.date) -> str:
    return f"all rows up to {as_of}" if since is None else f"rows after {since} up to {as_of}"
