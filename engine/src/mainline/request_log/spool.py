"""The folder of a gateway between an answer and the store: segments, signatures, counters."""

import fcntl
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from mainline.core.errors import MainlineError
from mainline.core.files import write_text, writing
from mainline.request_log import record_bytes
from mainline.request_log.counters import Counters
from mainline.request_log.exchange import Exchange
from mainline.request_log.segment_names import CLOSED, DAMAGED, OPEN

_VERSION = re.compile("[0-9]{1,20}")


class Spool:
    """Paths and contents of one folder."""

    def __init__(self, folder: Path) -> None:
        """Make the folder when it is not there."""
        self.folder = folder
        self.signatures, self.shipped = folder / "signatures", folder / "shipped.json"
        with writing(folder):
            self.signatures.mkdir(parents=True, exist_ok=True)

    def lock(self, name: str) -> IO[bytes]:
        """Hold a lock until the file is closed. Raises MainlineError when another process does."""
        path = self.folder / f"{name}.lock"
        with writing(path):
            file = path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise MainlineError(
                f"another {name} works in this spool; each needs a folder of its own.",
                where=self.folder,
            ) from None
        return file

    def counters(self) -> Counters:
        """The counters, which the holder of the lock `gateway` may change."""
        return Counters.of(self.folder / "counters")

    def closed(self) -> list[Path]:
        """Segments that no process writes to, oldest first."""
        return sorted(self.folder.glob(f"*{CLOSED}"))

    def opened(self) -> list[Path]:
        """Segments that a process writes to, or wrote to when it was killed."""
        return sorted(self.folder.glob(f"*{OPEN}"))

    def recover(self, counters: Counters) -> None:
        """Close what a killed process left open, and count what it lost.

        The caller holds the lock `gateway`.
        """
        last = 0
        for path in self.opened():
            found = _last(path)
            last = max(last, found.number if found else 0)
            whole = found.end if found else 0
            if cut := path.stat().st_size - whole:
                os.truncate(path, whole)
                print(f"request log: {path.name}: {cut:,} torn bytes cut", file=sys.stderr)
            if whole:
                path.rename(path.with_suffix(CLOSED))
            else:
                path.unlink()
        if missing := counters.recover(last):
            print(f"request log: {missing:,} lost by an earlier kill", file=sys.stderr)

    def take_back(self) -> None:
        """Close again what was set aside as damaged: what could not be converted may be now."""
        for path in self.folder.glob(f"*{DAMAGED}"):
            path.rename(path.with_suffix(CLOSED))

    def usage(self) -> tuple[int, float | None]:
        """Bytes of all segments, and when the oldest that waits was written to last.

        One that was set aside does not wait: no store that answers again takes it away.
        """
        size, oldest = 0, None
        with os.scandir(self.folder) as entries:
            for each in entries:
                if each.name.endswith((OPEN, CLOSED, DAMAGED)):
                    with suppress(FileNotFoundError):  # shipped meanwhile
                        about = each.stat()
                        size += about.st_size
                        if not each.name.endswith(DAMAGED):
                            oldest = min(oldest or about.st_mtime, about.st_mtime)
        return size, oldest

    def keep_signature(self, version: str, metadata: bytes) -> None:
        """Keep what a server says of the signatures of a version."""
        path = self.signatures / f"{version}.json"
        if _VERSION.fullmatch(version) and not path.exists():
            write_text(path, metadata.decode(errors="replace"))

    def metadata(self) -> dict[str, Any]:
        """What is kept of each version, oldest version first."""
        found = {}
        for path in sorted(self.signatures.glob("*.json"), key=lambda path: int(path.stem)):
            with suppress(ValueError):
                found[path.stem] = json.loads(path.read_text())
        return found

    def shipped_rows(self) -> int:
        """How many rows the shipper has put into the store."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            return int(json.loads(self.shipped.read_text())["rows"])
        return 0


def exchanges(path: Path) -> Iterator[Exchange]:
    """The exchanges in a segment, up to its end or to the first damage."""
    return (record.exchange for record in _records(path))


def versions(path: Path) -> set[str]:
    """The versions that answered in a segment."""
    with path.open("rb") as file:
        return record_bytes.versions(file)


def whole(path: Path) -> bool:
    """Whether a segment is readable to its end."""
    found = _last(path)
    return (found.end if found else 0) == path.stat().st_size


def set_aside(path: Path, why: str) -> None:
    """Keep a segment, and ship it no more until `take_back`."""
    path.rename(path.with_suffix(DAMAGED))
    print(f"log ship: {path.stem}: {why}; kept as {path.stem}{DAMAGED}", file=sys.stderr)


def _last(path: Path) -> record_bytes.Record | None:
    found = None
    for record in _records(path):
        found = record
    return found


def _records(path: Path) -> Iterator[record_bytes.Record]:
    with path.open("rb") as file:
        yield from record_bytes.decoded(file, os.fstat(file.fileno()).st_size)
