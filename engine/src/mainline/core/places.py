"""Local paths, `s3://bucket/prefix` and `gs://…`: one file system interface, errors in one line."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from mainline.core.errors import DataError, MainlineError, SettingsError

S3, GCS = "s3://", "gs://"
PATIENCE = "retry_limit_seconds"  # in the query of a gs:// URI; Arrow tries for 15 minutes
PASSED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)  # process/outage.py


@dataclass(frozen=True)
class Place:
    """A file or a folder. `path` is its name in `system`."""

    uri: str
    system: Any
    path: str

    @classmethod
    def of(cls, uri: str) -> Self:
        """The place that a person names.

        S3 takes its login, region and endpoint from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
        `AWS_REGION` and `AWS_ENDPOINT_URL`, GCS its login from the machine or the file in
        `GOOGLE_APPLICATION_CREDENTIALS`. Raises SettingsError for another scheme.
        """
        if uri.startswith((S3, GCS)) and urlsplit(uri).netloc:
            with reaching(uri):
                system, path = fs.FileSystem.from_uri(_bounded(uri.rstrip("/")))
                bucket = path.partition("/")[0]
                if system.get_file_info(bucket).type == fs.FileType.NotFound:
                    raise DataError(f"the bucket '{bucket}' does not exist.", where=uri)
            return cls(uri, system, path)
        if "://" in uri or not uri:
            raise SettingsError(
                f"{uri!r} cannot be read.",
                expected="a local path, s3://bucket/prefix or gs://bucket/prefix",
            )
        return cls(uri, fs.LocalFileSystem(), Path(uri).absolute().as_posix())

    @property
    def remote(self) -> bool:
        """Whether it is in S3 or GCS."""
        return self.uri.startswith((S3, GCS))

    def named(self, path: str) -> str:
        """A path of the same file system, for a person."""
        return f"{self._scheme}{path}" if self.remote else path

    def below(self, name: str) -> "Place":
        """The folder `name` in this one."""
        path = f"{self.path.rstrip('/')}/{name}"
        if not self.remote:
            return Place(path, self.system, path)
        parts = urlsplit(self.uri)  # it may hold more than the path, such as `?region=`
        uri = parts._replace(path=f"{parts.path.rstrip('/')}/{name}").geturl()
        return Place(uri, self.system, path)

    def contains(self, other: "Place") -> bool:
        """Whether `other` is this place or lies below it."""
        if self._scheme != other._scheme:
            return False
        own, theirs = self._real(), other._real()
        return own == theirs or own in theirs.parents

    @property
    def _scheme(self) -> str:
        return self.uri[: len(S3)] if self.remote else ""

    def _real(self) -> Path:
        return Path(self.path) if self.remote else Path(self.path).resolve()


@contextmanager
def reaching(uri: str) -> Iterator[None]:
    """Raise DataError in one line for what a file system or Arrow says of `uri`.

    A full disk keeps its error, with `uri` as its name.
    """
    try:
        yield
    except MainlineError:
        raise
    except (OSError, pa.ArrowException) as error:
        if isinstance(error, OSError) and error.errno in PASSED:
            error.filename = error.filename or uri
            raise
        raise DataError(cause(error), where=uri) from None


def cause(error: Exception) -> str:
    """The first line of an error of Arrow, which puts the path before and the cause behind it."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if ". Detail: " in text:
        text = text.partition(". Detail: ")[2].partition("] ")[2]  # behind [errno 2]
    text = text.partition(" error_info=")[0]  # GCS: the cause again, for programs
    return f"{text.rstrip('.')}."


def _bounded(uri: str) -> str:
    """The URI with a bound on the time for which Arrow tries to reach GCS."""
    if not uri.startswith(GCS) or PATIENCE in uri:
        return uri
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{PATIENCE}=20"
