"""The command `score`: scores for rows in Parquet files, one partition of them at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq

from mainline.core import config
from mainline.core.errors import DataError
from mainline.core.progress import Progress, say
from mainline.core.table import TableSettings
from mainline.packaging.settings import operations
from mainline.release.release_file import Release
from mainline.scoring import columns, manifest, scored
from mainline.scoring.checked import checked
from mainline.scoring.output import Output
from mainline.scoring.parquet_input import Source
from mainline.scoring.partition import Partition
from mainline.scoring.released import released
from mainline.scoring.scores import BatchScorer, Scores

BATCH = 16_384  # rows, and a row group of the scores: an ensemble is wide
SHOWN = 5  # failed rows that are printed
Item = TypeVar("Item")


def run(
    root: Path,
    *,
    source: str,
    into: str,
    partition: str = "1/1",
    environment: str | None = None,
    allow_failed: int = 0,
) -> None:
    """Score the partition `k/n` of the Parquet file or folder `source` into the folder `into`.

    Both are local paths or `s3://bucket/prefix`. A finished partition is skipped. A row that the
    model refuses gets no score but a reason. Raises MainlineError when something cannot be read,
    scored or written, and when more than `allow_failed` rows failed; the output is whole then.
    """
    share = Partition.parse(partition)
    rows, target = checked(source, into, allow_failed)
    settings = config.section(root, "table", TableSettings)
    with (
        released(root, environment) as (release, directory),
        closing(BatchScorer(directory, operations(root))) as scorer,
    ):
        work = _Work(rows, scorer, release, settings, share)
        done = Output(target, share)
        found = done.finished(work.identity)
        if found is not None:
            say("score", f"{share} is finished: {done.scores} and its manifest are there")
            failed = int(found["failed"])
        else:
            failed = work.write(done)
            say("score", work.told(failed))
    where = target.named(f"{target.path}/{done.scores}")
    if failed > allow_failed:
        raise DataError(
            f"{failed:,} of {work.count:,} rows have no score; --allow-failed is {allow_failed:,}.",
            where=where,
            hint="The column `error` says why.",
        )


class _Work:
    """One partition: what is read, by what it is scored, what is written."""

    def __init__(
        self,
        source: Source,
        scorer: BatchScorer,
        release: Release,
        settings: TableSettings,
        share: Partition,
    ) -> None:
        self.source, self.scorer, self.release, self.share = source, scorer, release, share
        schema = source.files[0].schema
        self.keys = [name for name in settings.key if name != settings.time or name in schema.names]
        for file in source.files:
            where = source.place.named(file.path)
            columns.check(file.schema, scorer.inputs, self.keys, where)
            for name in self.keys:
                if file.schema.field(name).type != schema.field(name).type:
                    raise DataError(
                        f"column '{name}' has the wrong type.",
                        where=where,
                        found=file.schema.field(name).type,
                        expected=f"{schema.field(name).type}, as in the first file",
                    )
        self.columns = list(dict.fromkeys([*self.keys, *scorer.inputs]))
        self.groups = source.share(share)
        self.count = sum(group.rows for group in self.groups)
        self.identity = self._identity()
        width = scorer.row[0] if scorer.row else 0
        fields = [schema.field(name).remove_metadata() for name in self.keys]
        self.schema = scored.schema(fields, labelled=scorer.labelled, width=width)

    def _identity(self) -> dict[str, Any]:
        return manifest.shared(self.release, self.source) | {
            "columns": {"key": self.keys, "model": list(self.scorer.inputs)},
            "partition": {
                "number": self.share.number,
                "count": self.share.count,
                "first_row": self.groups[0].start + 1 if self.groups else None,
                "rows": self.count,
                "content": self.source.hashed(self.groups, self.columns),
            },
        }

    def write(self, output: Output) -> int:
        """Score, write the scores and the manifest. Returns the number of failed rows."""
        described = self.schema.with_metadata({manifest.KEY: manifest.text(self.identity, 0)})
        failed = 0
        progress = Progress("score", "rows", self.count)
        with (
            output.writing(output.scores) as stream,
            progress,
            pq.ParquetWriter(
                stream, described, use_dictionary=scored.REPEATED, **scored.STORED
            ) as writer,
        ):
            for batch, errors in self._scored():
                writer.write_batch(batch)
                for row in list(errors)[: max(0, SHOWN - failed)]:
                    self._tell(batch, row, errors[row])
                failed += len(errors)
                progress.step(batch.num_rows)
            self.source.unchanged()
            output.finished(self.identity)  # another run's scores, finished meanwhile, stay
        with output.writing(output.manifest) as stream:
            stream.write(manifest.text(self.identity, failed).encode())
        output.finished(self.identity)
        return failed

    def told(self, failed: int) -> str:
        """What was done, in one line."""
        if not self.groups:
            return f"{self.share} is empty: the input has {len(self.source.groups)} row groups"
        lacking = f", {failed:,} without a score" if failed else ""
        return f"{self.count:,} rows by {self.release.name} {self.release.version}{lacking}"

    def _tell(self, batch: Any, row: int, reason: str) -> None:
        key = ", ".join(f"{name} {batch.column(name)[row]}" for name in self.keys)
        say("score", f"row {batch.column(scored.ROW)[row]} ({key}) has no score: {reason}")

    def _scored(self) -> Iterator[tuple[Any, dict[int, str]]]:
        first = self.groups[0].start + 1 if self.groups else 1
        version = int(self.release.version)
        for keys, found in _ahead(self._answers()):
            yield scored.batch(self.schema, first, version, keys, found), found.errors
            first += len(found.scores)

    def _answers(self) -> Iterator[tuple[list[Any], Scores]]:
        for keys, arrays in _ahead(self._read()):
            yield keys, self.scorer.score(arrays)

    def _read(self) -> Iterator[tuple[list[Any], dict[str, np.ndarray]]]:
        texts = [name for name in columns.texts(self.scorer.inputs) if name not in self.keys]
        for batch in self.source.read(self.groups, self.columns, texts, BATCH):
            keys = [batch.column(name) for name in self.keys]
            yield keys, columns.arrays(batch, self.scorer.inputs)


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, the next one made in a thread while one is used."""
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = thread.submit(next, items, None)
            yield item
