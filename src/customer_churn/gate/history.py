"""The batches of a live source beside those that main has, and the new ones beside the source."""

import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.strict_yaml import read_yaml
from customer_churn.data import batches
from customer_churn.data.batches import Batch, Manifest
from customer_churn.data.sources import database
from customer_churn.data.sources.sql import SqlSource
from customer_churn.gate.candidate import Candidate
from customer_churn.git import Git
from customer_churn.snapshots.ask import ask
from customer_churn.snapshots.compare import difference
from customer_churn.stored import OutOfReachError, fetch


def rewritten(candidate: Candidate, git: Git, base: str | None) -> list[str]:
    """Main's batches that this proposal changes or lacks, whatever its source is now."""
    theirs = _of_main(git, base)
    own = batches.manifest(candidate.root) if theirs.batches else theirs
    return [
        _rewritten(before, after, _rows(candidate, git, base=str(base), before=before, after=after))
        for before in theirs.batches
        if (after := own.on(before.as_of)) != before
    ]


def on_trust(candidate: Candidate, git: Git, base: str | None) -> list[str]:
    """New batches beside a source that is not live: later proposals would not ask for them."""
    if not (candidate.root / paths.MANIFEST).exists():
        return []
    why = f"data.source.kind is {candidate.data.source.kind}, which answers no query"
    return [_trusted(batch, why) for batch in _new(candidate, git, base)]


def judge(
    candidate: Candidate, source: SqlSource, git: Git, base: str | None
) -> tuple[str, list[str]]:
    """Why the new batches cannot stand (empty when they can), and those taken on trust.

    One that the table of today leaves out counts as well: a later table would hold it, and nobody
    asks for a batch that main has. Raises UserError when the source does not answer.
    """
    if not (candidate.root / paths.SNAPSHOTS_DVC).is_file():
        return f"{paths.SNAPSHOTS_DVC} is missing, so a merge would lose the batches.", []
    notes = []
    absent = database.absent(source.url, os.environ)
    for batch in _new(candidate, git, base):
        if batch.query != source.asked:
            notes.append(_trusted(batch, f"it answers another query than {paths.PARAMS} has"))
            continue
        if absent:
            why = f"{', '.join(absent)} is not set here, so the source could not be asked again"
            notes.append(_trusted(batch, why))
            continue
        found = _now(candidate, source, batch)
        if found:
            return f"the source, asked again, gives another batch of {batch.as_of}: {found}.", notes
    return "", notes


def unchanged(candidate: Candidate, git: Git, commits: list[str]) -> bool:
    """Whether one of these commits had the very batches of this proposal."""
    kept = (candidate.root / paths.MANIFEST).exists()
    own = batches.manifest(candidate.root) if kept else Manifest(batches=[])
    return any(own == _of_main(git, commit) for commit in commits)


def _new(candidate: Candidate, git: Git, base: str | None) -> list[Batch]:
    theirs = _of_main(git, base)
    own = batches.manifest(candidate.root)
    return [batch for batch in own.batches if batch != theirs.on(batch.as_of)]


def _trusted(batch: Batch, why: str) -> str:
    return f"the new batch of {batch.as_of} ({batch.rows:,} rows) was taken on trust: {why}."


def _of_main(git: Git, base: str | None) -> Manifest:
    text = git.show(base, paths.MANIFEST) if base else None
    if text is None:
        return Manifest(batches=[])
    name = f"{paths.MANIFEST} at {str(base)[:12]}"
    return batches.parse(read_yaml(text, name=name), name=name)


def _now(candidate: Candidate, source: SqlSource, batch: Batch) -> str:
    answer = ask(source, candidate.root, batch.since, batch.as_of)
    kept = batches.load(candidate.root, batch)
    found = difference(kept, answer, candidate.table.key, source.rename)
    return str(found) if found else ""


def _rewritten(before: Batch, after: Batch | None, rows: str) -> str:
    """History that changes is a proposal like any other, but never one that nobody sees."""
    start = f"THIS PROPOSAL REWRITES HISTORY: the batch of {before.as_of}"
    if after is None:
        return f"{start}, {before.rows:,} rows on main, is gone."
    if before.sha256 == after.sha256:
        return f"{start} has the same rows, but is said to answer another question."
    return f"{start} has {after.rows:,} rows, {before.rows:,} on main{rows}."


def _rows(candidate: Candidate, git: Git, *, base: str, before: Batch, after: Batch | None) -> str:
    """How many rows differ, as far as main's batch can be had."""
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
        return " (main's is out of reach, so nobody knows which rows differ)"
    except (UserError, pa.ArrowException) as error:
        return f" (not compared: {error})"
    return f": {found}" if found else ", with the same values"
