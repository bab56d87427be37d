"""One exchange as bytes, and back: a checksum, lengths, numbers, texts, two bodies."""

import os
import struct
import zlib
from collections.abc import Iterator
from operator import attrgetter
from typing import BinaryIO, NamedTuple

from mainline.request_log.exchange import Exchange

# A checksum of all that follows it. The lengths of texts, request and response. The number of the
# record, time, seconds, status.
_HEAD = struct.Struct("<IIIIQddi")
_CRC = struct.Struct("<I")
_NAMES = (
    *("request_id", "protocol", "target", "arm", "problem"),
    *("version", "digest", "entity", "caller", "encoding"),
)
_texts = attrgetter(*_NAMES)
_BETWEEN = "\n"  # no header and no path has a line end


class Record(NamedTuple):
    """`number` counts the exchanges that a spool accepted; `end` is where it ends in its file."""

    number: int
    end: int
    exchange: Exchange


def encode(number: int, each: Exchange) -> bytes:
    """The record of an exchange."""
    texts = _BETWEEN.join(_texts(each))
    if texts.count(_BETWEEN) != len(_NAMES) - 1:  # not from a proxy, which passes on what it parsed
        texts = _BETWEEN.join(text.replace(_BETWEEN, " ") for text in _texts(each))
    named = texts.encode(errors="replace")
    sizes = len(named), len(each.request), len(each.response)
    head = _HEAD.pack(0, *sizes, number, each.time, each.seconds, each.status)
    rest = b"".join((head[_CRC.size :], named, each.request, each.response))
    return _CRC.pack(zlib.crc32(rest)) + rest


def decoded(file: BinaryIO, size: int) -> Iterator[Record]:
    """The records of a file of `size` bytes, up to the first one that is not whole."""
    end = 0
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        crc, texts, request, response, number, time, seconds, status = _HEAD.unpack(head)
        length = texts + request + response
        end += _HEAD.size + length
        if end > size:
            return
        rest = file.read(length)
        if zlib.crc32(rest, zlib.crc32(head[_CRC.size :])) != crc:
            return
        exchange = Exchange(
            **dict(zip(_NAMES, rest[:texts].decode().split(_BETWEEN), strict=True)),
            time=time,
            status=status,
            seconds=seconds,
            request=rest[texts : texts + request],
            response=rest[texts + request :],
        )
        yield Record(number, end, exchange)


def versions(file: BinaryIO) -> set[str]:
    """The versions in a file. The bodies are passed over, and nothing is checked."""
    found = set()
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        _, texts, request, response, *_ = _HEAD.unpack(head)
        named = file.read(texts).split(_BETWEEN.encode())
        file.seek(request + response, os.SEEK_CUR)
        if len(named) == len(_NAMES):
            found.add(named[_NAMES.index("version")].decode(errors="replace"))
    return found
