"""The body of an HTTP request, read within bounds of size and time."""

from email.message import Message
from io import BufferedIOBase

MOST_BYTES = 16 * 2**20  # of one request, REST or gRPC; some 80,000 rows of ten columns


class BadBodyError(Exception):
    """A body that is not read to its end; the connection cannot be used further."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def read(headers: "Message[str, str]", stream: BufferedIOBase) -> bytes:
    """All of the body. Raises BadBodyError when it is cut, too large or of no clear length."""
    coding = headers.get("Transfer-Encoding")
    if coding is None:
        return _exactly(stream, _length(headers))
    if coding.strip().lower() != "chunked" or "Content-Length" in headers:
        raise BadBodyError(400, "The length of the body is not clear")
    return _chunks(stream)


def _length(headers: "Message[str, str]") -> int:
    stated = {value.strip() for value in headers.get_all("Content-Length", [])}
    if not stated:
        return 0
    digits = stated.pop()
    if stated or not (digits.isascii() and digits.isdigit()):
        raise BadBodyError(400, "Content-Length is no number, or several")
    return _bounded(int(digits) if len(digits) < 20 else MOST_BYTES + 1)


def _chunks(stream: BufferedIOBase) -> bytes:
    found = bytearray()
    while True:
        size = _hexadecimal(_line(stream).partition(b";")[0].strip())
        if size == 0:
            break
        _bounded(len(found) + size)
        found += _exactly(stream, size)
        if _line(stream).strip():
            raise BadBodyError(400, "A chunk is longer than it says")
    for _ in range(100):  # trailers, which nobody here reads
        if not _line(stream).strip():
            return bytes(found)
    raise BadBodyError(400, "Too many trailers")


def _hexadecimal(digits: bytes) -> int:
    if not digits or len(digits) > 16 or not set(digits.lower()) <= set(b"0123456789abcdef"):
        raise BadBodyError(400, "The size of a chunk is no number")
    return int(digits, 16)


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(4096)
    if not line.endswith(b"\n"):
        raise BadBodyError(400, "The body ends before its end, or has a line without one")
    return line


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise BadBodyError(400, f"The body ends after {len(body)} of {size} bytes")
    return body


def _bounded(size: int) -> int:
    if size > MOST_BYTES:
        raise BadBodyError(413, f"The body is larger than {MOST_BYTES} bytes")
    return size
