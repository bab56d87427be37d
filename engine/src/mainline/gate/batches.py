"""Compares a live source's batches with those on main, and new batches with the source."""

import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from mainline.core.errors import MainlineError, OutOfReachError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.data import batches
from mainline.data.batches import Batch, Manifest
from mainline.data.sources import database
from mainline.data.sources.sql import SqlSource
from mainline.dvc.outputs import fetch
from mainline.gate.candidate import Candidate
from mainline.git import Git
from mainline.snapshots.compare import difference
from mainline.snapshots.read_source import ask

REWRITES = "THIS PROPOSAL REWRITES HISTORY"
SHOWN = 5  # batches with a separate note


def rewritten(candidate: Candidate, git: Git, base: str | None) -> list[str]:
    """One note for each batch of main that this proposal changes or lacks, for any source kind."""
    theirs = _of_main(git, base)
    own = batches.manifest(candidate.root) if theirs.batches else theirs
    pairs = [(before, own.on(before.as_of)) for before in theirs.batches]
    others = [(before, after) for before, after in pairs if after != before]
    notes = [
        _rewritten(before, after, _rows(candidate, git, base=str(base), before=before, after=after))
        for before, after in others[:SHOWN]
    ]
    more = len(others) - SHOWN
    return [*notes, f"{REWRITES}: {more} more batches are changed or gone."] if more > 0 else notes


def on_trust(candidate: Candidate, git: Git, base: str | None) -> list[str]:
    """A note on new batches of a source that is not live. No later proposal will check them."""
    if not (Layout(candidate.root).manifest).exists():
        return []
    why = f"data.source.kind is {candidate.data.source.kind}, which answers no query"
    return _trusted(_new(candidate, git, base), why)


def judge(
    candidate: Candidate, source: SqlSource, git: Git, base: str | None
) -> tuple[str, list[str]]:
    """Why the new batches are refused (empty when they are not), and notes on unchecked ones.

    Batches that today's table leaves out are checked too: a later table may use them, and batches
    on main are not checked again. Raises MainlineError when the source does not answer.
    """
    if not Layout(candidate.root).snapshots_dvc.is_file():
        return f"{Layout.snapshots_dvc} is missing, so a merge would lose the batches.", []
    new = _new(candidate, git, base)
    other = [batch for batch in new if batch.query != source.asked]
    asked = [batch for batch in new if batch.query == source.asked]
    notes = _trusted(other, f"answered another query than {Layout.params} has")
    absent = database.absent(source.url, os.environ)
    if absent:
        why = f"{', '.join(absent)} is not set here, so the source could not be asked again"
        return "", notes + _trusted(asked, why)
    for batch in asked:
        found = _now(candidate, source, batch)
        if found:
            return f"the source now gives another batch of {batch.as_of}: {found}.", notes
    return "", notes


def unchanged(candidate: Candidate, git: Git, commits: list[str]) -> bool:
    """Whether one of these commits has exactly the batches of this proposal."""
    kept = (Layout(candidate.root).manifest).exists()
    own = batches.manifest(candidate.root) if kept else Manifest(batches=[])
    return any(own == _of_main(git, commit) for commit in commits)


def _new(candidate: Candidate, git: Git, base: str | None) -> list[Batch]:
    theirs = _of_main(git, base)
    own = batches.manifest(candidate.root)
    return [batch for batch in own.batches if batch != theirs.on(batch.as_of)]


def _trusted(new: list[Batch], why: str) -> list[str]:
    """One note for all of these batches, to leave room for other notes in the comment."""
    if not new:
        return []
    rows = sum(batch.rows for batch in new)
    which = f"the new batch of {new[0].as_of} ({rows:,} rows) was"
    if len(new) > 1:
        span = f"{new[0].as_of} to {new[-1].as_of}"
        which = f"{len(new)} new batches of {span} ({rows:,} rows) were"
    return [f"{which} taken on trust: {why}."]


def _of_main(git: Git, base: str | None) -> Manifest:
    text = git.show(base, Layout.manifest) if base else None
    if text is None:
        return Manifest(batches=[])
    name = f"{Layout.manifest} at {str(base)[:12]}"
    return batches.parse(read_yaml(text, name=name), name=name)


def _now(candidate: Candidate, source: SqlSource, batch: Batch) -> str:
    answer = ask(source, candidate.root, batch.since, batch.as_of)
    kept = batches.load(candidate.root, batch)
    found = difference(kept, answer, candidate.table.key, source.rename)
    return str(found) if found else ""


def _rewritten(before: Batch, after: Batch | None, rows: str) -> str:
    """The note that makes a rewritten batch visible to reviewers. It does not close the gate."""
    start = f"{REWRITES}: the batch of {before.as_of}"
    if after is None:
        return f"{start}, {before.rows:,} rows on main, is gone."
    if before.sha256 == after.sha256:
        return f"{start} has the same rows, but its record names another query."
    return f"{start} has {after.rows:,} rows, {before.rows:,} on main{rows}."


def _rows(candidate: Candidate, git: Git, *, base: str, before: Batch, after: Batch | None) -> str:
    """How many rows differ, or why that cannot be computed."""
    if after is None:
        return ""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "batch.parquet"
            fetch(git, base, before.path, copy, remotes_of_today=False)
            old: pa.Table = pa.parquet.read_table(copy)
        new = batches.load(candidate.root, after)
        rename: dict[str, str] = getattr(candidate.data.source, "rename", {})
        found = difference(old, new, candidate.table.key, rename)
    except OutOfReachError:
        return " (main's batch is out of reach, so the rows cannot be compared)"
    except (MainlineError, pa.ArrowException) as error:
        return f" (not compared: {error})"
    return f": {found}" if found else ", with the same values"
