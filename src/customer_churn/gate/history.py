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


def judge(
    candidate: Candidate, source: SqlSource, git: Git, base: str | None
) -> tuple[str, list[str]]:
    """Why the batches cannot stand (empty when they can), and what a reviewer has to know.

    Raises UserError when the source, asked for a new batch, does not answer.
    """
    own, theirs = batches.manifest(candidate.root), _of_main(git, base)
    if not (candidate.root / paths.SNAPSHOTS_DVC).is_file():
        return f"{paths.SNAPSHOTS_DVC} is missing, so a merge would lose the batches.", []
    notes = []
    for before in theirs.batches:
        after = own.on(before.as_of)
        if after != before:
            rows = _rows(candidate, source, git, base=str(base), before=before, after=after)
            notes.append(_rewritten(before, after, rows))
    new = [b for b in own.table(candidate.data.as_of) if b != theirs.on(b.as_of)]
    absent = database.absent(source.url, os.environ)
    for batch in new:
        if absent:
            notes.append(
                f"the new batch of {batch.as_of} ({batch.rows:,} rows) was taken on trust: "
                f"{', '.join(absent)} is not set here, so the source could not be asked again."
            )
            continue
        found = _now(candidate, source, batch)
        if found:
            return f"the source, asked again, gives another batch of {batch.as_of}: {found}.", notes
    return "", notes


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


def _rows(
    candidate: Candidate,
    source: SqlSource,
    git: Git,
    *,
    base: str,
    before: Batch,
    after: Batch | None,
) -> str:
    """How many rows differ, as far as main's batch can be had."""
    if after is None:
        return ""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "batch.parquet"
            fetch(git, base, before.path, copy, remotes_of_today=False)
            old: pa.Table = pa.parquet.read_table(copy)
        new = batches.load(candidate.root, after)
        found = difference(old, new, candidate.table.key, source.rename)
    except OutOfReachError:
        return " (main's is out of reach, so nobody knows which rows differ)"
    except (UserError, pa.ArrowException) as error:
        return f" (not compared: {error})"
    return f": {found}" if found else ", with the same values"
