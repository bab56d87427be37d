"""Finds a key that stands twice in one object of JSON.

TensorFlow Serving does not: a second value shifts those after it into the next row, and the scores
are wrong. As a program, this module checks one body after the other that comes on standard input.
"""

import json
import re
import sys
from contextlib import suppress
from enum import Enum
from typing import Any, BinaryIO

from mainline.serving.bodies import BodyError, unpacked

SMALL = 2**14  # bytes; parsed in less than a millisecond
KEYS = 100_000  # in the objects that are open at one place; each takes memory
GZIP = b"\x1f\x8b"  # its first bytes
DEEPEST = 20_000  # brackets in brackets; more could end the model server
_TOKEN = re.compile(  # a string with its colon, if it is a key; or a bracket
    rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"(\s*+:)?|\\?\Z)|[{}\[\]]', re.DOTALL
)


class Verdict(Enum):
    """What is wrong with a body. The values are one byte each."""

    FINE = b"f"
    TWICE = b"t"
    DEEP = b"d"
    LARGE = b"l"
    KEYS = b"k"
    DAMAGED = b"g"


class _TwiceError(Exception):
    pass


def _pairs(pairs: list[tuple[str, Any]]) -> None:
    if len({_read(key) for key, _ in pairs}) < len(pairs):
        raise _TwiceError


def _read(key: str) -> str:
    """A key as the model server reads it: a text of C, which ends at NUL."""
    return key.partition("\0")[0]


_decode = json.JSONDecoder(object_pairs_hook=_pairs, strict=False).decode


def judged(body: bytes) -> Verdict:
    """Whether a key stands twice in one object.

    A text that is not JSON is searched, too: the model server accepts some of it, such as `Inf`, or
    text after the document. So is a large one: parsed, it takes twenty times its size.
    """
    if len(body) > SMALL:
        return _searched(body)
    try:
        _decode(body.decode("utf-8-sig", "surrogateescape"))
    except _TwiceError:
        return Verdict.TWICE
    except (ValueError, RecursionError):
        return _searched(body)
    return Verdict.FINE


def _searched(body: bytes) -> Verdict:
    """The same, token by token, for any text, in little memory."""
    open_objects: list[set[str] | None] = []  # None is an array
    count = 0  # keys in open_objects
    for token in _TOKEN.finditer(body):
        bracket = token[0]
        if bracket in (b"{", b"["):
            open_objects.append(set() if bracket == b"{" else None)
            if len(open_objects) > DEEPEST:
                return Verdict.DEEP
        elif bracket in (b"}", b"]"):
            if open_objects:
                count -= len(open_objects.pop() or ())
        elif token[2] and open_objects and (keys := open_objects[-1]) is not None:
            key = _plain(token[1])
            if key in keys:
                return Verdict.TWICE
            keys.add(key)
            count += 1
            if count > KEYS:
                return Verdict.KEYS
    return Verdict.FINE


def _plain(key: bytes) -> str:
    """A key without its escapes, as the model server reads it."""
    text = key.decode(errors="surrogateescape")
    if "\\" in text:
        with suppress(ValueError):
            text = json.loads(f'"{text}"', strict=False)
    return _read(text)


def judged_packed(body: bytes, most: int) -> Verdict:
    """The same for a body that says that it is gzip. One that is not is judged as it is.

    One that begins as gzip and is not one whole stream is never passed on: a server that reads more
    or less of it than we do would see keys that were not judged.
    """
    try:
        return judged(unpacked(body, most))
    except BodyError as error:
        if error.status == 413:
            return Verdict.LARGE
        return Verdict.DAMAGED if body.startswith(GZIP) else judged(body)


def answer_all(source: BinaryIO, into: BinaryIO, most: int) -> None:
    """Judge each body of `source`: a byte, 1 for gzip; eight bytes with its size; the body."""
    while len(head := source.read(9)) == 9:
        body = source.read(int.from_bytes(head[1:], "big"))
        found = judged_packed(body, most) if head[0] else judged(body)
        into.write(found.value)
        into.flush()


if __name__ == "__main__":
    answer_all(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
