"""The output folder: whole files only, and one set of scores.

A file is written under a name that begins with a dot and moved to its own name when it is
complete, the scores first, their manifest second. In S3 a killed upload leaves no object. A
temporary file that nothing has written to for an hour is removed by the next run of its partition.

Programs that read a folder of Parquet files pass over names that begin with a dot or `_`, so they
see neither temporary files nor manifests.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
from pyarrow import fs

from mainline.core.errors import DataError
from mainline.core.places import Place, reaching
from mainline.scoring import manifest
from mainline.scoring.partition import Partition

OURS = re.compile(r"_?part-(\d{4})-of-(\d{4})\.(parquet|json)")
LEFT = timedelta(hours=1)


class Output:
    """The files of one partition, `scores` and `manifest`, beside those of the others."""

    def __init__(self, place: Place, partition: Partition) -> None:
        """Nothing is written yet."""
        self.place, self._system, self._stem = place, place.system, partition.stem
        self._count = partition.count
        self.scores, self.manifest = f"{self._stem}.parquet", f"_{self._stem}.json"

    def finished(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """The manifest of an earlier run with the identity `wanted`; None when work is left.

        Raises DataError when the folder holds scores of another model, input or division. After a
        run this finds those that another run has put there meanwhile.
        """
        with reaching(self.place.uri):
            names = self._names()
            self._check_others(names, wanted)
            if self.scores in names:
                there = self._identity(self.scores)
                manifest.refuse(there, wanted, self._named(self.scores), same=True)
            if self.manifest not in names:
                return None
            found = self._manifest(self.manifest)
            manifest.refuse(found, wanted, self._named(self.manifest), same=True)
            return found if self.scores in names else None

    @contextmanager
    def writing(self, name: str) -> Iterator[Any]:
        """Yield a stream; the file `name` is there when the block is left without an error."""
        temporary = self._path(f".{name}.{uuid.uuid4().hex[:12]}")
        with reaching(self._named(name)):
            if not self.place.remote:
                self._system.create_dir(self.place.path, recursive=True)
            self._sweep(name)
            stream = self._system.open_output_stream(temporary)
            try:
                yield stream
                stream.close()
                self._system.move(temporary, self._path(name))
            except BaseException:
                with suppress(OSError):
                    stream.close()  # in S3 this completes the temporary object
                with suppress(OSError):
                    self._system.delete_file(temporary)
                raise

    def _names(self) -> set[str]:
        about = self._system.get_file_info(self.place.path)
        if about.type == fs.FileType.File:
            raise DataError("is a file; the output is a folder.", where=self.place.uri)
        return {each.base_name for each in self._listed() if OURS.fullmatch(each.base_name)}

    def _listed(self) -> list[Any]:
        found: list[Any] = self._system.get_file_info(
            fs.FileSelector(self.place.path, allow_not_found=True)
        )
        return found

    def _check_others(self, names: set[str], wanted: dict[str, Any]) -> None:
        for name in sorted(names):
            found = OURS.fullmatch(name)
            if found and int(found[2]) != self._count:
                raise DataError(
                    f"is one of {int(found[2])} partitions; this run makes {self._count}.",
                    where=self._named(name),
                    hint=manifest.HINT,
                )
        others = sorted(name for name in names if name.endswith(".json") and name != self.manifest)
        for name in others[:1]:  # each run holds itself to this one
            there = self._manifest(name)
            manifest.refuse(there, wanted, self._named(name), same=False)

    def _manifest(self, name: str) -> dict[str, Any]:
        where, path = self._named(name), self._path(name)
        with reaching(where), self._system.open_input_stream(path) as stream:
            text = stream.read().decode(errors="replace")
        return manifest.parsed(text, where)

    def _identity(self, name: str) -> dict[str, Any]:
        where, path = self._named(name), self._path(name)
        with reaching(where), self._system.open_input_file(path) as stream:
            about = pq.read_metadata(stream).metadata or {}
        return manifest.parsed(about.get(manifest.KEY, b"").decode(), where)

    def _sweep(self, name: str) -> None:
        for each in self._listed():
            if each.base_name.startswith(f".{name}.") and each.mtime < datetime.now(UTC) - LEFT:
                with suppress(OSError):
                    self._system.delete_file(each.path)

    def _path(self, name: str) -> str:
        return f"{self.place.path}/{name}"

    def _named(self, name: str) -> str:
        return self.place.named(self._path(name))
