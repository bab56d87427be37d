"""Stores batches: each is a file that DVC tracks and an entry in the manifest that git tracks."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from mainline.core.errors import MainlineError
from mainline.core.files import staged, write_json
from mainline.core.layout import Layout
from mainline.data.batches import Batch, Manifest, manifest
from mainline.data.sources import database
from mainline.data.sources.sql import SqlSource
from mainline.dvc.outputs import remote_name


def known(root: Path) -> Manifest:
    """The batches so far; none where nobody has taken any."""
    return manifest(root) if Layout(root).manifest.exists() else Manifest(batches=[])


def write(root: Path, batch: Batch, answer: pa.Table) -> Batch:
    """Write the file of a batch. Returns the batch with the file's hash and number of rows."""
    with staged(root / batch.path) as temporary:
        pa.parquet.write_table(answer, temporary, compression="zstd")
        with temporary.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    return batch.model_copy(update={"sha256": content, "rows": answer.num_rows})


def record(root: Path, batches: list[Batch]) -> None:
    """Let DVC track the files, then write the manifest: a file without an entry does no harm.

    Raises MainlineError when a batch's file is missing: DVC would stop tracking it.
    """
    lost = [str(batch.path) for batch in batches if not _is_here(root, batch)]
    if lost:
        raise MainlineError(
            f"{lost[0]} is missing or another one than {Layout.manifest} names, and DVC would "
            f"forget that: `dvc pull {Layout.snapshots_dvc}`."
        )
    _dvc(root, lambda repo: repo.add(str(Layout(root).snapshots.absolute())))
    write_json(Layout(root).manifest, Manifest(batches=batches).plain())


def _is_here(root: Path, batch: Batch) -> bool:
    try:
        with (root / batch.path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == batch.sha256
    except OSError:
        return False


def new(source: SqlSource, since: Any, as_of: Any) -> Batch:
    """A batch that is not written yet."""
    return Batch(
        as_of=as_of.isoformat(),
        since=since and since.isoformat(),
        rows=0,
        sha256="0" * 64,
        query=source.asked,
        source=database.describe(source.url),
    )


def missing(root: Path) -> list[Batch]:
    """The batches whose files are missing."""
    return [batch for batch in known(root).batches if not (root / batch.path).is_file()]


def prepare(root: Path) -> None:
    """What the pipeline expects before it starts: a manifest, and the batches that it names."""
    if not Layout(root).manifest.exists():  # of a new project, which has no history
        write_json(Layout(root).manifest, Manifest(batches=[]).plain())
    bring(root)


def bring(root: Path) -> None:
    """Take missing batches from the cache or the remote. Raises MainlineError when that fails."""
    if not missing(root) or not Layout(root).snapshots_dvc.is_file():
        return
    target = str(Layout(root).snapshots_dvc.absolute())
    try:
        _dvc(root, lambda repo: repo.pull(targets=[target]))
    except MainlineError as error:
        raise MainlineError(
            f"{len(missing(root))} batch(es) of the source are missing, and DVC cannot download "
            f"them: {error} Run `dvc push` on the machine that has them."
        ) from None


def share(root: Path) -> None:
    """Push the batches to the DVC remote. Raises MainlineError when that fails."""
    _dvc(root, lambda repo: repo.push(targets=[str(Layout(root).snapshots_dvc.absolute())]))


def afterwards(root: Path) -> str:
    """The next steps after a batch: CI and colleagues must be able to download it."""
    share = (
        "`dvc push`"
        if remote_name(root)
        else "set up a DVC remote (docs/continuous-integration.md) and `dvc push`"
    )
    return f"`make run`, check the result, {share}, commit and propose it"


def _dvc(root: Path, action: Callable[[Any], object]) -> None:
    from dvc.repo import Repo  # noqa: PLC0415  half a second, rarely needed

    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        with Repo(str(root)) as repo:
            action(repo)
    except Exception as error:  # DVC, its remotes and fsspec have no common error class
        said = str(error).strip().splitlines()
        raise MainlineError(
            f"DVC failed ({type(error).__name__}: {said[0] if said else ''})."
        ) from None
