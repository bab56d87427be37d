"""The log's folders and files in the store: `day=2026-11-29/hour=20/NAME.parquet`."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from mainline.core.errors import DataError
from mainline.core.places import GCS, Place, reaching
from mainline.request_log.durable import sync
from mainline.request_log.ids import uuid7

_DAY, _HOUR = re.compile(r"day=(\d{4}-\d\d-\d\d)"), re.compile(r"hour=(\d\d)")
ENDING = ".parquet"
LEFT = timedelta(hours=1)  # a temporary file of this age belongs to a killed process


class Store:
    """Files of the log, here or in a bucket. Every method raises DataError for what fails there."""

    def __init__(self, uri: str) -> None:
        self.place = Place.of(uri)
        self.system = self.place.system

    def put(self, hour: int, name: str, content: pa.Buffer) -> None:
        """Put a whole file into the folder of an hour; an older one of this name is replaced."""
        with self.writing(hour, name) as stream:
            stream.write(content)
        path = self._path(hour, name)
        with reaching(self.place.named(path)):
            if self.system.get_file_info(path).size != content.size:
                raise DataError("has another size than what was written.")

    @contextmanager
    def writing(self, hour: int, name: str) -> Iterator[Any]:
        """Yield a stream. The file is there when the block is left; after an error it is not.

        In a folder it is on the disk then.
        """
        path = self._path(hour, name)
        folder = path.rpartition("/")[0]
        temporary = path if self.place.remote else f"{folder}/.{name}.{uuid7()}"
        with reaching(self.place.named(path)):
            if not self.place.remote:
                self.system.create_dir(folder, recursive=True)
            stream = self.system.open_output_stream(temporary)
            try:
                yield stream
                stream.close()
                if temporary != path:
                    sync(temporary)
                    self.system.move(temporary, path)
                    for each in (folder, folder.rpartition("/")[0], self.place.path):
                        sync(each)
            except BaseException:
                with suppress(OSError):
                    stream.close()  # in S3 this may complete the object
                with suppress(OSError):
                    self.system.delete_file(temporary)
                raise

    def opened(self, path: str) -> pq.ParquetFile:
        """A file to read, with its footer read. As a context manager it is closed at the end."""
        with reaching(self.place.named(path)):
            return pq.ParquetFile(path, filesystem=self.system)

    def days(self) -> list[str]:
        """The days that the log has, as `2026-11-29`, oldest first."""
        names = self._folders(self.place.path)
        return sorted(found[1] for name in names if (found := _DAY.fullmatch(name)))

    def hours(self, day: str) -> list[int]:
        """The hours of a day that the log has, counted from 1970, oldest first."""
        start = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() // 3600
        names = self._folders(f"{self.place.path}/day={day}")
        return sorted(
            int(start) + int(found[1]) for name in names if (found := _HOUR.fullmatch(name))
        )

    def files(self, hour: int) -> list[str]:
        """The paths of an hour's files, in order; an empty one has no row."""
        return sorted(
            each.path
            for each in self._of_hour(hour)
            if each.base_name.endswith(ENDING) and not each.base_name.startswith(".") and each.size
        )

    def sweep(self, hour: int) -> None:
        """Remove the temporary files of a killed process, and empty ones. Only who writes may."""
        old = datetime.fromtimestamp(time.time(), UTC) - LEFT
        for each in self._of_hour(hour):
            if each.base_name.startswith("."):
                if each.mtime < old:
                    self.delete(each.path)
            elif each.base_name.endswith(ENDING) and not each.size:
                self.delete(each.path)
                said = "was empty, as after a loss of power, and is removed."
                print(f"{self.place.named(each.path)}: {said}", file=sys.stderr)

    def delete(self, path: str) -> None:
        """Remove a file; one that another process removed is fine."""
        with reaching(self.place.named(path)), suppress(FileNotFoundError):
            if self.system.get_file_info(path).type == fs.FileType.File:
                self.system.delete_file(path)

    def delete_day(self, day: str) -> None:
        """Remove all files of a day."""
        path = f"{self.place.path}/day={day}"
        with reaching(self.place.named(path)), suppress(FileNotFoundError):
            self.system.delete_dir(path)

    def _of_hour(self, hour: int) -> list[Any]:
        return self._listed(f"{self.place.path}/{folder_of(hour)}")

    def _path(self, hour: int, name: str) -> str:
        return f"{self.place.path}/{folder_of(hour)}/{name}{ENDING}"

    def _folders(self, path: str) -> set[str]:
        """Names of the folders in a folder."""
        google = self.place.uri.startswith(GCS)  # there Arrow lists no folder, but files in them
        found = set()
        for each in self._listed(path, recursive=google):
            name, slash, _ = each.path.removeprefix(f"{path}/").partition("/")
            if slash or each.type == fs.FileType.Directory:
                found.add(name)
        return found

    def _listed(self, path: str, *, recursive: bool = False) -> list[Any]:
        selector = fs.FileSelector(path, allow_not_found=True, recursive=recursive)
        with reaching(self.place.named(path)):
            found: list[Any] = self.system.get_file_info(selector)
        return found


def folder_of(hour: int) -> str:
    """The folder of an hour, counted from 1970."""
    return f"{datetime.fromtimestamp(hour * 3600, UTC):day=%Y-%m-%d/hour=%H}"
