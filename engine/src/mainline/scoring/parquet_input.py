"""The input: Parquet files in the order of their names, their row groups, and rows in batches.

An input is named by its content: the size and the footer of each file (the footer holds the place,
the size and the range of values of every column chunk), and in S3 the ETag. A partition of a local
input also has the SHA-256 of the column chunks that it reads. Nothing reads what other partitions
score, and no object in S3 is read twice.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from mainline.core.errors import DataError
from mainline.core.places import Place, cause, reaching
from mainline.scoring.partition import Partition

AT_ONCE = 16  # footers; S3 answers each after tens of milliseconds
TAIL = 8  # bytes behind the footer: its length and the magic number


@dataclass(frozen=True)
class File:
    """One Parquet file as it was when the run began."""

    path: str
    stamp: tuple[str, ...]
    content: str
    metadata: Any
    schema: Any


@dataclass(frozen=True)
class Group:
    """A row group: its file, its place in there, and its first row in the whole input."""

    file: File
    place: int
    start: int
    rows: int


class Source:
    """The files of an input."""

    def __init__(self, place: Place) -> None:
        """Read every footer. Raises DataError when there is no Parquet file or one is damaged."""
        self.place = place
        with reaching(place.uri), ThreadPoolExecutor(AT_ONCE) as threads:
            self.files = list(threads.map(self._file, self._found()))
        self.groups: list[Group] = []
        self.rows = 0
        for file in self.files:
            for number in range(file.metadata.num_row_groups):
                rows = file.metadata.row_group(number).num_rows
                self.groups.append(Group(file, number, self.rows, rows))
                self.rows += rows

    @property
    def content(self) -> str:
        """The whole input's hash: `sha256:` over the files' sizes, footers and ETags, in order."""
        lines = "".join(f"{file.content}\n" for file in self.files)
        return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"

    def share(self, partition: Partition) -> list[Group]:
        """The row groups of a partition, in order."""
        return [
            group for group in self.groups if partition.owns(group.start, group.rows, self.rows)
        ]

    def read(
        self, groups: list[Group], columns: Sequence[str], texts: Sequence[str], size: int
    ) -> Iterator[Any]:
        """Record batches of at most `size` rows; `texts` come with a dictionary of their values.

        Raises DataError when a page is damaged.
        """
        for path, of in groupby(groups, key=lambda group: group.file.path):
            where = self.place.named(path)
            places = [group.place for group in of]
            try:
                with self.place.system.open_input_file(path) as stream:
                    yield from self._opened(stream, texts).iter_batches(
                        size, row_groups=places, columns=list(columns)
                    )
            except (OSError, pa.ArrowException) as error:
                self.unchanged()
                raise DataError(f"damaged: {cause(error)}", where=where) from None

    def hashed(self, groups: list[Group], columns: Sequence[str]) -> str:
        """`sha256:` over the column chunks that `read` reads; of S3 over their files' ETags."""
        found = hashlib.sha256()
        for path, of in groupby(groups, key=lambda group: group.file.path):
            with reaching(self.place.named(path)), self.place.system.open_input_file(path) as file:
                for group in of:
                    found.update(f"{group.file.content} {group.place}\n".encode())
                    for start, length in () if self.place.remote else _chunks(group, columns):
                        found.update(file.read_at(length, start))
        return f"sha256:{found.hexdigest()}"

    def unchanged(self) -> None:
        """Raises DataError when a file is not what it was when the run began."""
        for file in self.files:
            if self._stamp(file.path) != file.stamp:
                raise DataError(
                    "changed while it was read.",
                    where=self.place.named(file.path),
                    hint="Run the command again when nothing writes the input.",
                )

    def _opened(self, stream: Any, texts: Sequence[str] = ()) -> Any:
        return pq.ParquetFile(
            stream,
            read_dictionary=list(texts),
            pre_buffer=self.place.remote,
            page_checksum_verification=True,
        )

    def _found(self) -> list[str]:
        system, path = self.place.system, self.place.path
        about = system.get_file_info(path)
        if about.type == fs.FileType.File:
            return [path]
        if about.type == fs.FileType.NotFound:
            raise DataError("does not exist.", where=self.place.uri)
        below = system.get_file_info(fs.FileSelector(path, recursive=True))
        found = sorted(each.path for each in below if _is_parquet(each, path))
        if not found:
            raise DataError(
                "has no Parquet file.", where=self.place.uri, hint="Their names end in .parquet."
            )
        return found

    def _file(self, path: str) -> File:
        stamp = self._stamp(path)
        try:
            with self.place.system.open_input_file(path) as stream:
                size = stream.size()
                metadata = pq.read_metadata(stream)
                length = metadata.serialized_size
                footer = stream.read_at(length, size - TAIL - length)
                schema = self._opened(stream).schema_arrow
        except (OSError, pa.ArrowException) as error:
            where = self.place.named(path)
            raise DataError(f"no Parquet file: {cause(error)}", where=where) from None
        content = " ".join([str(size), hashlib.sha256(footer).hexdigest(), *stamp[2:]])
        return File(path, stamp, content, metadata, schema)

    def _stamp(self, path: str) -> tuple[str, ...]:
        about = self.place.system.get_file_info(path)
        stamp = (str(about.size), str(about.mtime_ns))
        if not self.place.remote:
            return stamp
        with self.place.system.open_input_file(path) as stream:
            return (*stamp, (stream.metadata() or {}).get(b"ETag", b"").decode())


def _is_parquet(about: Any, root: str) -> bool:
    below = PurePosixPath(about.path).relative_to(PurePosixPath(root))
    hidden = any(part.startswith(("_", ".")) for part in below.parts)
    return about.type == fs.FileType.File and below.suffix == ".parquet" and not hidden


def _chunks(group: Group, columns: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Place and length in bytes of the columns' chunks."""
    about = group.file.metadata.row_group(group.place)
    for number in range(about.num_columns):
        chunk = about.column(number)
        if chunk.path_in_schema.split(".")[0] in columns:
            first = chunk.dictionary_page_offset
            start = chunk.data_page_offset if first is None else min(first, chunk.data_page_offset)
            yield start, chunk.total_compressed_size
