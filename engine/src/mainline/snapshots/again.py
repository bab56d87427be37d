"""Queries old batches again: `--check` shows differences, `--again` replaces a batch."""

import datetime
from pathlib import Path

import pyarrow as pa

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.table import TableSettings
from mainline.data import batches
from mainline.data.batches import Batch, Manifest
from mainline.data.sources.sql import SqlSource
from mainline.snapshots import keep
from mainline.snapshots.compare import difference
from mainline.snapshots.read_source import ask, checked


def check(root: Path, source: SqlSource, table: TableSettings, known: Manifest) -> bool:
    """Query every batch of the newest table again. Returns whether all are unchanged."""
    if not known.batches:
        raise MainlineError("no batch was taken yet; `make snapshot` takes the first.")
    newest = known.batches[-1].as_of
    current = known.table(newest)
    old = [batch for batch in known.batches if batch not in current]
    if old:
        say("snapshot", f"{old[0].as_of} to {old[-1].as_of}: no table uses them; not queried")
    # Not `all`, which would stop at the first.
    return sum([_other(root, source, table, batch) for batch in current]) == 0


def take(
    root: Path, source: SqlSource, table: TableSettings, known: Manifest, day: datetime.date
) -> None:
    """Query the batch of a day again and replace it.

    Raises MainlineError when that day has no batch, or its batch cannot be replaced.
    """
    before = known.on(day)
    if before is None:
        days = ", ".join(str(batch.as_of) for batch in known.batches) or "none"
        raise MainlineError(f"--again: there is no batch of {day}; there are: {days}.")
    since = _since(source, known, before)
    answer = checked(ask(source, root, since, day), source, table)
    if not answer.num_rows and since is None:
        raise MainlineError(f"data.source.query gives no row up to {day}; the batch is kept.")
    after = keep.new(source, since, day)
    asked_so = before.query == after.query and before.since == since
    if asked_so and _says_the_same(root, before, answer, source, table):
        return
    after = keep.write(root, after, answer)
    keep.record(root, [after if batch is before else batch for batch in known.batches])
    say("snapshot", f"{day}: {after.rows:,} rows now, {before.rows:,} before")
    say("next", keep.afterwards(root))


def _says_the_same(
    root: Path, before: Batch, answer: pa.Table, source: SqlSource, table: TableSettings
) -> bool:
    try:
        found = difference(batches.load(root, before), answer, table.key, source.rename)
    except MainlineError as error:  # this command also replaces a lost or damaged batch
        say("snapshot", f"{before.as_of}: not compared: {error}")
        return False
    what = found.with_examples() if found else "the source gives the same rows; the batch is kept"
    say("snapshot", f"{before.as_of}: {what}")
    return not found


def _since(source: SqlSource, known: Manifest, before: Batch) -> datetime.date | None:
    """The day after which the batch begins; None for all days.

    A changed query has to read all days. That is possible only for the newest batch: later batches
    would build on other rows. Raises MainlineError for an earlier one.
    """
    if before.query == source.asked:
        return before.since
    if before is not known.batches[-1]:
        raise MainlineError(
            f"--again: the batch of {before.as_of} answers another query than the one in "
            f"{Layout.params}, and later ones build on it. Take the newest one anew instead: "
            f"--again {known.batches[-1].as_of}."
        )
    return None


def _other(root: Path, source: SqlSource, table: TableSettings, batch: Batch) -> bool:
    if batch.query != source.asked:
        say("snapshot", f"{batch.as_of}: answers another query than {Layout.params} has; not asked")
        return True
    answer = ask(source, root, batch.since, batch.as_of)
    found = difference(batches.load(root, batch), answer, table.key, source.rename)
    if found:
        say("snapshot", f"{batch.as_of}: the source has changed: {found.with_examples()}")
        say("", f"`{batches.MADE_BY} --again {batch.as_of}` replaces the batch")
        return True
    say("snapshot", f"{batch.as_of}: {batch.rows:,} rows, the same")
    return False
