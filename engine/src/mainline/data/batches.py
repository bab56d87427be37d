"""The stored answers of a live source: immutable batches, and the manifest that lists them in git.

A batch holds the rows that became known after the day `since` and up to the day `as_of`, in the
source's own types. A batch without `since` holds all rows up to `as_of`. The table is made of the
newest such batch and the later ones.
"""

import datetime
import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from pydantic import Field, model_validator

from mainline.core import config
from mainline.core.config import Settings
from mainline.core.day import Day
from mainline.core.errors import DataError
from mainline.core.files import read_json
from mainline.core.layout import Layout

MADE_BY = "mainline snapshot"


class Batch(Settings):
    """`sha256` is the hash of the file, `query` the hash of the query's text."""

    as_of: Day
    since: Day | None
    rows: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    query: str = Field(pattern="^[0-9a-f]{64}$")
    source: str

    @property
    def path(self) -> Path:
        """The file, relative to the repository."""
        return Layout.snapshots / f"{self.as_of}.parquet"


class Manifest(Settings):
    """All batches, oldest first."""

    batches: list[Batch]

    @model_validator(mode="after")
    def _in_order(self) -> Any:
        before = None
        for batch in self.batches:
            if before is not None and batch.as_of <= before:
                raise ValueError(f"the batch of {batch.as_of} is listed after that of {before}.")
            if batch.since not in (None, before):
                raise ValueError(
                    f"the batch of {batch.as_of} has since {batch.since}, but the batch before it "
                    f"is of {before}."
                )
            before = batch.as_of
        return self

    def on(self, day: datetime.date) -> Batch | None:
        """The batch of a day."""
        return next((batch for batch in self.batches if batch.as_of == day), None)

    def table(self, as_of: datetime.date) -> list[Batch]:
        """The batches that make the table of a day, oldest first."""
        known = [batch for batch in self.batches if batch.as_of <= as_of]
        whole = [at for at, batch in enumerate(known) if batch.since is None]
        return known[whole[-1] :] if whole else []

    def plain(self) -> dict[str, Any]:
        """Plain values for the JSON file."""
        return self.model_dump(mode="json")


def manifest(root: Path) -> Manifest:
    """What git keeps of the batches. Raises DataError when it is absent or makes no sense."""
    return parse(read_json(Layout(root).manifest, made_by=MADE_BY), name=str(Layout.manifest))


def parse(values: Any, *, name: str) -> Manifest:
    """Parse the manifest of the file called `name`."""
    return config.parse(Manifest, values, name=name)


def load(root: Path, batch: Batch) -> pa.Table:
    """A batch's rows. Raises DataError when the file is not the one that the manifest names."""
    try:
        with (root / batch.path).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise DataError(
            "this batch is missing, and the table needs it.",
            where=batch.path,
            hint=f"`dvc pull {Layout.snapshots_dvc}` (or `make run`) takes it from the DVC remote, "
            "once the person who took it has pushed it.",
        ) from None
    if found != batch.sha256:
        raise DataError(
            f"not the batch that {Layout.manifest} names.",
            found=f"sha256 {found[:12]}",
            expected=batch.sha256[:12],
            where=batch.path,
            hint="Batches never change: bring both back with `git checkout -- "
            f"{Layout.manifest} {Layout.snapshots_dvc}` and `dvc pull {Layout.snapshots_dvc}`, or "
            f"take it anew with `{MADE_BY} --again {batch.as_of}`.",
        )
    table = pa.parquet.read_table(root / batch.path)
    if table.num_rows != batch.rows:
        raise DataError(
            f"not as many rows as {Layout.manifest} says.",
            found=f"{table.num_rows:,}",
            expected=f"{batch.rows:,}",
            where=batch.path,
        )
    return table


def latest(frame: pd.DataFrame, sizes: list[int], key: list[str]) -> pd.DataFrame:
    """For each key, the rows of the newest batch that has it.

    `sizes` are the numbers of rows of the batches, in order. If one batch has a key twice, both
    rows are kept and `validate` refuses the table.
    """
    if len(sizes) < 2 or not set(key) <= set(frame.columns):
        return frame
    number = pd.Series(range(len(sizes))).repeat(sizes).to_numpy()
    newest = frame[key].assign(_batch=number).groupby(key, dropna=False, sort=False)["_batch"]
    kept: pd.DataFrame = frame[newest.transform("max").to_numpy() == number]
    return kept
