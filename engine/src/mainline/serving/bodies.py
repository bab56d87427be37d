"""The limits on clients, and the room that bodies of requests have in memory."""

import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Limits on clients.

    `body_bytes` is the limit for one body, also after decompression, and for all bodies in memory;
    bodies of up to `small_bytes` are always accepted. `seconds` is the limit for the arrival of a
    request's head and of its body, and for an idle connection. `requests` is how many the gateway
    answers at once; its other connections are idle.
    """

    body_bytes: int = 32 * 2**20  # about 140,000 rows of ten columns
    small_bytes: int = 2**16
    seconds: float = 30.0
    connections: int = 64
    requests: int = 64


class BodyError(Exception):
    """A body that is refused with an HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Room:
    """Counts the bytes of all bodies in memory, and refuses what is beyond the limits."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds, self._held = bounds, 0

    def expect(self, stated: int) -> None:
        """Raises BodyError for a body that says it is too large."""
        if stated > self._bounds.body_bytes:
            raise _too_large(self._bounds.body_bytes)

    def take(self, part: int, whole: int) -> None:
        """Count a part that has arrived of a body that has `whole` bytes with it.

        Raises BodyError when the body is too large, or the bodies of all requests together.
        """
        self._held += part
        self.expect(whole)
        if self._held > self._bounds.body_bytes and whole > self._bounds.small_bytes:
            raise BodyError(503, "Other large requests are being answered; try again")

    def give(self, size: int) -> None:
        """A body of this size is no longer in memory."""
        self._held -= size


def unpacked(body: bytes, most: int) -> bytes:
    """The content of a gzip body. Raises BodyError when it is damaged or larger than `most`.

    Like TensorFlow Serving it reads one stream, and refuses what stands behind it.
    """
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = unpacking.decompress(body, most + 1)
    except zlib.error as wrong:
        raise BodyError(400, f"The body is not gzip: {wrong}") from None
    if len(found) > most:
        raise _too_large(most)
    if not unpacking.eof:
        raise BodyError(400, "The gzip body is cut short")
    if unpacking.unused_data:
        raise BodyError(400, "The gzip body goes on after its end")
    return found


def _too_large(most: int) -> BodyError:
    return BodyError(413, f"The body is larger than {most} bytes")
